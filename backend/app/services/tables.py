"""Tables as files: reading CSV, XLSX and pasted text within limits, and writing CSV and XLSX that run no formula.

Reading and writing take processor time: call them in a thread.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias

from app.core.errors import Invalid
from app.domain.graphemes import cut
from app.services.archives import MAGIC, ArchiveRefused, Limits, unpacked

Cell: TypeAlias = str | int | float | bool | datetime | None

MOST_ROWS = 5000
MOST_COLUMNS = 50
LONGEST_CELL = 1000
WORKBOOK = Limits(entries=200, largest=64 * 1024 * 1024)
FORBIDDEN_XML = (b"<!DOCTYPE", b"<!ENTITY")
DELIMITERS = ("\t", ";", ",")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SHEET_NAME_LENGTH = 31


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line that is not empty: its number in the file, from 1, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file held. `ignored`: columns nobody asked for."""

    rows: list[TableRow]
    ignored: list[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns are wanted: name → other names it goes by. Without a header line they stand in this order."""

    names: Mapping[str, Sequence[str]]
    required: Sequence[str]

    def of(self, title: str) -> str | None:
        """The column a header's title means."""
        folded = " ".join(title.replace("_", " ").split()).casefold()
        for name, others in self.names.items():
            if folded in (name.replace("_", " "), *others):
                return name
        return None


def read_table(body: bytes, columns: Columns) -> Table:
    """The rows of a file or pasted text; what it is, is seen from its content.

    Invalid `table_empty`, `table_unreadable`, `table_encoding`, `table_quotes`, `table_too_long`, `table_too_wide`,
    `cell_too_long`, `column_missing`, `column_twice`.
    """
    lines = _xlsx_lines(body) if body.startswith(MAGIC) else _csv_lines(_decoded(body))
    filled = [(line, cells) for line, cells in lines if any(cells)]
    if not filled:
        raise Invalid("table_empty")
    named, ignored, has_header = _header(filled[0][1], columns)
    rows = [
        TableRow(line, {name: cells[place] if place < len(cells) else "" for name, place in named.items()})
        for line, cells in (filled[1:] if has_header else filled)
    ]
    if not rows:
        raise Invalid("table_empty")
    return Table(rows, ignored)


def csv_table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets show Bangla; no cell begins a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([harmless(one) for one in header])
    writer.writerows([_plain(harmless(one) if isinstance(one, str) else one) for one in row] for row in rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode("utf-8", "replace")


def xlsx_table(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """A workbook: sheet name → header and rows. Texts are texts, never formulas or links."""
    import xlsxwriter  # type: ignore[import-untyped]

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True})
        for name, (header, rows) in sheets.items():
            sheet = book.add_worksheet(cut(name, SHEET_NAME_LENGTH))
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [harmless(one) for one in header], bold)
            for number, row in enumerate(rows, start=1):
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, place, harmless(value)[:32_000])
                    elif isinstance(value, bool | int | float):
                        sheet.write(number, place, value)
                    elif value is not None:
                        sheet.write_string(number, place, str(_plain(value)))
    return written.getvalue()


def harmless(value: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula (T26)."""
    return f"'{value}" if value.lstrip(" \u00a0").startswith(FORMULA) or value.startswith(FORMULA) else value


def _plain(value: Cell) -> Cell:
    return value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _decoded(body: bytes) -> str:
    try:
        if body.startswith((b"\xff\xfe", b"\xfe\xff")):
            return body.decode("utf-16")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("table_encoding") from error


def _csv_lines(content: str) -> Iterator[tuple[int, list[str]]]:
    first = next((line for line in content.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    count = 0
    try:
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            count += 1
            yield line, _checked(count, line, cells)
    except csv.Error as error:
        raise Invalid("table_quotes", line=reader.line_num) from error


def _xlsx_lines(body: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    _refuse_bombs(body)
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        found = [
            (line, [_text(one) for one in cells])
            for line, cells in enumerate(
                sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1), start=1
            )
        ]
        book.close()
    except Exception as error:
        raise Invalid("table_unreadable") from error
    for count, (line, cells) in enumerate(found, start=1):
        while cells and not cells[-1]:
            cells.pop()
        yield line, _checked(count, line, cells)


def _refuse_bombs(body: bytes) -> None:
    """Invalid `table_unreadable` for an archive that unpacks to too much, or whose XML defines entities."""
    try:
        files = unpacked(body, WORKBOOK)
    except ArchiveRefused as refused:
        raise Invalid("table_unreadable") from refused
    for name, content in files.items():
        is_xml = name.lower().endswith((".xml", ".rels"))
        if is_xml and (b"\0" in content or any(mark in content for mark in FORBIDDEN_XML)):
            raise Invalid("table_unreadable")


def _checked(count: int, line: int, cells: Sequence[str]) -> list[str]:
    if count > MOST_ROWS + 1:
        raise Invalid("table_too_long", max=MOST_ROWS)
    if len(cells) > MOST_COLUMNS:
        raise Invalid("table_too_wide", line=line, max=MOST_COLUMNS)
    if any(len(one) > LONGEST_CELL for one in cells):
        raise Invalid("cell_too_long", line=line, max=LONGEST_CELL)
    return [one.strip() for one in cells]


def _header(first: Sequence[str], columns: Columns) -> tuple[dict[str, int], list[str], bool]:
    """Column → place, columns nobody asked for, and whether the first line is a header at all."""
    if any("@" in one for one in first):  # pasted addresses without a header
        return {name: place for place, name in enumerate(columns.names) if place < len(first)}, [], False
    named: dict[str, int] = {}
    ignored: list[str] = []
    for place, title in enumerate(first):
        name = columns.of(title)
        if name is None:
            ignored += [title] if title else []
        elif name in named:
            raise Invalid("column_twice", name=name)
        else:
            named[name] = place
    for name in columns.required:
        if name not in named:
            raise Invalid("column_missing", name=name)
    return named, ignored, True


def _text(value: object) -> str:
    """A cell of a workbook as people see it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
