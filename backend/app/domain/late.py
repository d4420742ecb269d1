"""Whether something written on a client that was cut off was written in time. Pure.

The client's clock may be wrong by a day; by how much is known from the messages that came while the line was up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

LEEWAY = timedelta(seconds=2)
"""How far apart the two clocks may be after that."""
PROMPT = timedelta(seconds=15)
"""How long a message may take although nobody noticed an outage."""


def clock_offset(delays: Sequence[timedelta]) -> timedelta:
    """What to add to the client's time: the middle of arrival less claimed time, for single ones came late."""
    return timedelta(seconds=median(delay.total_seconds() for delay in delays)) if delays else timedelta()


def in_time(claimed: datetime | None, end: datetime, offset: timedelta) -> bool:
    """Whether it was written before the end; without any time nobody can say so."""
    if claimed is None:
        return False
    try:
        return claimed + offset <= end + LEEWAY
    except OverflowError:
        return False


def made_at(
    claimed: datetime | None, received: datetime, offset: timedelta, away: Sequence[tuple[datetime, datetime]] | None
) -> datetime:
    """When something was written: as claimed where that is credible, else when it came.

    Credible is what came promptly, or was written while the server itself knows the line to have been down (`away`;
    None where nothing is known, and the claim stands).
    """
    if claimed is None:
        return received
    try:
        found = claimed + offset
    except OverflowError:
        return received
    if found >= received or away is None:
        return min(found, received)
    known = received - found <= PROMPT or any(since - PROMPT <= found <= until + PROMPT for since, until in away)
    return found if known else received
