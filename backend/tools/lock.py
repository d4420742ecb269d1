"""Compiles the lock files; `--check` says, without the network, whether they are older than what they are made from.

Each lock file ends with the fingerprint of the lists it was compiled from, so a changed `pyproject.toml` shows.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

BACKEND = Path(__file__).resolve().parents[1]
MARK = "# made from "
LOCKS: dict[str, list[str]] = {
    "requirements.txt": ["pyproject.toml"],
    "requirements-dev.txt": ["pyproject.toml", "--group", "dev"],
    "requirements-node.txt": ["requirements-node.in"],
}


def main(*, check: bool) -> int:
    """Compile, or compare; the exit status."""
    stale = [name for name in LOCKS if not is_fresh(name)]
    if check:
        for name in stale:
            print(f"backend/{name} is older than the list of dependencies: run `make lock`")
        return 1 if stale else 0
    for name in LOCKS:
        compile_lock(name)
    return 0


def is_fresh(name: str) -> bool:
    """Whether the lock file carries the fingerprint of today's lists."""
    lock = BACKEND / name
    return lock.exists() and lock.read_text().endswith(f"{MARK}{fingerprint(name)}\n")


def fingerprint(name: str) -> str:
    """SHA-256 of the dependencies that a lock file is compiled from."""
    if name == "requirements-node.txt":
        wanted: object = (BACKEND / "requirements-node.in").read_text()
    else:
        project = tomllib.loads((BACKEND / "pyproject.toml").read_text())
        wanted = [project["project"]["requires-python"], project["project"]["dependencies"]]
        if "dev" in name:
            wanted = [wanted, project["dependency-groups"]["dev"]]
    return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()


def compile_lock(name: str) -> None:
    """Let uv resolve, keeping pinned what still fits; no index or path of this machine is written down."""
    options = [
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-annotate",
        "--python-version",
        "3.11",
    ]
    command = ["uv", "pip", "compile", *LOCKS[name], *options, "--universal", "--quiet", "--no-header", "-o", name]
    subprocess.run(command, cwd=BACKEND, check=True)
    lock = BACKEND / name
    lock.write_text(
        f"# Compiled by `make lock`; every file that may be installed is named by its hash.\n{lock.read_text()}"
    )
    with lock.open("a") as file:
        file.write(f"{MARK}{fingerprint(name)}\n")


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
