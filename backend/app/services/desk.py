"""What the teachers see of a student beside trust and coverage: let in, question, hand, messages, line."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import monotonic
from app.db.models import ExamEnrolment, ExamSession
from app.services.progress import NOTHING, progress_of

QUIETEST_DB = -60.0
"""Of a microphone: at or below, the level shown is 0."""
SPEAKS = 0.3
"""Share of the newest chunk from which somebody is said to speak."""
STALE_SECONDS = 5.0
"""What was heard longer ago says nothing about now."""


@dataclass(slots=True)
class Desk:
    """As in LiveHead. What is known only while the student is connected is None without a line."""

    begun: bool
    admitted: bool
    flagged: bool
    hand: bool
    unread: int
    ending_at: datetime | None
    question: int | None
    outage_seconds: float
    group: str
    attempt: int
    answered: int = 0
    total: int = 0
    kbps: float | None = None
    sound_level: float | None = None
    speech: bool | None = None
    heard_at: float = 0.0
    """By the monotonic clock; not shown."""

    @classmethod
    def of(cls, taken: ExamSession, *, group: str = "", progress: tuple[int, int] = (0, 0)) -> "Desk":
        """From a row; `progress` is how many questions are answered, of how many."""
        return cls(
            begun=taken.begun_at is not None,
            admitted=taken.admitted_at is not None,
            flagged=taken.flagged_at is not None,
            hand=taken.hand_raised,
            unread=taken.unread,
            ending_at=taken.ending_at,
            question=taken.question,
            outage_seconds=round(taken.outage_seconds, 1),
            group=group,
            attempt=taken.attempt,
            answered=progress[0],
            total=progress[1],
        )

    def follow(self, changes: Mapping[str, Any]) -> None:
        """Changes made elsewhere, by name."""
        for name, value in changes.items():
            setattr(self, name, value)

    def hear(self, level_db: float, speech: float) -> None:
        """How loud the last sound was, and in what share of it somebody spoke."""
        self.sound_level, self.speech = round(loudness(level_db), 2), speech >= SPEAKS
        self.heard_at = monotonic()

    def left(self) -> None:
        """The line is down."""
        self.kbps = self.sound_level = self.speech = None

    def shown(self) -> dict[str, Any]:
        """Fields of LiveHead."""
        shown = asdict(self)
        if monotonic() - shown.pop("heard_at") > STALE_SECONDS:
            shown["sound_level"] = shown["speech"] = None
        return shown


def loudness(level_db: float) -> float:
    """0..1 of a level in dB of full scale."""
    return min(1.0, max(0.0, 1.0 - level_db / QUIETEST_DB))


async def desks_of(db: AsyncSession, sittings: Sequence[ExamSession]) -> dict[int, Desk]:
    """By the sitting's id."""
    students = {row.student_id for row in sittings}
    exams = {row.exam_id for row in sittings}
    query = select(ExamEnrolment.exam_id, ExamEnrolment.student_id, ExamEnrolment.group)
    found = await db.execute(query.where(ExamEnrolment.exam_id.in_(exams), ExamEnrolment.student_id.in_(students)))
    groups = {(exam_id, student_id): group for exam_id, student_id, group in found}
    progress = await progress_of(db, [row.id for row in sittings])
    return {
        row.id: Desk.of(
            row,
            group=groups.get((row.exam_id, row.student_id), ""),
            progress=progress.get(row.id, NOTHING),
        )
        for row in sittings
    }
