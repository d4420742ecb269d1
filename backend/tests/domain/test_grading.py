"""Automatic marks: every type, both languages, and the twin spellings of Bangla (U01, U02, U04, U05)."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.grading import folded, number_in, points, share
from app.domain.questions import BY_HAND, QuestionType
from tests.questions import EVERY_TYPE, RIGHT

T = QuestionType


def key_of(kind: QuestionType) -> dict[str, Any]:
    found: dict[str, Any] = EVERY_TYPE[kind].get("key", {})
    return found


@pytest.mark.parametrize("kind", QuestionType)
def test_a_right_answer_earns_all_and_nothing_earns_nothing(kind: QuestionType) -> None:
    assert share(kind, key_of(kind), RIGHT[kind]) == (None if kind in BY_HAND else 1.0)
    assert points(kind, key_of(kind), None, full=2, negative=1) == (None if kind in BY_HAND else 0.0)


@pytest.mark.parametrize(
    ("kind", "value", "earned"),
    [
        (T.SINGLE_CHOICE, "a", 0.0),
        (T.MULTIPLE_CHOICE, ["a"], 0.5),
        (T.MULTIPLE_CHOICE, ["a", "c"], 0.0),
        (T.MULTIPLE_CHOICE, ["a", "b", "c"], 0.5),
        (T.TRUE_FALSE, False, 0.0),
        (T.SHORT_TEXT, "DHAKA", 1.0),
        (T.SHORT_TEXT, "Khulna", 0.0),
        (T.NUMBER, "9.76", 1.0),
        (T.NUMBER, "9.75", 0.0),
        (T.NUMBER, "nine", 0.0),
        (T.FILL_IN, {"river": "buriganga"}, 0.5),
        (T.MATCHING, {"i1": "t1", "i2": "t1"}, 0.5),
        (T.ORDERING, ["x", "z", "y"], 0.0),
    ],
)
def test_parts_earn_parts(kind: QuestionType, value: Any, earned: float) -> None:
    assert share(kind, key_of(kind), value) == pytest.approx(earned)


def test_a_wrong_answer_costs_what_the_question_says_and_an_empty_one_nothing() -> None:
    key = key_of(T.SINGLE_CHOICE)
    assert points(T.SINGLE_CHOICE, key, "a", full=2, negative=0.5) == -0.5
    assert points(T.SHORT_TEXT, key_of(T.SHORT_TEXT), "   ", full=2, negative=0.5) == 0.0


@pytest.mark.parametrize("word", ["বড়", "দৃঢ়", "নয়ন", "কো"])
def test_u01_u02_twin_spellings_are_one_answer(word: str) -> None:
    other = unicodedata.normalize("NFD", word)
    split = word.replace("\u09dc", "\u09a1\u09bc").replace("\u09df", "\u09af\u09bc").replace("\u09cb", "\u09c7\u09be")
    for twin in (other, split):
        assert share(T.SHORT_TEXT, {"accepted": [word]}, twin) == 1.0
        assert share(T.SHORT_TEXT, {"accepted": [twin]}, word) == 1.0


def test_u03_joiners_make_another_word() -> None:
    assert folded("র‍্যাব") != folded("র্যাব")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("১২৩", "123"),
        ("1২", "12"),
        ("−৩.৫", "-3.5"),
        ("১২,৩৪,৫৬৭", "1234567"),
        ("1,234.5", "1234.5"),
        (" 1e3 ", "1000"),
        (".5", "0.5"),
    ],
)
def test_u04_u05_digits_of_every_script(typed: str, number: str) -> None:
    found = number_in(typed)
    assert found is not None
    assert found == number_in(number)


@pytest.mark.parametrize("typed", ["", "x", "1,2", "1..2", "0x10", "1e9999", "nan", "∞", "1" * 65, "1 2 x"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert number_in(typed) is None


def test_a_relative_tolerance_is_a_share_of_the_value() -> None:
    key = {"value": 200, "tolerance": 0.05, "relative": True}
    assert [share(T.NUMBER, key, text) for text in ("190", "২১০", "189.9")] == [1.0, 1.0, 0.0]


@given(st.text(max_size=30))
def test_a_text_is_its_own_answer_unless_it_is_blank(text: str) -> None:
    assert share(T.SHORT_TEXT, {"accepted": [text]}, text) == (1.0 if text.strip() and folded(text) else 0.0)
