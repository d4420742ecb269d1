"""Observations become violations: holding, release, cool-down, blindness, events, and restarts."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.incidents import BLIND_AFTER, Change, Incidents
from app.domain.violations import RULES, Observation, ViolationKind

AWAY = ViolationKind.LOOKING_AWAY
TAB = ViolationKind.TAB_SWITCH
KINDS = (AWAY, ViolationKind.FACE_NOT_DETECTED, ViolationKind.FROZEN_VIDEO)
Step = tuple[str, float, tuple[ViolationKind, ...]]


def saw(kind: ViolationKind = AWAY, confidence: float = 0.8) -> Observation:
    """One observation."""
    return Observation(kind, confidence, {"side": 20.0}, {"side": 14.0})


def watch(incidents: Incidents, begin: float, end: float, bad: bool, fps: float = 5) -> list[Change]:
    """Judged frames from begin up to, without, end."""
    changes = []
    for number in range(round((end - begin) * fps)):
        changes += incidents.see([saw()] if bad else [], begin + number / fps)
    return changes


def latest(changes: list[Change]) -> dict[int, Change]:
    """The last word on every violation."""
    return {change.key: change for change in changes}


@pytest.mark.parametrize("fps", [1, 2, 5, 10, 25])
def test_a_long_look_is_one_violation_from_its_first_to_its_last_frame(fps: int) -> None:
    incidents = Incidents()
    changes = (
        watch(incidents, 0, 5, False, fps) + watch(incidents, 5, 10, True, fps) + watch(incidents, 10, 15, False, fps)
    )
    assert [change.action for change in changes if change.action != "extended"] == ["opened", "closed"]
    closed = changes[-1]
    assert (closed.key, closed.kind, closed.count) == (1, AWAY, 1)
    assert closed.started_at == 5.0
    assert closed.ended_at == pytest.approx(10 - 1 / fps)
    assert closed.confidence == pytest.approx(0.8)
    assert closed.seconds == pytest.approx(5 - 1 / fps, abs=0.01)
    assert closed.measured == {"side": 20.0}


def test_it_is_announced_only_after_the_holding_time_and_then_once_a_second() -> None:
    incidents = Incidents()
    assert watch(incidents, 0, 2, True, 10) == []
    changes = watch(incidents, 2, 6, True, 10)
    assert [change.action for change in changes] == ["opened", "extended", "extended", "extended"]
    assert changes[0].started_at == 0


def test_a_glance_is_nothing() -> None:
    incidents = Incidents()
    assert watch(incidents, 0, 1.6, True) + watch(incidents, 1.6, 60, False) + incidents.finish(60) == []


def test_flicker_does_not_end_it() -> None:
    incidents = Incidents()
    changes = watch(incidents, 0, 4, True) + watch(incidents, 4, 5, False) + watch(incidents, 5, 9, True)
    assert {change.key for change in changes} == {1}
    assert not any(change.action == "closed" for change in changes)


def test_rare_flicker_is_no_suspicion() -> None:
    incidents = Incidents()
    changes = [change for second in range(60) for change in incidents.see([saw()] if second % 3 == 0 else [], second)]
    assert changes == []


def test_soon_after_its_end_the_same_violation_goes_on() -> None:
    incidents = Incidents()
    changes = watch(incidents, 0, 4, True) + watch(incidents, 4, 6, False) + watch(incidents, 6, 11, True)
    changes += watch(incidents, 11, 30, False)
    assert [change.action for change in changes if change.action != "extended"] == [
        "opened",
        "closed",
        "opened",
        "closed",
    ]
    last = changes[-1]
    assert (last.key, last.count, last.started_at) == (1, 2, 0.0)
    assert last.ended_at == pytest.approx(10.8)
    assert last.seconds == pytest.approx(3.8 + 4.8)


def test_long_after_its_end_it_is_another() -> None:
    incidents = Incidents()
    changes = watch(incidents, 0, 4, True) + watch(incidents, 4, 15, False) + watch(incidents, 15, 20, True)
    assert sorted(latest(changes)) == [1, 2]


def test_not_seeing_neither_confirms_nor_contradicts() -> None:
    incidents = Incidents()
    watch(incidents, 0, 4, True)
    assert incidents.unseen(8) == []
    assert [change.key for change in incidents.see([saw()], 9)] == [1]


def test_after_a_long_blindness_it_ended_where_it_was_last_seen() -> None:
    incidents = Incidents()
    watch(incidents, 0, 4, True)
    (closed,) = incidents.unseen(4 + BLIND_AFTER)
    assert closed.action == "closed"
    assert closed.ended_at == pytest.approx(3.8)


def test_a_lost_link_in_between_does_not_count_as_looking_away() -> None:
    incidents = Incidents()
    changes = watch(incidents, 0, 4, True) + watch(incidents, 120, 124, True) + incidents.finish(124)
    assert sum(change.seconds for change in latest(changes).values()) == pytest.approx(7.6)


def test_a_burst_of_events_is_one_violation_with_a_count() -> None:
    incidents = Incidents()
    event = Observation(TAB, 1.0)
    changes = [change for number in range(20) for change in incidents.event(event, number / 2)]
    assert [change.action for change in changes] == ["opened"] + ["extended"] * 19
    assert (changes[-1].key, changes[-1].count) == (1, 20)
    (closed,) = incidents.see([], 60)
    assert (closed.action, closed.ended_at, closed.count) == ("closed", 9.5, 20)
    assert incidents.event(event, 61)[0].key == 2


def test_what_is_open_at_the_end_is_closed() -> None:
    incidents = Incidents()
    watch(incidents, 0, 4, True)
    incidents.event(Observation(TAB, 1.0), 3.9)
    assert sorted(change.kind for change in incidents.finish(4)) == [AWAY, TAB]
    assert incidents.finish(5) == []


def test_own_rules_hold() -> None:
    impatient = {**RULES, AWAY: replace(RULES[AWAY], hold=0.0)}
    assert Incidents(impatient).see([saw()], 0)[0].action == "opened"


def test_a_restarted_server_goes_on_with_the_same_violation() -> None:
    incidents = Incidents()
    opened = watch(incidents, 0, 4, True)
    again = Incidents.load(json.loads(json.dumps(incidents.dump())))
    changes = watch(again, 4, 8, True) + again.finish(8)
    assert {change.key for change in opened + changes} == {1}
    assert changes[-1].started_at == 0
    assert changes[-1].seconds == pytest.approx(7.8)


step = st.tuples(
    st.sampled_from(["see", "see", "see", "unseen", "event"]),
    st.floats(-1, 8, allow_nan=False),
    st.lists(st.sampled_from(KINDS), max_size=3).map(tuple),
)


def play(incidents: Incidents, steps: list[Step], *, restart: bool = False) -> list[Change]:
    """Run the steps; with `restart`, through dump and load before each of them."""
    changes: list[Change] = []
    at = 0.0
    for action, pause, kinds in steps:
        at += pause
        if restart:
            incidents = Incidents.load(json.loads(json.dumps(incidents.dump())))
        if action == "see":
            changes += incidents.see([saw(kind) for kind in kinds], at)
        elif action == "unseen":
            changes += incidents.unseen(at)
        else:
            changes += incidents.event(Observation(TAB, 1.0), at)
    return changes + incidents.finish(at)


@given(st.lists(step, max_size=60))
@settings(max_examples=150, deadline=None)
def test_every_story_is_told_in_order(steps: list[Any]) -> None:
    changes = play(Incidents(), steps)
    open_kinds: dict[ViolationKind, int] = {}
    ended: dict[int, float] = {}
    for change in changes:
        if change.action == "opened":
            assert change.kind not in open_kinds
            open_kinds[change.kind] = change.key
        assert open_kinds[change.kind] == change.key
        assert 0 <= change.confidence <= 1
        assert change.seconds >= 0
        assert change.count >= 1
        if change.action == "closed":
            assert change.ended_at is not None
            assert change.started_at <= change.ended_at
            assert change.seconds <= change.ended_at - change.started_at + 1e-3
            ended[change.key] = change.ended_at
            del open_kinds[change.kind]
        else:
            assert change.ended_at is None
    assert open_kinds == {}
    keys = {change.key for change in changes}
    assert keys == set(range(1, len(keys) + 1)) == set(ended)


@given(st.lists(step, max_size=40))
@settings(max_examples=80, deadline=None)
def test_restarts_at_any_point_change_nothing(steps: list[Any]) -> None:
    assert play(Incidents(), steps) == play(Incidents(), steps, restart=True)


@given(st.integers(10, 400), st.sampled_from([1.0, 2.0, 5.0, 10.0]))
@settings(max_examples=60, deadline=None)
def test_any_number_of_bad_frames_in_a_row_is_at_most_one_violation(frames: int, fps: float) -> None:
    incidents = Incidents()
    changes = [change for number in range(frames) for change in incidents.see([saw()], number / fps)]
    changes += incidents.finish(frames / fps)
    assert len(latest(changes)) == int((frames - 1) / fps >= RULES[AWAY].hold)
