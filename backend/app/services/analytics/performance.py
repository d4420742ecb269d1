"""One line an exam, one line a student."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Exam, ExamSession, User, Violation
from app.db.name_order import by_name
from app.schemas.analytics import ExamPerformance, StudentPerformance
from app.services.analytics.scope import DISMISSED, OVER, STANDS, Scope, rate, rounded, trust
from app.services.analytics.scores import Marked, average_score, marked_in, pass_rate

SITTINGS = (
    func.count(ExamSession.id),
    func.count(ExamSession.student_id.distinct()),
    func.count(ExamSession.id).filter(OVER),
    func.avg(ExamSession.trust).filter(OVER),
    func.min(ExamSession.trust).filter(OVER),
    func.avg(ExamSession.coverage).filter(OVER),
)


async def exam_performance(db: AsyncSession, scope: Scope, *, skip: int = 0, limit: int = 500) -> list[ExamPerformance]:
    """Exams of the scope whose window began in the period or that were sat in it, the newest first."""
    sat = select(ExamSession.exam_id).where(scope.sitting)
    query = (
        select(Exam)
        .where(Exam.id.in_(scope.exams), scope.within(Exam.start_time) | Exam.id.in_(sat))
        .order_by(Exam.start_time.desc(), Exam.id.desc())
        .offset(skip)
        .limit(limit)
    )
    exams = list(await db.scalars(query))
    sittings = await _sittings(db, scope, ExamSession.exam_id, [one.id for one in exams])
    noted = await _noted(db, scope, ExamSession.exam_id, [one.id for one in exams])
    marked = await marked_in(db, scope)
    return [
        _exam(
            one,
            sittings.get(one.id, NOTHING),
            noted.get(one.id, (0, 0)),
            [mark for mark in marked if mark.exam_id == one.id],
        )
        for one in exams
    ]


async def student_performance(
    db: AsyncSession, scope: Scope, *, skip: int = 0, limit: int = 500
) -> list[StudentPerformance]:
    """Students who sat an exam of the scope in the period, by name."""
    sat = select(ExamSession.student_id).where(scope.sitting)
    query = select(User).where(User.id.in_(sat)).order_by(*by_name(User.full_name), User.id).offset(skip).limit(limit)
    students = list(await db.scalars(query))
    ids = [one.id for one in students]
    sittings = await _sittings(db, scope, ExamSession.student_id, ids)
    noted = await _noted(db, scope, ExamSession.student_id, ids)
    marked = await marked_in(db, scope)
    found = []
    for one in students:
        total, _students, over, average, lowest, coverage = sittings.get(one.id, NOTHING)
        violations, dismissed = noted.get(one.id, (0, 0))
        found.append(
            StudentPerformance(
                student_id=one.id,
                full_name=one.full_name,
                email=one.email,
                total_sessions=total,
                completed_sessions=over,
                average_trust_score=trust(average),
                lowest_trust_score=trust(lowest),
                average_coverage=rounded(coverage),
                total_violations=violations,
                dismissed=dismissed,
                average_score=average_score([mark for mark in marked if mark.student_id == one.id]),
            )
        )
    return found


NOTHING: tuple[Any, ...] = (0, 0, 0, None, None, None)


async def _sittings(db: AsyncSession, scope: Scope, column: Any, ids: list[int]) -> dict[int, tuple[Any, ...]]:
    query = select(column, *SITTINGS).where(scope.sitting, column.in_(ids)).group_by(column)
    return {row[0]: tuple(row[1:]) for row in await db.execute(query)}


async def _noted(db: AsyncSession, scope: Scope, column: Any, ids: list[int]) -> dict[int, tuple[int, int]]:
    """Violations of the period's sittings that stand, and dismissed ones."""
    query = (
        select(column, func.count().filter(STANDS), func.count().filter(DISMISSED))
        .select_from(Violation)
        .join(ExamSession, ExamSession.id == Violation.exam_session_id)
        .where(scope.sitting, column.in_(ids))
        .group_by(column)
    )
    return {key: (stand, dismissed) for key, stand, dismissed in await db.execute(query)}


def _exam(exam: Exam, sittings: tuple[Any, ...], noted: tuple[int, int], marked: list[Marked]) -> ExamPerformance:
    total, students, over, average, _lowest, coverage = sittings
    return ExamPerformance(
        exam_id=exam.id,
        title=exam.title,
        course=exam.group,
        status=exam.status,
        start_time=exam.start_time,
        total_sessions=total,
        students=students,
        completed_sessions=over,
        completion_rate=rate(over, total),
        average_trust_score=trust(average),
        average_coverage=rounded(coverage),
        total_violations=noted[0],
        dismissed=noted[1],
        violations_per_session=round(noted[0] / total, 3) if total else None,
        average_score=average_score(marked),
        pass_rate=pass_rate(marked),
    )
