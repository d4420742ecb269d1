"""Looks for secrets in every file that git keeps: keys of known shapes, and long random values named like a secret.

Keys made up for tests may stand in tests; what has the shape of somebody's real token may not, even there.
"""

import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHAPES = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}"),
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b"),
    "GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    "Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}\b"),
    "Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "npm or PyPI token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_-]{60,}\b"),
    "JWT": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"),
    "password in an address": re.compile(r"\b[a-z][a-z0-9+]*://[^\s/:@\"'{}<>$]+:[^\s/:@\"'{}<>$]{6,}@[\w.-]+\.\w+"),
}
NAMED = re.compile(
    r"(?i)(?:secret|token|passw(?:or)?d|api_?key|private_?key)[\w\"']*\s*[:=]\s*[\"']?([A-Za-z0-9+/=_-]{24,})[\"']?"
)
LEAST_BITS = 3.6
"""Entropy of each character: words and names stay below, random values do not."""
SKIPPED = (
    ".lock",
    ".woff2",
    ".ttf",
    ".onnx",
    ".tflite",
    ".jpg",
    ".png",
    ".webp",
    ".svg",
    ".ico",
    ".mp4",
    ".npz",
    ".pdf",
)
SKIPPED_NAMES = ("package-lock.json", "requirements.txt", "requirements-dev.txt", "requirements-node.txt")
TESTS = ("backend/tests/", "frontend/e2e/")


def main() -> int:
    """The exit status: 1 where something was found."""
    found = [f"{path}:{line}: {what}" for path, text in kept_files() for line, what in secrets_in(text, path)]
    for one in found:
        print(one)
    return 1 if found else 0


def kept_files() -> Iterator[tuple[str, str]]:
    """Path and text of everything in git's list."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix not in SKIPPED and path.name not in SKIPPED_NAMES:
            yield name, path.read_text(encoding="utf-8", errors="ignore")


def secrets_in(text: str, path: str = "") -> Iterator[tuple[int, str]]:
    """Line and kind of each; the value is never shown."""
    for what, shape in SHAPES.items():
        if what == "password in an address" and path.startswith(TESTS):
            continue
        for match in shape.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, what
    if path.startswith(TESTS):
        return
    for match in NAMED.finditer(text):
        if bits_of(match[1]) > LEAST_BITS and re.search(r"\d", match[1]) and re.search(r"[A-Za-z]", match[1]):
            yield text.count("\n", 0, match.start()) + 1, "a random value with a secret's name"


def bits_of(value: str) -> float:
    """Shannon's entropy of one character."""
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())


if __name__ == "__main__":
    sys.exit(main())
