"""Which files answer a question that names types: media types (`image/png`, `image/*`) or endings (`.pdf`)."""

from collections.abc import Sequence

from app.domain.uploads import ENDINGS, FileType

SOURCES = frozenset({"c", "cpp", "cs", "css", "csv", "go", "h", "java", "js", "json", "kt", "md", "py", "r", "rs"}) | {
    "sql",
    "tex",
    "ts",
    "txt",
}
"""Endings of what is plain text by its content."""


def fits(found: FileType, wanted: Sequence[str]) -> bool:
    """Whether a file's type is among those asked for; where none is named, every type we take."""
    return not wanted or any(_is(found, one.strip().lower()) for one in wanted)


def _is(found: FileType, wanted: str) -> bool:
    if wanted.endswith("/*"):
        return found.value.startswith(wanted[:-1])
    if "/" in wanted:
        return found.value == wanted
    ending = wanted.lstrip(".").replace("jpeg", "jpg")
    return ENDINGS[found] == ending or (found is FileType.TEXT and ending in SOURCES)
