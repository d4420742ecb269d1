"""Aiken: single choice in plain text, one language, one line a text.

The question, then `A. option` (or `A) option`) a line, then `ANSWER: A`.
"""

import re
from collections.abc import Iterator

from app.services.question_formats.drafts import (
    Content,
    Draft,
    Parsed,
    Sheet,
    Unreadable,
    decoded,
    in_its_language,
    written,
)

OPTION = re.compile(r"\s*([A-Za-z])[.)]\s+(.*\S)\s*")
ANSWER = re.compile(r"\s*ANSWER\s*:\s*(\S+)\s*", re.IGNORECASE)
MOST = 26


def read(body: bytes) -> Parsed:
    """Questions with the line each begins in; a text may also stand in several lines."""
    parsed = Parsed()
    lines = list(enumerate(decoded(body).split("\n"), start=1))
    for begin, texts, options, answer in _questions(lines):
        try:
            parsed.drafts.append(Draft(begin, _content(begin, texts, options, answer)))
        except Unreadable as error:
            parsed.wrong(error, begin)
    return parsed


Block = tuple[int, list[str], list[tuple[int, str, str]], str | None]


def _questions(lines: list[tuple[int, str]]) -> Iterator[Block]:
    """First line, text, options (line, letter, text) and answer; None where the next question begins without one."""
    begin, texts, options = 0, list[str](), list[tuple[int, str, str]]()
    for place, line in lines:
        option, answer = OPTION.fullmatch(line), ANSWER.fullmatch(line)
        if answer:
            yield begin or place, texts, options, answer[1].upper()
            begin, texts, options = 0, [], []
        elif option and (texts or options):
            options.append((place, option[1].upper(), option[2]))
        elif line.strip():
            if options:
                yield begin, texts, options, None
                begin, texts, options = 0, [], []
            begin = begin or place
            texts.append(line.strip())
    if texts or options:
        yield begin, texts, options, None


def _content(begin: int, texts: list[str], options: list[tuple[int, str, str]], answer: str | None) -> Content:
    if answer is None:
        raise Unreadable("aiken_no_answer", options[-1][0] if options else begin)
    for expected, (place, letter, _) in enumerate(options):
        if letter != chr(ord("A") + expected):
            raise Unreadable("aiken_letter", place, letter=letter)
    return {
        "type": "single_choice",
        "text": in_its_language("\n".join(texts)),
        "body": {"options": [{"id": letter.lower(), "text": in_its_language(text)} for _, letter, text in options]},
        "key": {"option": answer.lower()},
    }


def write(sheet: Sheet) -> bytes:
    """Questions with a blank line between them."""
    return "\n".join(_written(one) for one in sheet.questions).encode()


def carries(question: Content) -> bool:
    """Single choice in one and the same language, without lines that would be read as something else."""
    if question["type"] != "single_choice" or len(question["body"]["options"]) > MOST:
        return False
    texts = [question["text"], *(one["text"] for one in question["body"]["options"])]
    if any(len(written(words)) != 1 for words in texts):
        return False
    text = _line(question["text"])
    return not OPTION.fullmatch(text) and not ANSWER.fullmatch(text)


def _line(words: dict[str, str]) -> str:
    return " ".join(next(iter(written(words).values()), "").replace("\ufeff", "").split())


def _written(question: Content) -> str:
    options = question["body"]["options"]
    lines = [_line(question["text"])]
    lines += [f"{chr(ord('A') + place)}. {_line(one['text'])}" for place, one in enumerate(options)]
    right = [one["id"] for one in options].index(question["key"]["option"])
    return "\n".join([*lines, f"ANSWER: {chr(ord('A') + right)}", ""])
