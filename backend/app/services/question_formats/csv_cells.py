"""Cells of the CSV format: lists within a cell, and cells that no spreadsheet takes for a formula."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.services.question_formats.drafts import name_of, one_line_end, written
from app.services.tables import harmless

NAMED = re.compile(r"([A-Za-z0-9_-]{1,32})\)(?: (.*)|)", re.DOTALL)
BETWEEN_BARS = re.compile(r"(?:\\.|[^|\\])+")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def lines(cell: str) -> list[str]:
    """The entries of a list."""
    return [line for line in cell.split("\n") if line.strip()]


def escaped(text: str) -> str:
    """An entry on one line."""
    return one_line_end(text).replace("\\", "\\\\").replace("\n", "\\n")


def unescaped(text: str) -> str:
    """The entry as it was."""
    return ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def named_lines(cell: str) -> list[tuple[str, str]]:
    """Entries `id) text`, still escaped; without ids by their place: a, b, c …"""
    made: list[tuple[str, str]] = []
    for place, line in enumerate(lines(cell)):
        found = NAMED.fullmatch(line.strip())
        made.append((found[1], found[2] or "") if found else (name_of(place), line.strip()))
    return made


def choice_lists(english: str, bangla: str) -> list[dict[str, Any]]:
    """The entries of two cells, put together by id."""
    made: dict[str, dict[str, str]] = {}
    for language, cell in (("en", english), ("bn", bangla)):
        for name, text in named_lines(cell):
            words = made.setdefault(name, {})
            if text:
                words[language] = unescaped(text)
    return [{"id": name, "text": text} for name, text in made.items()]


def choice_cells(column: str, choices: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The two cells of a list; where a language has any text, all ids stand in its cell, in order."""
    cells: dict[str, str] = {}
    for language in ("en", "bn"):
        there = [(one["id"], written(one["text"]).get(language, "")) for one in choices]
        if any(text for _, text in there):
            cells[f"{column}_{language}"] = "\n".join(f"{name}) {escaped(text)}" for name, text in there)
    return cells


def joined(words: Sequence[str]) -> str:
    """Words in one entry, between bars."""
    return "|".join(escaped(one).replace("|", "\\|") for one in words if one.strip())


def parted(entry: str) -> list[str]:
    """The words of an entry."""
    return [unescaped(one) for one in BETWEEN_BARS.findall(entry) if one.strip()]


def safe(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would run, and before what `unsafe` would take one from."""
    rest = cell[1:]
    quoted = cell.startswith("'") and (rest.startswith("'") or _runs(rest))
    return f"'{cell}" if quoted or _runs(cell) else cell


def unsafe(cell: str) -> str:
    """The cell without the apostrophe that `safe` gave it."""
    rest = cell[1:]
    return rest if cell.startswith("'") and (rest.startswith("'") or _runs(rest)) else cell


def _runs(cell: str) -> bool:
    return harmless(cell) != cell
