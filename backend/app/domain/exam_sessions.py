"""The states of an exam session, which way they lead, and its deadline."""

from datetime import datetime, timedelta
from enum import StrEnum


class SessionState(StrEnum):
    """One student's sitting: created when the student starts, active from the first live connection or message."""

    CREATED = "created"
    ACTIVE = "active"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    TERMINATED = "terminated"
    EXPIRED = "expired"


TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    SessionState.CREATED: frozenset(
        {SessionState.ACTIVE, SessionState.SUBMITTED, SessionState.TERMINATED, SessionState.EXPIRED}
    ),
    SessionState.ACTIVE: frozenset(
        {SessionState.PAUSED, SessionState.SUBMITTED, SessionState.TERMINATED, SessionState.EXPIRED}
    ),
    SessionState.PAUSED: frozenset(
        {SessionState.ACTIVE, SessionState.SUBMITTED, SessionState.TERMINATED, SessionState.EXPIRED}
    ),
    SessionState.SUBMITTED: frozenset(),
    SessionState.TERMINATED: frozenset(),
    SessionState.EXPIRED: frozenset(),
}
"""What may follow what. Terminal states never change again."""

OPEN = frozenset(state for state, following in TRANSITIONS.items() if following)
"""States of a sitting that goes on."""


class NotAllowed(Exception):
    """The graph has no such edge."""

    def __init__(self, now: SessionState, to: SessionState) -> None:
        super().__init__(f"{now} to {to}")
        self.now = now
        self.to = to


def follow(now: SessionState, to: SessionState) -> SessionState:
    """The next state, or NotAllowed."""
    if to not in TRANSITIONS[now]:
        raise NotAllowed(now, to)
    return to


def deadline(started_at: datetime, *, minutes: int, window_ends: datetime, extra: timedelta = timedelta()) -> datetime:
    """When the time is up: the duration from the start, at most to the end of the exam's window, plus what was granted.

    Granted time (pauses given back, extra time) also moves past the window: a student who was paused by the teacher
    must not lose the minutes.
    """
    return min(started_at + timedelta(minutes=minutes), window_ends) + extra
