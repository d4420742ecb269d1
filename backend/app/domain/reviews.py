"""What people find when they look: verdicts on violations, decisions on exam sessions. Nobody but people decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.violations import ViolationKind


class Verdict(StrEnum):
    """What a person says of one violation. A dismissed one costs nothing; an unsure one counts as before."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    UNSURE = "unsure"


class Decision(StrEnum):
    """What a person says of one exam session as a whole."""

    CLEAN = "clean"
    SUSPICIOUS = "suspicious"
    VIOLATION = "violation"


FIRST_STAGE = 1
"""The stage of all verdicts and decisions today; a second reviewer and appeals will have their own."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict that stands, and the kind a person found instead of the detector's, where it was another."""

    verdict: Verdict
    kind: ViolationKind | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One row of a violation's history: a verdict, or (`judgement` None) the taking back of the row `undoes`."""

    id: int
    judgement: Judgement | None
    undoes: int | None = None


def standing_row(history: Sequence[Given]) -> Given | None:
    """The row of a history (in any order) that stands: the newest verdict that was not taken back."""
    undone = {row.undoes for row in history if row.undoes is not None}
    standing = [row for row in history if row.judgement is not None and row.id not in undone]
    return max(standing, key=lambda row: row.id, default=None)
