"""Our own format: everything a question has, one question a line.

`{"format": "360proctor-questions", "version": 1, "sections": {key: section}, "questions": [question, …],
"pictures": {name: base64}}`; a bare list of questions is taken too.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from app.services.question_formats.drafts import Draft, Parsed, Sheet, Unreadable, decoded

NAME = "360proctor-questions"
VERSION = 1
SPACE = " \t\n\r"


def read(body: bytes) -> Parsed:
    """All questions with the line each begins in."""
    parsed = Parsed()
    try:
        text = decoded(body)
        _Walk(text, parsed).run()
    except json.JSONDecodeError as error:
        raise Unreadable("json_syntax", error.lineno) from error
    except RecursionError as error:
        raise Unreadable("json_syntax", 1) from error
    return parsed


def write(sheet: Sheet) -> bytes:
    """The same questions always give the same bytes."""
    questions = ",\n".join(_line(one) for one in sheet.questions)
    pictures = {name: base64.b64encode(picture).decode() for name, picture in sorted(sheet.pictures.items())}
    return (
        f'{{"format": "{NAME}", "version": {VERSION},\n"sections": {_line(dict(sheet.sections))},\n'
        f'"questions": [\n{questions}\n],\n"pictures": {_line(pictures)}}}\n'
    ).encode()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


class _Walk:
    """Decodes the outermost object member by member, so that each question's line is known."""

    def __init__(self, text: str, parsed: Parsed) -> None:
        self.text = text
        self.parsed = parsed
        self.at = 0
        self.decoder = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_unique)

    def run(self) -> None:
        self._space()
        if self._sees("["):
            self._questions()
        else:
            self._members()
        self._space()
        if self.at < len(self.text):
            self._fail()

    def _members(self) -> None:
        self._take("{")
        known: dict[str, Any] = {}
        seen: set[str] = set()
        for _ in self._separated("}"):
            key = str(self._value())
            if key in seen:
                raise Unreadable("json_key_twice", self.text.count("\n", 0, self.at) + 1)
            seen.add(key)
            self._take(":")
            self._space()
            if key == "questions" and self._sees("["):
                self._questions()
            else:
                known[key] = self._value()
        if known.get("format", NAME) != NAME or known.get("version", VERSION) != VERSION:
            raise Unreadable("json_other_format", 1)
        self._sections(known.get("sections") or {})
        self._pictures(known.get("pictures") or {})

    def _sections(self, given: Any) -> None:
        if not isinstance(given, dict) or not all(isinstance(one, dict) for one in given.values()):
            raise Unreadable("json_other_format", 1)
        self.parsed.sections = given

    def _pictures(self, given: Any) -> None:
        if not isinstance(given, dict):
            raise Unreadable("json_other_format", 1)
        try:
            self.parsed.pictures = {
                name: base64.b64decode(str(picture), validate=True) for name, picture in given.items()
            }
        except (binascii.Error, ValueError) as error:
            raise Unreadable("picture_unreadable", 1) from error

    def _questions(self) -> None:
        self._take("[")
        for _ in self._separated("]"):
            line = self.text.count("\n", 0, self.at) + 1
            content = self._value()
            if not isinstance(content, dict):
                self.parsed.wrong(Unreadable("question_not_an_object"), line)
                continue
            section = content.pop("section", None)
            if section is not None and not isinstance(section, str):
                self.parsed.wrong(Unreadable("section_unknown"), line)
                continue
            self.parsed.drafts.append(Draft(line, content, section))

    def _separated(self, end: str) -> Iterator[None]:
        """Stops once for every member up to the closing bracket."""
        self._space()
        if self._sees(end):
            self.at += 1
            return
        while True:
            self._space()
            yield
            self._space()
            if self._sees(end):
                self.at += 1
                return
            self._take(",")

    def _value(self) -> Any:
        value, self.at = self.decoder.raw_decode(self.text, self.at)
        return value

    def _space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1

    def _sees(self, character: str) -> bool:
        return self.text.startswith(character, self.at)

    def _take(self, character: str) -> None:
        self._space()
        if not self._sees(character):
            self._fail()
        self.at += 1

    def _fail(self) -> NoReturn:
        raise json.JSONDecodeError("unexpected", self.text, min(self.at, len(self.text)))


def _no_constant(_: str) -> NoReturn:
    raise Unreadable("json_syntax")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Unreadable("json_key_twice")
    return made
