"""A question's own time and the way forward: what counts by itself, judged by when it was made."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.answer_order import LEEWAY, Outside, Place, lengthened, outside
from app.domain.late import PROMPT, made_at

START = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
FORWARD = {key: Place(order, None, None, None, forward=True) for order, key in enumerate((7, 5, 9))}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "expected"), [(60, None), (64.9, None), (65.1, Outside.LATE)])
def test_a_question_has_its_time_and_a_leeway(seconds: float, expected: Outside | None) -> None:
    places = {7: Place(0, None, 60, None, forward=False)}
    assert outside(7, after(seconds), places, {7: START}) is expected


def test_a_section_runs_from_its_first_question() -> None:
    places = {key: Place(order, 1, None, 100, forward=False) for order, key in enumerate((7, 5))}
    opened = {7: START, 5: after(90)}
    assert outside(5, after(104), places, opened) is None
    assert outside(5, after(106), places, opened) is Outside.LATE


def test_a_pause_is_left_out() -> None:
    places = {7: Place(0, None, 60, None, forward=False)}
    pauses = [(after(-50), after(10)), (after(30), after(80))]
    assert outside(7, after(124), places, {7: START}, pauses) is None
    assert outside(7, after(126), places, {7: START}, pauses) is Outside.LATE


def test_there_is_no_way_back_to_what_was_left() -> None:
    opened = {7: START, 5: after(20)}
    assert outside(7, after(20) + LEEWAY, FORWARD, opened) is None
    assert outside(7, after(26), FORWARD, opened) is Outside.OUT_OF_ORDER
    assert outside(5, after(900), FORWARD, opened) is None
    assert outside(9, after(900), FORWARD, opened) is None


def test_what_was_never_shown_has_no_time_to_be_over() -> None:
    places = {7: Place(0, None, 60, None, forward=False)}
    assert outside(7, after(9999), places, {}) is None
    assert outside(8, after(9999), places, {}) is None


def test_extra_minutes_lengthen_by_the_same_share() -> None:
    assert lengthened(90, minutes=60, extra=15) == 113
    assert lengthened(None, minutes=60, extra=15) is None


def test_a_claim_is_believed_as_far_as_the_server_knows_of_an_outage() -> None:
    none, away = timedelta(), [(after(0), after(100))]
    assert made_at(after(50), after(101), none, away) == after(50)
    assert made_at(after(50), after(101), none, []) == after(101)
    assert made_at(after(101) - PROMPT, after(101), none, []) == after(101) - PROMPT
    assert made_at(after(500), after(101), none, away) == after(101)
    assert made_at(None, after(101), none, away) == after(101)
    assert made_at(after(50), after(101), timedelta(days=400_000), None) == after(101)
    assert made_at(after(-3550), after(101), timedelta(hours=1), away) == after(50)
