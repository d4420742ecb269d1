"""Questions in files: one module a format, each text in and drafts out, or questions in and a file out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.services.question_formats import (
    aiken,
    csv_format,
    gift,
    json_format,
    moodle_writing,
    moodle_xml,
    qti,
    qti_writing,
)
from app.services.question_formats.drafts import Content, Draft, Parsed, Problem, Sheet, Unreadable, decoded
from app.services.question_formats.packages import MAGIC

__all__ = ["FORMATS", "Content", "Draft", "Format", "Parsed", "Problem", "QuestionFormat", "Sheet", "detect", "read"]
ANSWER_LINE = re.compile(r"^\s*ANSWER\s*:", re.MULTILINE | re.IGNORECASE)
HEADER = re.compile(r"(^|[,;\t])\"?\s*type\s*\"?($|[,;\t])", re.IGNORECASE)


class QuestionFormat(StrEnum):
    """By their names in addresses."""

    JSON = "json"
    CSV = "csv"
    GIFT = "gift"
    AIKEN = "aiken"
    MOODLE_XML = "moodle_xml"
    QTI = "qti"


def _everything(_question: Content) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is read and written, which questions it carries, and how its files are called."""

    read: Callable[[bytes], Parsed]
    write: Callable[[Sheet], bytes]
    carries: Callable[[Content], bool]
    media_type: str
    ending: str


FORMATS: dict[QuestionFormat, Format] = {
    QuestionFormat.JSON: Format(json_format.read, json_format.write, _everything, "application/json", "json"),
    QuestionFormat.CSV: Format(csv_format.read, csv_format.write, _everything, "text/csv; charset=utf-8", "csv"),
    QuestionFormat.GIFT: Format(gift.read, gift.write, gift.carries, "text/plain; charset=utf-8", "gift.txt"),
    QuestionFormat.AIKEN: Format(aiken.read, aiken.write, aiken.carries, "text/plain; charset=utf-8", "txt"),
    QuestionFormat.MOODLE_XML: Format(
        moodle_xml.read, moodle_writing.write, moodle_writing.carries, "application/xml", "xml"
    ),
    QuestionFormat.QTI: Format(qti.read, qti_writing.write, qti_writing.carries, "application/zip", "zip"),
}


def detect(body: bytes) -> QuestionFormat:
    """What the content looks like. Unreadable `file_encoding`, `file_empty`."""
    if body.startswith(MAGIC):
        return QuestionFormat.QTI
    text = decoded(body)
    first = text.lstrip()
    if not first:
        raise Unreadable("file_empty", 1)
    if first[0] == "<":
        return (
            QuestionFormat.QTI
            if re.search(r"<(\w+:)?(assessmentItem|manifest)\b", first)
            else QuestionFormat.MOODLE_XML
        )
    if first[0] in "{[" and re.match(r"[{\[]\s*[\"{\[\]}]", first):
        return QuestionFormat.JSON
    if HEADER.search(first.partition("\n")[0]):
        return QuestionFormat.CSV
    return QuestionFormat.AIKEN if ANSWER_LINE.search(text) else QuestionFormat.GIFT


def read(body: bytes, wanted: QuestionFormat | None) -> tuple[QuestionFormat | None, Parsed]:
    """Everything in a file, read as `wanted` or as what it looks like; what stops all reading is the only problem."""
    found = wanted
    try:
        if not body.strip():
            raise Unreadable("file_empty", 1)
        found = wanted or detect(body)
        parsed = FORMATS[found].read(body)
        if not parsed.drafts and not parsed.problems:
            raise Unreadable("file_empty", 1)
    except Unreadable as error:
        return found, Parsed(problems=[Problem(error.line or 1, error.code, error.params)])
    return found, parsed
