"""The figures at the top of the page."""

from typing import Any

from sqlalchemy import Select, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Exam, ExamEnrolment, ExamSession, Violation
from app.schemas.analytics import AnalyticsOverview
from app.services.analytics.scope import DISMISSED, OVER, STANDS, Scope, rounded, trust


async def overview(db: AsyncSession, scope: Scope) -> AnalyticsOverview:
    """Counts of everything in the scope, and of the period."""
    begun = func.count().filter(scope.within(Exam.start_time))
    exams, recent_exams = (
        await db.execute(select(func.count(), begun).select_from(Exam).where(Exam.id.in_(scope.exams)))
    ).one()
    sat = (await db.execute(_sittings(scope))).one()
    noted = (await db.execute(_violations(scope))).one()
    return AnalyticsOverview(
        total_exams=exams,
        total_students=await _students(db, scope),
        total_sessions=sat.total,
        total_violations=noted.total,
        total_dismissed=noted.dismissed,
        recent_exams=recent_exams,
        recent_sessions=sat.recent,
        recent_violations=noted.recent,
        average_trust_score=trust(sat.trust),
        average_coverage=rounded(sat.coverage),
        active_users=sat.active,
        analysis_period_days=scope.days,
    )


async def _students(db: AsyncSession, scope: Scope) -> int:
    listed = select(ExamEnrolment.student_id).where(ExamEnrolment.exam_id.in_(scope.exams))
    sat = select(ExamSession.student_id).where(scope.any_sitting)
    return await db.scalar(select(func.count()).select_from(union(listed, sat).subquery())) or 0


def _sittings(scope: Scope) -> Select[*tuple[Any, ...]]:
    recent = scope.within(ExamSession.start_time)
    return select(
        func.count().label("total"),
        func.count().filter(recent).label("recent"),
        func.count(ExamSession.student_id.distinct()).filter(recent).label("active"),
        func.avg(ExamSession.trust).filter(recent, OVER).label("trust"),
        func.avg(ExamSession.coverage).filter(recent, OVER).label("coverage"),
    ).where(scope.any_sitting)


def _violations(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(
            func.count().filter(STANDS).label("total"),
            func.count().filter(DISMISSED).label("dismissed"),
            func.count().filter(STANDS, scope.within(Violation.started_at)).label("recent"),
        )
        .select_from(Violation)
        .where(Violation.exam_session_id.in_(select(ExamSession.id).where(scope.any_sitting)))
    )
