"""The states of a sitting as a graph that hypothesis walks, and the deadline that follows from what happened."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain.exam_sessions import OPEN, TRANSITIONS, NotAllowed, SessionState, deadline, follow

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)
TERMINAL = {SessionState.SUBMITTED, SessionState.TERMINATED, SessionState.EXPIRED}


def test_every_state_has_its_place_in_the_graph() -> None:
    assert TRANSITIONS.keys() == set(SessionState)
    assert set(SessionState) - OPEN == TERMINAL


@given(st.sampled_from(SessionState), st.sampled_from(SessionState))
def test_only_edges_of_the_graph_are_followed(now: SessionState, to: SessionState) -> None:
    if to in TRANSITIONS[now]:
        assert follow(now, to) is to
    else:
        with pytest.raises(NotAllowed) as refused:
            follow(now, to)
        assert (refused.value.now, refused.value.to) == (now, to)


@given(st.lists(st.sampled_from(SessionState), max_size=30))
def test_no_walk_leaves_a_terminal_state_or_returns_to_created(wanted: list[SessionState]) -> None:
    state = SessionState.CREATED
    ended = None
    for to in wanted:
        try:
            state = follow(state, to)
        except NotAllowed:
            continue
        assert ended is None
        assert state is not SessionState.CREATED
        ended = state if state in TERMINAL else None


@given(
    minutes=st.integers(1, 1440),
    window=st.integers(1, 5000),
    extra=st.integers(0, 600),
)
def test_the_deadline_is_duration_or_window_and_what_was_granted(minutes: int, window: int, extra: int) -> None:
    ends = deadline(
        BEGIN, minutes=minutes, window_ends=BEGIN + timedelta(minutes=window), extra=timedelta(minutes=extra)
    )
    assert ends - BEGIN == timedelta(minutes=min(minutes, window) + extra)


class Sitting(RuleBasedStateMachine):
    """A sitting whose clock hypothesis runs: the student's working time never shrinks through pauses or extensions."""

    def __init__(self) -> None:
        super().__init__()
        self.state = SessionState.CREATED
        self.at = BEGIN
        self.ends_at = deadline(BEGIN, minutes=60, window_ends=BEGIN + timedelta(hours=8))
        self.paused_at: datetime | None = None
        self.worked = timedelta()
        self.granted = timedelta()

    @precondition(lambda self: self.state in OPEN)
    @rule(seconds=st.integers(1, 1200))
    def time_passes(self, seconds: int) -> None:
        """For the student's work unless paused; the server's sweep ends what is over time."""
        step = timedelta(seconds=seconds)
        if self.state is not SessionState.PAUSED:
            self.worked += min(step, self.ends_at - self.at)
        self.at += step
        if self.state is not SessionState.PAUSED and self.at >= self.ends_at:
            self.state = follow(self.state, SessionState.EXPIRED)

    @precondition(lambda self: self.state is SessionState.CREATED)
    @rule()
    def arrive(self) -> None:
        """The first connection."""
        self.state = follow(self.state, SessionState.ACTIVE)

    @precondition(lambda self: self.state is SessionState.ACTIVE)
    @rule()
    def pause(self) -> None:
        """The teacher stops the clock."""
        self.state = follow(self.state, SessionState.PAUSED)
        self.paused_at = self.at

    @precondition(lambda self: self.state is SessionState.PAUSED)
    @rule()
    def resume(self) -> None:
        """The time is given back."""
        assert self.paused_at is not None
        self.state = follow(self.state, SessionState.ACTIVE)
        self.ends_at += self.at - self.paused_at

    @precondition(lambda self: self.state in OPEN)
    @rule(minutes=st.integers(1, 30))
    def extend(self, minutes: int) -> None:
        """The teacher grants time."""
        self.granted += timedelta(minutes=minutes)
        self.ends_at += timedelta(minutes=minutes)

    @precondition(lambda self: self.state not in OPEN)
    @rule(to=st.sampled_from(SessionState))
    def try_to_go_on(self, to: SessionState) -> None:
        """After the end nothing follows."""
        with pytest.raises(NotAllowed):
            follow(self.state, to)

    @invariant()
    def nobody_works_longer_than_allowed(self) -> None:
        """And whoever ran out of time had all of it."""
        assert self.worked <= timedelta(hours=1) + self.granted
        if self.state is SessionState.EXPIRED:
            assert self.worked == timedelta(hours=1) + self.granted


TestSitting = Sitting.TestCase
TestSitting.settings = settings(max_examples=50, stateful_step_count=30)
