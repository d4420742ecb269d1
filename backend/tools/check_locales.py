"""Checks the words in `locales`: the same files, keys and placeholders in every language, and nothing left empty."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

LOCALES = Path(__file__).resolve().parents[2] / "locales"
REFERENCE = "en"
PLACEHOLDER = re.compile(r"\{\s*(\w+)[^{}]*\}")
PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")


def main() -> int:
    """Print every complaint; the exit status."""
    complaints = list(complain())
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


def complain() -> Iterator[str]:
    """What differs between the languages."""
    reference = read(REFERENCE)
    for language in sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir()):
        words = read(language)
        for key in sorted(reference.keys() ^ words.keys()):
            yield f"locales/{language if key in reference else REFERENCE}: missing {key}"
        for key, values in words.items():
            if not all(text.strip() for text in values):
                yield f"locales/{language}: {key} is empty"
            if any("{{" in text for text in values):
                yield f"locales/{language}: {key} has a placeholder in two braces, which would be shown as it is"
            if key in reference and placeholders(values) != placeholders(reference[key]):
                yield f"locales/{language}: {key} has other placeholders than in {REFERENCE}"


def read(language: str) -> dict[str, list[str]]:
    """Every text of a language by its `file:key`; the forms of a plural share one key, for languages differ in them."""
    found: dict[str, list[str]] = {}
    for path in sorted((LOCALES / language).glob("*.json")):
        for key, text in flatten(json.loads(path.read_text()), ""):
            found.setdefault(f"{path.stem}:{PLURAL.sub('', key)}", []).append(text)
    return found


def flatten(node: object, prefix: str) -> Iterator[tuple[str, str]]:
    """Dotted keys and their texts. Raises TypeError for anything that is neither text nor object."""
    if isinstance(node, str):
        yield prefix, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from flatten(value, f"{prefix}.{key}" if prefix else key)
    else:
        raise TypeError(f"{prefix} is neither text nor object")


def placeholders(values: list[str]) -> set[str]:
    """The names of what is filled in."""
    return {name for text in values for name in PLACEHOLDER.findall(text)}


if __name__ == "__main__":
    sys.exit(main())
