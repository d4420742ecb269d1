"""CSV: one question a row, for spreadsheets; every column but `type` and one text may be missing.

Lists stand one entry a line within their cell, `id) text`; a line end within an entry is written `\\n`.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.services.question_formats.csv_cells import (
    choice_cells,
    choice_lists,
    escaped,
    joined,
    lines,
    named_lines,
    parted,
    safe,
    unescaped,
    unsafe,
)
from app.services.question_formats.drafts import (
    Content,
    Draft,
    Parsed,
    Sheet,
    Unreadable,
    decoded,
    in_its_language,
    number,
    shown,
    written,
)

COLUMNS = (
    "type",
    "section",
    "text_en",
    "text_bn",
    "points",
    "negative_points",
    "seconds",
    "tags",
    "choices_en",
    "choices_bn",
    "targets_en",
    "targets_bn",
    "answer",
    "settings",
    "explanation_en",
    "explanation_bn",
    "rubric_en",
    "rubric_bn",
)
LISTS = {"single_choice": "options", "multiple_choice": "options", "matching": "items", "ordering": "items"}
BODY = {
    "single_choice": ("shuffle",),
    "multiple_choice": ("shuffle",),
    "short_text": ("max_length",),
    "number": ("unit",),
    "essay": ("max_words",),
    "code": ("language", "starter"),
    "file_upload": ("max_files", "types", "max_bytes"),
}
"""Settings of a type that stand in the body …"""
KEY = {
    "multiple_choice": ("partial",),
    "short_text": ("case_sensitive",),
    "fill_in": ("case_sensitive",),
    "number": ("tolerance", "relative"),
}
"""… and in the key."""
DELIMITERS = (",", ";", "\t")
RUBRIC = re.compile(r"\s*\[([^\]]*)\]\s?(.*)", re.DOTALL)
PAIR = re.compile(r"([A-Za-z0-9_-]{1,32}):\s?(.*)", re.DOTALL)


def read(body: bytes) -> Parsed:
    """Rows with the line each begins in."""
    parsed = Parsed()
    rows = _rows(decoded(body))
    _, header = next(rows, (1, []))
    names = [one.strip().lower() for one in header]
    if "type" not in names or not {"text_en", "text_bn"} & set(names):
        raise Unreadable("column_missing", 1, name="text_en" if "type" in names else "type")
    for name in names:
        if names.count(name) > 1 and name:
            raise Unreadable("column_twice", 1, name=name[:40])
    for line, cells in rows:
        if not any(one.strip() for one in cells):
            continue
        if any(one.strip() for one in cells[len(names) :]):
            parsed.wrong(Unreadable("csv_too_many_cells"), line)
            continue
        row = dict.fromkeys(names, "") | {name: unsafe(cell) for name, cell in zip(names, cells, strict=False)}
        try:
            content, section = _question(row)
        except Unreadable as error:
            parsed.wrong(error, line)
            continue
        key = section or None
        if key:
            parsed.sections.setdefault(key, {"title": in_its_language(key)})
        parsed.drafts.append(Draft(line, content, key))
    return parsed


def write(sheet: Sheet) -> bytes:
    """With a mark, so that spreadsheets show Bangla; no cell is a formula."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for question in sheet.questions:
        section = sheet.sections.get(question.get("section") or "", {})
        row = _row(question) | {"section": next(iter(written(section.get("title")).values()), "")}
        writer.writerow([safe(row.get(name, "")) for name in COLUMNS])
    return b"\xef\xbb\xbf" + made.getvalue().encode("utf-8", "replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True)
    try:
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            yield line, cells
    except csv.Error as error:
        raise Unreadable("csv_quotes", max(1, reader.line_num)) from error


# --- reading ----------------------------------------------------------------------------------------------------------


def _question(row: Mapping[str, str]) -> tuple[Content, str]:
    kind = row["type"].strip().lower()
    body, key = _settings(kind, row.get("settings", ""))
    name = LISTS.get(kind)
    if name:
        body[name] = choice_lists(row.get("choices_en", ""), row.get("choices_bn", ""))
    if kind == "matching":
        body["targets"] = choice_lists(row.get("targets_en", ""), row.get("targets_bn", ""))
    if kind == "fill_in":
        body["blanks"] = _blanks(row.get("choices_en", "") or row.get("choices_bn", ""))
    answer = ANSWERS.get(kind)
    if answer:
        answer(row.get("answer", ""), body, key)
    content: Content = {"type": kind, "text": _words(row, "text"), "body": body, "key": key}
    explanation = _words(row, "explanation")
    if explanation:
        content["explanation"] = explanation
    for column in ("points", "negative_points"):
        if row.get(column, "").strip():
            content[column] = number(row[column])
    if row.get("seconds", "").strip():
        content["seconds"] = _whole(row["seconds"])
    content["tags"] = [unescaped(one) for one in lines(row.get("tags", ""))]
    content["rubric"] = _rubric(row)
    return content, row.get("section", "").strip()


def _words(row: Mapping[str, str], name: str) -> dict[str, str]:
    return written({language: row.get(f"{name}_{language}", "").strip() for language in ("en", "bn")})


def _settings(kind: str, cell: str) -> tuple[Content, Content]:
    body: Content = {}
    key: Content = {}
    for line in lines(cell):
        found = PAIR.fullmatch(line)
        name = found[1] if found else line[:40]
        target = body if name in BODY.get(kind, ()) else key if name in KEY.get(kind, ()) else None
        if found is None or target is None:
            raise Unreadable("csv_setting_unknown", name=name)
        try:
            target[name] = json.loads(found[2])
        except (json.JSONDecodeError, RecursionError):
            target[name] = found[2].strip()
    return body, key


def _blanks(cell: str) -> list[Content]:
    return [
        {"id": name, "options": parted(words)} if parted(words) else {"id": name} for name, words in named_lines(cell)
    ]


def _rubric(row: Mapping[str, str]) -> list[Content]:
    made: list[Content] = []
    for line in choice_lists(row.get("rubric_en", ""), row.get("rubric_bn", "")):
        points: float | None = None
        text: dict[str, str] = {}
        for language, words in line["text"].items():
            found = RUBRIC.fullmatch(words)
            if found is None:
                raise Unreadable("csv_rubric_without_points")
            points = number(found[1])
            if found[2].strip():
                text[language] = found[2]
        made.append({"id": line["id"], "text": text, "points": points})
    return made


def _pairs(cell: str) -> list[tuple[str, str]]:
    made: list[tuple[str, str]] = []
    for line in lines(cell):
        found = PAIR.fullmatch(line)
        if found is None:
            raise Unreadable("csv_answer_unreadable", value=line[:40])
        made.append((found[1], unescaped(found[2])))
    return made


def _one(cell: str, _body: Content, key: Content) -> None:
    if cell.strip():
        key["option"] = cell.strip()


def _several(cell: str, _body: Content, key: Content) -> None:
    key["options"] = [one for line in lines(cell) for one in re.split(r"[\s,;]+", line.strip()) if one]


def _truth(cell: str, _body: Content, key: Content) -> None:
    words = {"true": True, "t": True, "1": True, "সত্য": True, "false": False, "f": False, "0": False, "মিথ্যা": False}
    if cell.strip().lower() not in words:
        raise Unreadable("csv_answer_unreadable", value=cell.strip()[:40])
    key["value"] = words[cell.strip().lower()]


def _texts(cell: str, _body: Content, key: Content) -> None:
    key["accepted"] = [unescaped(one) for one in lines(cell)]


def _value(cell: str, _body: Content, key: Content) -> None:
    key["value"] = number(cell)


def _filled(cell: str, body: Content, key: Content) -> None:
    key["blanks"] = {}
    for name, word in _pairs(cell):
        key["blanks"].setdefault(name, []).append(word)
    if not body["blanks"]:
        body["blanks"] = [{"id": name} for name in key["blanks"]]


def _matched(cell: str, _body: Content, key: Content) -> None:
    key["pairs"] = dict(_pairs(cell))


def _ordered(cell: str, body: Content, key: Content) -> None:
    """Without an answer the entries stand in the right order already."""
    _several(cell, body, key)
    key["order"] = key.pop("options") or [one["id"] for one in body["items"]]


ANSWERS: dict[str, Callable[[str, Content, Content], None]] = {
    "single_choice": _one,
    "multiple_choice": _several,
    "true_false": _truth,
    "short_text": _texts,
    "number": _value,
    "fill_in": _filled,
    "matching": _matched,
    "ordering": _ordered,
}


def _whole(cell: str) -> int | float:
    value = number(cell)
    return int(value) if value == int(value) else value


# --- writing ----------------------------------------------------------------------------------------------------------


def _row(question: Content) -> dict[str, str]:
    kind, body, key = question["type"], question["body"], question["key"]
    row = {"type": kind, "tags": "\n".join(escaped(one) for one in question["tags"])}
    for name in ("text", "explanation"):
        for language, text in written(question.get(name)).items():
            row[f"{name}_{language}"] = text
    row["points"], row["negative_points"] = shown(question["points"]), shown(question["negative_points"])
    row["seconds"] = str(question.get("seconds") or "")
    if kind in LISTS:
        row |= choice_cells("choices", body.get(LISTS[kind]) or [])
    if kind == "matching":
        row |= choice_cells("targets", body.get("targets") or [])
    if kind == "fill_in":
        row["choices_en"] = "\n".join(
            f"{one['id']}) {joined(one.get('options') or [])}" for one in body.get("blanks") or []
        )
    row["answer"] = _answer(kind, key)
    row["settings"] = "\n".join(
        f"{name}: {json.dumps(part[name], ensure_ascii=False)}"
        for part, names in ((body, BODY.get(kind, ())), (key, KEY.get(kind, ())))
        for name in names
        if part.get(name) is not None
    )
    worth = [
        {"id": one["id"], "text": {name: f"[{shown(one['points'])}] {text}" for name, text in _some(one["text"])}}
        for one in question["rubric"]
    ]
    return row | choice_cells("rubric", worth)


def _some(words: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """At least one language, so that the points stand somewhere."""
    return list(written(words).items()) or [("en", "")]


def _answer(kind: str, key: Any) -> str:
    if kind == "single_choice":
        return str(key["option"])
    if kind in ("multiple_choice", "ordering"):
        return "\n".join(key["options" if kind == "multiple_choice" else "order"])
    if kind == "true_false":
        return "true" if key["value"] else "false"
    if kind == "short_text":
        return "\n".join(escaped(one) for one in key["accepted"] if one.strip())
    if kind == "number":
        return shown(float(key["value"]))
    if kind == "fill_in":
        return "\n".join(f"{name}: {escaped(one)}" for name, words in key["blanks"].items() for one in words)
    if kind == "matching":
        return "\n".join(f"{item}: {target}" for item, target in key["pairs"].items())
    return ""
