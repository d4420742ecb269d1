"""Advice: after a while, once, and again only when it was good in between."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.domain.advice import PATIENCE_SECONDS, PAUSE_SECONDS, RECOVERY_SECONDS, Adviser
from app.domain.violations import NeutralState

DARK, BLURRED = NeutralState.TOO_DARK, NeutralState.BLURRED


def given_during(adviser: Adviser, states: tuple[NeutralState, ...], begin: float, end: float) -> list[NeutralState]:
    """Advice while these states last, at two frames a second."""
    words = [adviser.advise(states, begin + half / 2) for half in range(int((end - begin) * 2))]
    return [word for word in words if word is not None]


def test_ten_minutes_in_the_dark_are_one_piece_of_advice() -> None:
    assert given_during(Adviser(), (DARK,), 0, 600) == [DARK]


def test_a_moment_in_the_dark_is_none() -> None:
    adviser = Adviser()
    for start in range(0, 300, 30):
        assert given_during(adviser, (DARK,), start, start + PATIENCE_SECONDS) == []
        assert given_during(adviser, (), start + PATIENCE_SECONDS, start + 30) == []


def test_dark_again_after_light_is_told_again_but_not_too_soon() -> None:
    adviser = Adviser()
    assert given_during(adviser, (DARK,), 0, 10) == [DARK]
    given_during(adviser, (), 10, 20)
    assert given_during(adviser, (DARK,), 20, 40) == []
    given_during(adviser, (), 40, 100)
    assert given_during(adviser, (DARK,), 100, 120) == [DARK]


def test_a_flicker_of_light_is_no_recovery() -> None:
    adviser = Adviser()
    words = []
    for start in range(0, 300, 10):
        words += given_during(adviser, (DARK,), start, start + 10 - RECOVERY_SECONDS / 2)
        words += given_during(adviser, (), start + 10 - RECOVERY_SECONDS / 2, start + 10)
    assert words == [DARK]


def test_two_troubles_are_told_one_after_the_other() -> None:
    assert given_during(Adviser(), (DARK, BLURRED), 0, 60) == [DARK, BLURRED]


def test_troubles_that_take_turns_are_told_once_each() -> None:
    adviser, told = Adviser(), []
    for number in range(600):
        word = adviser.advise(((DARK, BLURRED, NeutralState.TOO_BRIGHT)[number * 7 % 3],), float(number))
        told += [word] if word else []
    assert sorted(told) == sorted((DARK, BLURRED, NeutralState.TOO_BRIGHT))


def test_a_room_that_keeps_growing_dark_is_told_ever_more_seldom() -> None:
    adviser, told = Adviser(), []
    for number in range(1200):
        dark = number % 20 < 10
        word = adviser.advise((DARK,) if dark else (), number / 2)
        told += [number / 2] if word else []
    assert len(told) <= 3


@given(st.lists(st.tuples(st.floats(0.1, 40), st.booleans()), max_size=60))
def test_never_twice_within_the_pause(stretches: list[tuple[float, bool]]) -> None:
    adviser, at, told = Adviser(), 0.0, []
    for seconds, dark in stretches:
        at += seconds
        if adviser.advise((DARK,) if dark else (), at):
            told.append(at)
    assert all(later - earlier >= PAUSE_SECONDS for earlier, later in itertools.pairwise(told))
