"""A random challenge: what answers it, what does not, and what cannot be judged."""

import pytest

from app.domain.challenges import GRACE, SECONDS, Challenge, Direction, Outcome

REST = (3.0, -5.0)


def asked(direction: Direction = Direction.LEFT, *, before: tuple[float, float] | None = REST) -> Challenge:
    """Asked at 100 s of somebody whose head rests a little aside, and passed on by the socket."""
    one = Challenge("n", direction, 100.0, REST, told=True)
    one.hold_against(before)
    return one


@pytest.mark.parametrize(
    ("direction", "head"),
    [(Direction.LEFT, (18.5, -5.0)), (Direction.RIGHT, (-12.5, -5.0)), (Direction.UP, (3.0, 7.5))],
)
def test_a_turn_from_rest_in_the_asked_direction_answers(direction: Direction, head: tuple[float, float]) -> None:
    one = asked(direction)
    one.see(101.0, REST)
    one.see(102.0, head)
    assert one.outcome() == Outcome.PASSED


@pytest.mark.parametrize("head", [(14.0, -5.0), (-30.0, -5.0), (3.0, 30.0)])
def test_too_little_or_elsewhere_is_no_answer(head: tuple[float, float]) -> None:
    one = asked()
    for second in range(1, 9):
        one.see(100.0 + second, head)
    assert one.outcome() == Outcome.FAILED


def test_who_was_turned_before_must_come_back_first() -> None:
    one = asked(before=(25.0, -5.0))
    one.see(101.0, (25.0, -5.0))
    assert not one.passed
    one.see(103.0, REST)
    one.see(105.0, (25.0, -5.0))
    assert one.passed


def test_an_answer_after_the_time_does_not_count() -> None:
    one = asked()
    for second in (1, 3, 5, 7):
        one.see(100.0 + second, REST)
    one.see(100.0 + SECONDS + GRACE + 0.1, (40.0, -5.0))
    assert one.outcome() == Outcome.FAILED


@pytest.mark.parametrize("seen", [(), (1, 2, 3), (1, 2, 3, 4), (5, 6, 7, 8)])
def test_where_the_camera_could_not_see_nothing_is_judged(seen: tuple[int, ...]) -> None:
    one = asked()
    for second in seen:
        one.see(100.0 + second, REST)
    assert one.outcome() == Outcome.NOT_JUDGED


def test_who_was_never_asked_did_not_fail() -> None:
    one = asked()
    one.told = False
    for second in range(1, 9):
        one.see(100.0 + second, REST)
    assert one.outcome() == Outcome.NOT_JUDGED
