"""The only place that reads the clock; domain code is told the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never run backwards, for measuring and for deadlines within this process."""
    return time.monotonic()
