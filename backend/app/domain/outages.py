"""Stretches in which a student's line was down: whose fault, and how much time is given back. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SHORTEST = timedelta(seconds=0.5)
"""A connection that takes the place of another leaves no gap worth a row."""
SILENCE = 12.0
"""Seconds without a word on an open line after which it counts as down; our clients say something every 5."""
JUST_BEFORE = timedelta(seconds=6)
"""A line that went silent so shortly before the server stood still went silent because of it."""


class Cause(StrEnum):
    """Why nothing was heard; neither is the student's fault."""

    LINK = "link"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the server did not run, or stood still."""

    started_at: datetime
    ended_at: datetime


def cause_of(started_at: datetime, pauses: Iterable[Pause]) -> Cause:
    """A gap that began with a pause of our own is ours, also its rest: the student's client waits before it retries."""
    ours = any(one.started_at - JUST_BEFORE <= started_at <= one.ended_at for one in pauses)
    return Cause.SERVER if ours else Cause.LINK


def credit(seconds: float, *, budget_left: float) -> float:
    """Seconds given back for an outage of so many, paused time left out; never more than is left."""
    return max(0.0, min(seconds, budget_left))
