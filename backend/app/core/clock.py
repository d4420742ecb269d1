"""The only place that reads the clock; domain code is told the time.

Time is read from the machine once and counted from there by a clock that nobody can set: when somebody sets the
machine's clock in mid-exam (a wrong hand, a broken time server, a virtual machine), no deadline moves and no token
dies. `follow` takes the machine's time over again; services/clock_watch.py calls it while nobody sits an exam.
"""

import time
from datetime import UTC, datetime, timedelta

COUNTING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts on while the machine sleeps, where the system has such a clock."""


class _Anchor:
    """A moment of the machine's clock, and what the counting clock said then."""

    def __init__(self) -> None:
        self.take()

    def take(self) -> None:
        self.moment = datetime.now(UTC)
        self.counted = time.clock_gettime(COUNTING)

    def now(self) -> datetime:
        return self.moment + timedelta(seconds=time.clock_gettime(COUNTING) - self.counted)


_anchor = _Anchor()


def now() -> datetime:
    """The present moment, UTC; within one process it never jumps."""
    return _anchor.now()


def ahead_of_machine() -> float:
    """Seconds by which our time differs from the machine's: not 0 only where its clock was set meanwhile."""
    return (now() - datetime.now(UTC)).total_seconds()


def follow() -> None:
    """Take the machine's time over; only while nothing depends on ours."""
    _anchor.take()


def monotonic() -> float:
    """Seconds that never run backwards, for measuring and for deadlines within this process."""
    return time.monotonic()
