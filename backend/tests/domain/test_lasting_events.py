"""Browser events that last: measured by the server's clock, forgiven when short, one violation for a burst."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.incidents import Incidents
from app.domain.trust import Episode, trust_score
from app.domain.violations import RULES, Observation, ViolationKind

TAB, BLUR = ViolationKind.TAB_SWITCH, ViolationKind.WINDOW_BLUR


def sure(kind: ViolationKind) -> Observation:
    """What a browser reports."""
    return Observation(kind, 1.0)


def test_a_hidden_page_lasts_from_begin_to_end() -> None:
    incidents = Incidents()
    opened = incidents.begin(sure(TAB), 10.0)
    assert [(change.action, change.started_at) for change in opened] == [("opened", 10.0)]
    assert incidents.begin(sure(TAB), 12.0) == []
    [ended] = incidents.end(TAB, 40.0)
    assert ended.seconds == pytest.approx(30.0)
    assert (ended.count, ended.key) == (1, opened[0].key)
    [closed] = incidents.unseen(60.0)
    assert (closed.action, closed.ended_at) == ("closed", 40.0)


def test_a_system_dialog_that_takes_the_focus_for_a_moment_is_nothing() -> None:
    incidents = Incidents()
    assert incidents.begin(sure(BLUR), 5.0) == []
    assert incidents.end(BLUR, 5.0 + RULES[BLUR].hold - 0.1) == []
    assert incidents.finish(60.0) == []


def test_a_long_loss_of_focus_is_noted_without_waiting_for_its_end() -> None:
    incidents = Incidents()
    incidents.begin(sure(BLUR), 5.0)
    [opened] = incidents.see([], 5.0 + RULES[BLUR].hold)
    assert (opened.action, opened.started_at) == ("opened", 5.0)
    [closed] = incidents.finish(65.0)
    assert closed.seconds == pytest.approx(60.0)
    assert closed.ended_at == 65.0


def test_an_end_without_a_beginning_changes_nothing() -> None:
    assert Incidents().end(TAB, 5.0) == []


def test_switching_to_and_fro_is_one_violation_with_a_count() -> None:
    incidents = Incidents()
    keys = set()
    for number in range(4):
        keys |= {change.key for change in incidents.begin(sure(TAB), 3.0 * number)}
        keys |= {change.key for change in incidents.end(TAB, 3.0 * number + 1)}
    [closed] = incidents.finish(60.0)
    assert (keys, closed.count) == ({1}, 4)


def test_ten_minutes_away_cost_more_than_two_seconds() -> None:
    short = trust_score([Episode(TAB, 1.0, 2.0, 1)])
    long = trust_score([Episode(TAB, 1.0, 600.0, 1)])
    assert long < short < 100


@given(st.lists(st.tuples(st.sampled_from(["begin", "end", "see", "load"]), st.floats(0, 20)), max_size=30))
def test_a_restart_at_any_moment_changes_nothing(steps: list[tuple[str, float]]) -> None:
    kept, restarted, at = Incidents(), Incidents(), 0.0
    for word, passed in steps:
        at += passed
        if word == "load":
            restarted = Incidents.load(json.loads(json.dumps(restarted.dump())))
        elif word == "see":
            assert kept.see([], at) == restarted.see([], at)
        elif word == "begin":
            assert kept.begin(sure(TAB), at) == restarted.begin(sure(TAB), at)
        else:
            assert kept.end(TAB, at) == restarted.end(TAB, at)
    assert kept.finish(at) == restarted.finish(at)
