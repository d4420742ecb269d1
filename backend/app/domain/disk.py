"""How full a disk may be before the server takes on less. Pure: sizes are arguments."""

from dataclasses import dataclass
from enum import StrEnum

GIB = 2**30
RELIEF = 0.01
"""So much emptier it must be before it counts as better: else it would be told anew with every picture that goes."""


class DiskLevel(StrEnum):
    """`low`: administrators are told. `full`: no new sittings and no new pictures, so that answers still find room."""

    OK = "ok"
    LOW = "low"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Watermark:
    """Reached with this share used, unless so much is free that a share means nothing (5 % of 8 TB)."""

    level: DiskLevel
    used: float
    ample: int


WATERMARKS = (Watermark(DiskLevel.FULL, 0.95, 5 * GIB), Watermark(DiskLevel.LOW, 0.85, 20 * GIB))


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes that are used and bytes that we may still use, as `df` counts."""

    used: int
    free: int

    @property
    def share(self) -> float:
        """0..1."""
        return self.used / (self.used + self.free) if self.used + self.free else 1.0


def level_of(use: DiskUse, before: DiskLevel = DiskLevel.OK) -> DiskLevel:
    """How full it is now, given what it was."""
    reached = _reached(use, 0.0)
    return reached if _rank(reached) >= _rank(before) else min(before, _reached(use, RELIEF), key=_rank)


def worst(levels: list[DiskLevel]) -> DiskLevel:
    """Of several disks."""
    return max(levels, key=_rank, default=DiskLevel.OK)


def _reached(use: DiskUse, relief: float) -> DiskLevel:
    for mark in WATERMARKS:
        if use.share >= mark.used - relief and use.free < mark.ample:
            return mark.level
    return DiskLevel.OK


def _rank(level: DiskLevel) -> int:
    return list(DiskLevel).index(level)
