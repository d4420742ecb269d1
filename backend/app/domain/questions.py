"""What a question is: its types, which body and key belong to each, and which values may answer it.

Bodies and keys are JSON objects (shapes in `schemas/questions.py`); here is what must hold between their parts.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_-]{1,32})\s*\}\}")
"""Where a blank stands in the text of a fill-in question: {{a}}."""
LONGEST_ANSWER = 60_000
MOST_FILES = 20


class QuestionType(StrEnum):
    """What the student does."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    SHORT_TEXT = "short_text"
    NUMBER = "number"
    FILL_IN = "fill_in"
    MATCHING = "matching"
    ORDERING = "ordering"
    ESSAY = "essay"
    CODE = "code"
    FILE_UPLOAD = "file_upload"


BY_HAND = frozenset({QuestionType.ESSAY, QuestionType.CODE, QuestionType.FILE_UPLOAD})
"""Types that only a person can mark."""


class QuestionInvalid(Exception):
    """Parts of a question do not fit together; `code` is stable, `params` name the part."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class AnswerInvalid(Exception):
    """A value that cannot answer this question."""


Json = Mapping[str, Any]


def check_question(kind: QuestionType, text: Json, body: Json, key: Json) -> None:
    """Raises QuestionInvalid."""
    if not any((text.get(language) or "").strip() for language in ("en", "bn")):
        raise QuestionInvalid("question_without_text")
    CHECKS[kind](text, body, key)


def _ids(body: Json, name: str, *, least: int) -> set[str]:
    """The ids of a list of choices, which must be different and at least so many."""
    choices = body.get(name) or []
    ids = [choice["id"] for choice in choices]
    if len(ids) < least:
        raise QuestionInvalid("question_needs_more", part=name, least=str(least))
    _different(ids, name)
    if not all(any((choice["text"].get(language) or "").strip() for language in ("en", "bn")) for choice in choices):
        raise QuestionInvalid("question_part_without_text", part=name)
    return set(ids)


def _different(ids: Iterable[str], part: str) -> None:
    known: set[str] = set()
    for one in ids:
        if one in known:
            raise QuestionInvalid("question_id_twice", part=part, id=one)
        known.add(one)


def _known(ids: Iterable[str], known: set[str], part: str) -> None:
    for one in ids:
        if one not in known:
            raise QuestionInvalid("question_key_unknown", part=part, id=one)


def _single(_text: Json, body: Json, key: Json) -> None:
    options = _ids(body, "options", least=2)
    if not key.get("option"):
        raise QuestionInvalid("question_without_key", part="option")
    _known([key["option"]], options, "option")


def _multiple(_text: Json, body: Json, key: Json) -> None:
    options = _ids(body, "options", least=2)
    if not key.get("options"):
        raise QuestionInvalid("question_without_key", part="options")
    _different(key["options"], "options")
    _known(key["options"], options, "options")


def _true_false(_text: Json, _body: Json, key: Json) -> None:
    if not isinstance(key.get("value"), bool):
        raise QuestionInvalid("question_without_key", part="value")


def _short_text(_text: Json, _body: Json, key: Json) -> None:
    if not any(accepted.strip() for accepted in key.get("accepted") or []):
        raise QuestionInvalid("question_without_key", part="accepted")


def _number(_text: Json, _body: Json, key: Json) -> None:
    value = key.get("value")
    if value is None or isinstance(value, bool):
        raise QuestionInvalid("question_without_key", part="value")
    if (key.get("tolerance") or 0) < 0:
        raise QuestionInvalid("question_tolerance_negative")


def _fill_in(text: Json, body: Json, key: Json) -> None:
    blanks = body.get("blanks") or []
    ids = [blank["id"] for blank in blanks]
    if not ids:
        raise QuestionInvalid("question_needs_more", part="blanks", least="1")
    _different(ids, "blanks")
    for language in ("en", "bn"):
        words = text.get(language) or ""
        if words.strip() and sorted(BLANK.findall(words)) != sorted(ids):
            raise QuestionInvalid("question_blanks_differ", language=language)
    accepted = key.get("blanks") or {}
    for blank in blanks:
        if not any(word.strip() for word in accepted.get(blank["id"]) or []):
            raise QuestionInvalid("question_without_key", part=f"blanks.{blank['id']}")
        if blank.get("options"):
            _known(accepted[blank["id"]], set(blank["options"]), f"blanks.{blank['id']}")
    _known(accepted, set(ids), "blanks")


def _matching(_text: Json, body: Json, key: Json) -> None:
    items, targets = _ids(body, "items", least=2), _ids(body, "targets", least=2)
    pairs = key.get("pairs") or {}
    _known(pairs, items, "pairs")
    _known(pairs.values(), targets, "pairs")
    if set(pairs) != items:
        raise QuestionInvalid("question_without_key", part="pairs")


def _ordering(_text: Json, body: Json, key: Json) -> None:
    items = _ids(body, "items", least=2)
    order = key.get("order") or []
    _different(order, "order")
    _known(order, items, "order")
    if set(order) != items:
        raise QuestionInvalid("question_without_key", part="order")


def _nothing(_text: Json, _body: Json, _key: Json) -> None:
    """Marked by hand."""


CHECKS: dict[QuestionType, Callable[[Json, Json, Json], None]] = {
    QuestionType.SINGLE_CHOICE: _single,
    QuestionType.MULTIPLE_CHOICE: _multiple,
    QuestionType.TRUE_FALSE: _true_false,
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.NUMBER: _number,
    QuestionType.FILL_IN: _fill_in,
    QuestionType.MATCHING: _matching,
    QuestionType.ORDERING: _ordering,
    QuestionType.ESSAY: _nothing,
    QuestionType.CODE: _nothing,
    QuestionType.FILE_UPLOAD: _nothing,
}


# --- answers --------------------------------------------------------------------------------------------------------


def check_answer(kind: QuestionType, body: Json, value: object) -> None:
    """Whether `value` can answer the question at all, right or wrong; None clears. Raises AnswerInvalid.

    Texts are kept as typed; ids must be those of the question, so that nothing is stored that nobody can read.
    """
    if value is None:
        return
    if not ANSWERS[kind](body, value):
        raise AnswerInvalid


def _among(body: Json, name: str) -> set[str]:
    return {choice["id"] for choice in body.get(name) or []}


def _is_text(_body: Json, value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ANSWER


def _is_one(body: Json, value: object) -> bool:
    return isinstance(value, str) and value in _among(body, "options")


def _are_some(body: Json, value: object) -> bool:
    return _is_list(value) and set(value) <= _among(body, "options")  # type: ignore[call-overload]


def _is_order(body: Json, value: object) -> bool:
    """Part of the items is enough: the student may be in the middle of it."""
    return _is_list(value) and set(value) <= _among(body, "items")  # type: ignore[call-overload]


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value) and len(set(value)) == len(value)


def _are_blanks(body: Json, value: object) -> bool:
    return isinstance(value, dict) and all(
        name in _among(body, "blanks") and isinstance(word, str) and len(word) <= LONGEST_ANSWER
        for name, word in value.items()
    )


def _are_pairs(body: Json, value: object) -> bool:
    return isinstance(value, dict) and all(
        item in _among(body, "items") and target in _among(body, "targets") for item, target in value.items()
    )


def _are_files(body: Json, value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= (body.get("max_files") or MOST_FILES)
        and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
    )


ANSWERS: dict[QuestionType, Callable[[Json, object], bool]] = {
    QuestionType.SINGLE_CHOICE: _is_one,
    QuestionType.MULTIPLE_CHOICE: _are_some,
    QuestionType.TRUE_FALSE: lambda _body, value: isinstance(value, bool),
    QuestionType.SHORT_TEXT: _is_text,
    QuestionType.NUMBER: _is_text,
    QuestionType.FILL_IN: _are_blanks,
    QuestionType.MATCHING: _are_pairs,
    QuestionType.ORDERING: _is_order,
    QuestionType.ESSAY: _is_text,
    QuestionType.CODE: _is_text,
    QuestionType.FILE_UPLOAD: _are_files,
}
