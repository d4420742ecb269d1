"""Whose fault a gap was, and how much of it is given back."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.late import clock_offset, in_time
from app.domain.outages import Cause, Pause, cause_of, credit

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("began", "cause"),
    [
        (95.0, Cause.SERVER),  # the last word before the server stood still
        (100.0, Cause.SERVER),
        (129.0, Cause.SERVER),  # nobody could be heard to leave while it stood still
        (131.0, Cause.LINK),
        (60.0, Cause.LINK),  # gone before the server was
    ],
)
def test_a_gap_that_began_with_a_pause_of_ours_is_ours(began: float, cause: Cause) -> None:
    assert cause_of(at(began), [Pause(at(0), at(10)), Pause(at(100), at(130))]) == cause


@pytest.mark.parametrize(
    ("seconds", "left", "given"), [(60, 600, 60), (60, 20, 20), (60, 0, 0), (60, -5, 0), (-3, 100, 0)]
)
def test_no_more_is_given_back_than_is_left(seconds: float, left: float, given: float) -> None:
    assert credit(seconds, budget_left=left) == given


@pytest.mark.parametrize("wrong", [0, 86_400, -86_400])
def test_what_was_written_in_time_is_known_however_wrong_the_clients_clock_is(wrong: float) -> None:
    """T09: by how much it is wrong is known from what came while the line was up; single ones came late."""
    offset = clock_offset([timedelta(seconds=delay - wrong) for delay in (0.1, 0.2, 0.1, 45.0, 0.3)])
    assert in_time(at(-5 + wrong), NOON, offset)
    assert in_time(at(1 + wrong), NOON, offset)
    assert not in_time(at(10 + wrong), NOON, offset)


def test_without_any_time_nobody_can_say_that_it_was_in_time() -> None:
    assert not in_time(None, NOON, timedelta())
    assert not in_time(datetime.max.replace(tzinfo=UTC), NOON, timedelta(days=1))
