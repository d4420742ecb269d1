"""Coverage: what could be seen, and why the rest could not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.coverage import LONGEST_GAP, MOST_SPANS, Coverage
from app.domain.violations import NeutralState


def test_all_seen() -> None:
    coverage = Coverage()
    for second in range(11):
        coverage.saw(second)
    assert (coverage.share, coverage.observed, coverage.total) == (1.0, 10.0, 10.0)


def test_darkness_is_lost_by_name() -> None:
    coverage = Coverage()
    coverage.begin(0)
    for second in range(1, 6):
        coverage.saw(second)
    for second in range(6, 11):
        coverage.unseen(second, NeutralState.TOO_DARK)
    assert coverage.share == 0.5
    assert coverage.lost == {NeutralState.TOO_DARK: 5.0}


def test_a_long_gap_is_a_lost_link() -> None:
    coverage = Coverage()
    coverage.saw(0)
    coverage.saw(LONGEST_GAP)
    coverage.saw(LONGEST_GAP * 4)
    assert coverage.share == pytest.approx(0.25)
    assert coverage.lost == {NeutralState.LINK_LOST: LONGEST_GAP * 3}


def test_no_time_at_all() -> None:
    nothing, seen, dark = Coverage(), Coverage(), Coverage()
    seen.saw(3)
    dark.unseen(3, NeutralState.TOO_DARK)
    assert (nothing.share, seen.share, dark.share) == (1.0, 1.0, 0.0)


@given(st.lists(st.tuples(st.booleans(), st.floats(-2, 20)), max_size=50))
def test_bounded_and_kept_over_restarts(steps: list[tuple[bool, float]]) -> None:
    one, other, at = Coverage(), Coverage(), 0.0
    for could_see, pause in steps:
        at += pause
        other = Coverage.load(json.loads(json.dumps(other.dump())))
        for coverage in (one, other):
            if could_see:
                coverage.saw(at)
            else:
                coverage.unseen(at, NeutralState.BLURRED)
    assert 0.0 <= one.share <= 1.0
    assert one.dump() == other.dump()


def test_spans_say_when_we_could_not_see() -> None:
    coverage = Coverage()
    coverage.begin(0.0)
    for at in (1.0, 2.0, 3.0):
        coverage.saw(at)
    for at in (4.0, 5.0):
        coverage.unseen(at, NeutralState.TOO_DARK)
    coverage.saw(6.0)
    coverage.saw(20.0)
    found = [(span.begin, span.end, span.state) for span in Coverage.load(coverage.dump()).spans]
    assert found == [(3.0, 5.0, NeutralState.TOO_DARK), (6.0, 20.0, NeutralState.LINK_LOST)]


def test_spans_are_bounded_and_keep_their_sum() -> None:
    coverage = Coverage()
    coverage.begin(0.0)
    for number in range(3 * MOST_SPANS):
        coverage.saw(4.0 * number + 2)
        coverage.unseen(4.0 * number + 4, NeutralState.BLURRED if number % 2 else NeutralState.TOO_DARK)
    assert len(coverage.spans) == MOST_SPANS
    assert coverage.spans[-1].end == 12.0 * MOST_SPANS
