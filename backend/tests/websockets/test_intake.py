"""Numbered messages put into order: what came before is known again, within a memory that does not grow."""

import sys

import pytest

from app.schemas.realtime import Numbered
from app.websockets.intake import AHEAD, REMEMBERED, Intake


def message(seq: int, word: str = "a") -> Numbered:
    return Numbered.model_validate({"type": "event", "seq": seq, "kind": word})


def taken(intake: Intake, count: int) -> None:
    """So many messages in order."""
    for seq in range(intake.next, intake.next + count):
        assert intake.take(message(seq)) is None
    intake.take_ready(count)


@pytest.mark.parametrize("back", [1, AHEAD, REMEMBERED])
def test_a_number_that_comes_again_is_compared_with_what_it_was(back: int) -> None:
    intake = Intake(next=7)
    taken(intake, 3 * (REMEMBERED + AHEAD))
    seq = intake.next - back
    assert intake.take(message(seq)) == "seq_repeated"
    assert intake.take(message(seq, "b")) == "seq_changed"
    assert intake.ready == []


def test_what_waits_behind_a_gap_overwrites_nothing_that_is_remembered() -> None:
    intake = Intake(next=1)
    taken(intake, REMEMBERED)
    assert intake.take(message(intake.next + 1)) == "seq_gap"
    for ahead in range(2, AHEAD + 1):
        assert intake.take(message(intake.next + ahead, "ahead")) is None
    assert intake.take(message(intake.next + AHEAD, "b")) == "seq_changed"
    assert intake.take(message(intake.next + AHEAD, "ahead")) == "seq_repeated"
    assert [intake.take(message(seq)) for seq in range(1, REMEMBERED + 1)] == ["seq_repeated"] * REMEMBERED
    assert intake.take(message(intake.next)) is None
    assert [one.seq for one in intake.ready] == list(range(REMEMBERED + 1, REMEMBERED + AHEAD + 2))


def test_what_came_over_an_earlier_line_is_known_by_its_number_alone() -> None:
    intake = Intake(next=40)
    assert intake.take(message(39, "whatever")) == "seq_repeated"
    taken(intake, 3)
    assert intake.take(message(39, "whatever")) == "seq_repeated"
    assert intake.take(message(40, "whatever")) == "seq_changed"


def test_hours_need_no_more_memory_than_a_minute() -> None:
    intake = Intake(next=1)
    taken(intake, 30)
    after_a_minute = weight(intake)
    taken(intake, 7200)
    assert weight(intake) <= after_a_minute


def weight(intake: Intake) -> int:
    """Bytes of what it holds, its containers' entries counted."""
    held = [getattr(intake, name) for name in Intake.__slots__]
    return sum(sys.getsizeof(one) + 64 * len(one) for one in held if hasattr(one, "__len__"))
