"""Whether one person can sit two exams: pure, from their windows and durations."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Slot:
    """When an exam may be sat, and how long it takes."""

    start: datetime
    end: datetime
    minutes: int

    @property
    def length(self) -> timedelta:
        """Its full time, at most the window."""
        return min(timedelta(minutes=self.minutes), self.end - self.start)


class Clash(StrEnum):
    """How bad it is."""

    TIGHT = "tight"
    """The windows overlap, but one can be sat after the other in full."""
    IMPOSSIBLE = "impossible"
    """Whoever sits one in full cannot sit the other in full."""


def clash(one: Slot, other: Slot) -> Clash | None:
    """How two exams of one person get in each other's way; None where their windows do not even touch."""
    if one.end <= other.start or other.end <= one.start:
        return None
    return Clash.TIGHT if _fits(one, other) or _fits(other, one) else Clash.IMPOSSIBLE


def _fits(first: Slot, second: Slot) -> bool:
    """Whether the second can be sat in full after the first, begun as early as can be."""
    return max(second.start, first.start + first.length) + second.length <= second.end
