"""What a reader finds in a file: drafts of questions and what is wrong, each with its line."""

import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.questions import BLANK
from app.domain.uploads import ENDINGS, type_of

Content = dict[str, Any]
"""A question as `QuestionWrite` takes it, without section and position."""
Words = Mapping[str, str]
LETTERS = string.ascii_lowercase
BANGLA = range(0x0980, 0x0A00)


class Unreadable(Exception):
    """A question, or the whole file, that cannot be read. `code` is stable; its text is in `errors.json`."""

    def __init__(self, code: str, line: int | None = None, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.params = params


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as the file has it, not yet checked. `section`: a key of `Parsed.sections`; `file`: in a package."""

    line: int
    content: Content
    section: str | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line; `file` tells which, in a package."""

    line: int
    code: str
    params: dict[str, str] = field(default_factory=dict)
    file: str = ""


@dataclass(slots=True)
class Parsed:
    """All of a file. `sections`: key → section as `SectionWrite` takes it. `pictures`: name in the texts → bytes."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sections: dict[str, Content] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def wrong(self, error: Unreadable, line: int, *, file: str = "") -> None:
        """Note a question that cannot be read; where it says its own line, that is better than the question's."""
        self.problems.append(Problem(line if file else error.line or line, error.code, error.params, file))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a writer writes. Each question has a `section`: a key of `sections`, or None."""

    questions: Sequence[Content]
    sections: Mapping[str, Content] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def decoded(body: bytes) -> str:
    """UTF-8 or UTF-16 with a mark, line ends as `\\n`. Unreadable `file_encoding`."""
    try:
        text = body.decode("utf-16") if body.startswith((b"\xff\xfe", b"\xfe\xff")) else body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("file_encoding", body.count(b"\n", 0, error.start) + 1) from error
    return one_line_end(text)


def one_line_end(text: str) -> str:
    """`\\r\\n` and `\\r` as `\\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def language_of(text: str) -> str:
    """Bangla where any of its letters stands, else English."""
    return "bn" if any(ord(one) in BANGLA for one in text) else "en"


def in_its_language(text: str) -> dict[str, str]:
    """A text that names no language."""
    return {language_of(text): text} if text else {}


def written(words: Words | None) -> dict[str, str]:
    """The languages in which something is written, English first."""
    there = words or {}
    return {name: one_line_end(there[name]) for name in ("en", "bn") if (there.get(name) or "").strip()}


def choices(texts: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """A list to choose from, with ids a, b, c …"""
    return [{"id": name_of(place), "text": dict(text)} for place, text in enumerate(texts)]


def name_of(place: int) -> str:
    """The id of the choice at a place, from 0: a … z, aa, ab …"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, len(LETTERS))
        name = LETTERS[rest] + name
    return name


def ending(picture: bytes) -> str:
    """What a picture's file should end with."""
    found = type_of(picture)
    return f".{ENDINGS[found]}" if found else ""


def title(words: Words, length: int) -> str:
    """A name for a question: the beginning of its text, gaps as lines."""
    text = BLANK.sub("____", next(iter(written(words).values()), ""))
    return " ".join(text.split())[:length].strip()


def number(text: str) -> float:
    """A finite number, in plain digits of any script. Unreadable `number_unreadable`."""
    try:
        plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text.strip())
        value = float(plain.replace("−", "-").replace("_", "?"))
    except ValueError as error:
        raise Unreadable("number_unreadable", value=text.strip()[:40]) from error
    if value != value or value in (float("inf"), float("-inf")):
        raise Unreadable("number_unreadable", value=text.strip()[:40])
    return value


def count(text: str) -> int | None:
    """A small whole number above 0, or None."""
    text = text.strip()
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 6 else None


def shown(value: float) -> str:
    """A number as people write it, exact when read again."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
