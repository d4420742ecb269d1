"""A student's own list: what is to come, what can be sat, what is done and what was missed."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.core.errors import Forbidden
from app.db.models import Exam, ExamEnrolment, ExamSession, User
from app.domain.exam_sessions import OPEN
from app.domain.exams import SITTABLE, ExamStatus
from app.domain.roles import Role
from app.schemas.exams import ExamRead
from app.schemas.student_exams import OwnExam, OwnExamState
from app.services.access import visible_exams
from app.services.sitting_reads import exam_session_read

LOOK_BACK = timedelta(days=366)
MOST = 500


async def own_exams(db: AsyncSession, who: User) -> list[OwnExam]:
    """For the student's first page, the nearest first; practice is not in it."""
    if who.role != Role.STUDENT:
        raise Forbidden("only_students_sit")
    at = now()
    mine: defaultdict[int, list[ExamSession]] = defaultdict(list)
    rows = await db.scalars(
        select(ExamSession)
        .options(joinedload(ExamSession.exam))
        .where(ExamSession.student_id == who.id)
        .order_by(ExamSession.id)
    )
    for taken in rows:
        if not taken.exam.practice:
            mine[taken.exam_id].append(taken)
    enrolled = set(await db.scalars(select(ExamEnrolment.exam_id).where(ExamEnrolment.student_id == who.id)))
    over = (Exam.status == ExamStatus.COMPLETED) & Exam.id.in_(enrolled)
    exams = await db.scalars(
        select(Exam)
        .where(or_(Exam.id.in_(visible_exams(who).with_only_columns(Exam.id)), Exam.id.in_(mine.keys()), over))
        .where(Exam.end_time > at - LOOK_BACK)
        .order_by(Exam.start_time.desc(), Exam.id.desc())
        .limit(MOST)
    )
    listed = [_own(exam, mine[exam.id], at) for exam in exams]
    return [one for one in listed if one.state != OwnExamState.MISSED or one.exam.id in enrolled]


def _own(exam: Exam, sat: list[ExamSession], at: datetime) -> OwnExam:
    latest = sat[-1] if sat else None
    over = latest is not None and latest.state not in OPEN
    left = max(0, exam.max_attempts - len(sat))
    return OwnExam(
        exam=ExamRead.model_validate(exam),
        state=_state(exam, latest, left, at),
        exam_session=None if latest is None else exam_session_read(latest),
        attempts_left=left,
        result_released=over and (exam.results_released_at is not None or exam.show_results_immediately),
    )


def _state(exam: Exam, latest: ExamSession | None, left: int, at: datetime) -> OwnExamState:
    if latest is not None and latest.state in OPEN:
        return OwnExamState.RUNNING
    if exam.status in SITTABLE and left and at < exam.end_time:
        return OwnExamState.OPEN if at >= exam.start_time else OwnExamState.UPCOMING
    return OwnExamState.MISSED if latest is None else OwnExamState.DONE
