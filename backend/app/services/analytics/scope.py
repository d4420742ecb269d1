"""What is counted: the exams somebody runs, narrowed to an exam, a course and a period."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select

from app.core.clock import now
from app.core.errors import Invalid
from app.db.models import Exam, ExamSession, User, Violation
from app.domain.exam_sessions import OPEN
from app.domain.reviews import Verdict
from app.services.access import access_exam_as_staff, staffed_exams

LONGEST = timedelta(days=3700)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose exams, which of them, and from when (included) to when (excluded)."""

    who: User
    since: datetime
    until: datetime
    zone: ZoneInfo
    exam_id: int | None = None
    course: str | None = None

    @property
    def days(self) -> int:
        """Length of the period, rounded up."""
        return max(1, -(-int((self.until - self.since).total_seconds()) // 86_400))

    @property
    def exams(self) -> Select[int]:
        """Ids of the exams."""
        query = staffed_exams(self.who).with_only_columns(Exam.id)
        if self.exam_id is not None:
            query = query.where(Exam.id == self.exam_id)
        if self.course is not None:
            query = query.where(Exam.group == self.course)
        return query

    @property
    def any_sitting(self) -> ColumnElement[bool]:
        """Condition on ExamSession, whenever it was."""
        return ExamSession.exam_id.in_(self.exams)

    @property
    def sitting(self) -> ColumnElement[bool]:
        """Condition on ExamSession: of these exams, begun in the period."""
        return and_(self.any_sitting, self.within(ExamSession.start_time))

    @property
    def violation(self) -> ColumnElement[bool]:
        """Condition on Violation: of these exams, begun in the period."""
        sittings = select(ExamSession.id).where(self.any_sitting)
        return and_(Violation.exam_session_id.in_(sittings), self.within(Violation.started_at))

    def within(self, column: SQLColumnExpression[datetime]) -> ColumnElement[bool]:
        """Condition: the moment lies in the period."""
        return and_(column >= self.since, column < self.until)

    def local(self, column: SQLColumnExpression[datetime]) -> ColumnElement[datetime]:
        """The moment on a clock of the zone, without an offset."""
        return func.timezone(self.zone.key, column)


async def scope_of(
    db: AsyncSession,
    who: User,
    *,
    exam_id: int | None,
    course: str | None,
    since: datetime | None,
    until: datetime | None,
    days: int,
    zone: ZoneInfo,
) -> Scope:
    """The scope of a question; Missing for an exam that is not theirs, Invalid `period_invalid`."""
    if exam_id is not None:
        await access_exam_as_staff(db, who, exam_id)
    end = until or now()
    begin = since or end - timedelta(days=days)
    if begin >= end or end - begin > LONGEST:
        raise Invalid("period_invalid")
    return Scope(who, begin, end, zone, exam_id, course)


OVER = ExamSession.state.not_in(OPEN)
"""Sittings that are over."""
DISMISSED = func.coalesce(Violation.verdict == Verdict.DISMISSED, False)
STANDS = ~DISMISSED
COUNTED_KIND = func.coalesce(Violation.reviewed_kind, Violation.kind)
"""What a violation counts as: a reviewer's word over the detector's."""


def rounded(value: float | None, digits: int = 4) -> float | None:
    """A database's average, rounded."""
    return None if value is None else round(float(value), digits)


def trust(value: float | None) -> float | None:
    """Trust 0..100 as the family shows it, 0..1."""
    return None if value is None else round(float(value) / 100, 4)


def rate(part: int, whole: int) -> float | None:
    """part / whole, 0..1; None of nothing."""
    return round(part / whole, 4) if whole else None
