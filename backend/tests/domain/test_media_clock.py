"""Media time: forward only, never far behind the server, and indifferent to a wrong date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.media_clock import MediaClock

SLACK = 2.0
ARRIVALS = st.lists(st.tuples(st.floats(0, 30), st.integers(0, 2**64 - 1)), min_size=1, max_size=40)


@given(ARRIVALS)
def test_whatever_a_client_claims_time_runs_forward_and_stays_with_the_server(
    frames: list[tuple[float, int]],
) -> None:
    clock = MediaClock(slack=SLACK)
    arrived = last = 0.0
    for step, (pause, captured) in enumerate(frames):
        arrived += pause
        at = clock.tick(arrived, captured)
        assert at >= last
        assert at >= arrived - SLACK
        assert at <= arrived + SLACK * step + 1e-6
        assert clock.at == at
        last = at


@given(st.integers(0, 2**60), st.lists(st.integers(1, 1900), min_size=2, max_size=30))
def test_a_wrong_date_does_no_harm(offset: int, steps: list[int]) -> None:
    honest, wrong = MediaClock(), MediaClock()
    arrived, captured = 5.0, 1_000_000
    for step in steps:
        arrived += step / 1000
        captured += step
        assert honest.tick(arrived, captured) == pytest.approx(wrong.tick(arrived, captured + offset))
        assert honest.at == pytest.approx(arrived, abs=1e-6)


def test_a_client_that_says_no_time_passes_is_carried_along() -> None:
    clock = MediaClock(slack=SLACK)
    for second in range(100):
        assert clock.tick(float(second), 1000) >= second - SLACK


def test_a_jump_forward_counts_as_little_more_than_what_passed() -> None:
    clock = MediaClock(slack=SLACK)
    clock.tick(1.0, 0)
    assert clock.tick(1.5, 3_600_000) == 1.0 + 0.5 + SLACK


def test_a_recording_played_fast_keeps_its_own_time() -> None:
    clock = MediaClock(slack=SLACK)
    for number in range(101):
        at = clock.tick(number * 0.05, number * 200)
    assert at == pytest.approx(20.0)


def test_a_clock_set_back_stops_time_only_for_that_step() -> None:
    clock = MediaClock(slack=SLACK)
    clock.tick(10.0, 50_000)
    assert clock.tick(10.5, 20_000) == 10.0
    assert clock.tick(11.0, 20_500) == 10.5


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_new_connection_goes_on_and_never_back(before: float, after: float) -> None:
    clock = MediaClock()
    clock.tick(before, 5)
    clock.restart(after)
    assert clock.at == max(before, after)
    assert clock.tick(after, 10**15) == max(before, after)
