"""A teacher's exams of a period, and which of their students have another exam at the same time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.errors import Invalid
from app.db.models import Exam, ExamEnrolment, User
from app.db.name_order import by_name
from app.domain.exams import ExamStatus
from app.domain.schedule import Clash, Slot, clash
from app.schemas.calendar import CalendarExam, ClashingStudent, ClashRead
from app.services.access import staffed_exams

MOST_EXAMS = 500
MOST_NAMED = 20
LONGEST_DAYS = 400


async def calendar(db: AsyncSession, who: User, *, since: datetime, until: datetime) -> list[CalendarExam]:
    """Exams one runs whose window touches the period, in the order of time. Invalid `period_invalid`.

    Only lists of students are compared: who will come to an open exam is not known.
    """
    if until <= since or (until - since).days > LONGEST_DAYS:
        raise Invalid("period_invalid")
    query = staffed_exams(who).where(Exam.start_time < until, Exam.end_time > since)
    exams = (await db.scalars(query.order_by(Exam.start_time, Exam.id).limit(MOST_EXAMS))).all()
    ids = [exam.id for exam in exams]
    count = select(ExamEnrolment.exam_id, func.count()).where(ExamEnrolment.exam_id.in_(ids))
    enrolled = {row[0]: row[1] for row in await db.execute(count.group_by(ExamEnrolment.exam_id))}
    clashes = await _clashes(db, who, exams)
    return [
        CalendarExam(
            exam_id=exam.id,
            title=exam.title,
            course=exam.group,
            status=exam.status,
            start_time=exam.start_time,
            end_time=exam.end_time,
            duration_minutes=exam.duration_minutes,
            enrolled=enrolled.get(exam.id, 0),
            conflicts=clashes.get(exam.id, []),
        )
        for exam in exams
    ]


async def _clashes(db: AsyncSession, who: User, exams: Sequence[Exam]) -> dict[int, list[ClashRead]]:
    """Exam → what clashes with it; the impossible ones first."""
    here, there, other = aliased(ExamEnrolment), aliased(ExamEnrolment), aliased(Exam)
    planned = [exam.id for exam in exams if exam.status != ExamStatus.CANCELLED]
    query = (
        select(Exam.id, other, User.id, User.full_name)
        .join(here, here.exam_id == Exam.id)
        .join(there, (there.student_id == here.student_id) & (there.exam_id != here.exam_id))
        .join(other, other.id == there.exam_id)
        .join(User, User.id == here.student_id)
        .where(
            Exam.id.in_(planned),
            other.status != ExamStatus.CANCELLED,
            ~other.practice,
            other.start_time < Exam.end_time,
            other.end_time > Exam.start_time,
        )
        .order_by(Exam.id, other.start_time, other.id, *by_name(User.full_name), User.id)
    )
    by_pair: dict[tuple[int, int], tuple[Exam, list[ClashingStudent]]] = {}
    for exam_id, rival, student_id, name in await db.execute(query):
        _, students = by_pair.setdefault((exam_id, rival.id), (rival, []))
        students.append(ClashingStudent(id=student_id, full_name=name))
    rivals = [rival_id for _, rival_id in by_pair]
    mine = set(await db.scalars(staffed_exams(who).with_only_columns(Exam.id).where(Exam.id.in_(rivals))))
    slots = {exam.id: _slot(exam) for exam in exams}
    found: dict[int, list[ClashRead]] = {}
    for (exam_id, rival_id), (rival, students) in by_pair.items():
        kind = clash(slots[exam_id], _slot(rival))
        if kind is not None:
            found.setdefault(exam_id, []).append(_read(rival, kind, students, mine=rival_id in mine))
    return {key: sorted(rows, key=lambda one: one.clash != Clash.IMPOSSIBLE) for key, rows in found.items()}


def _read(rival: Exam, kind: Clash, students: list[ClashingStudent], *, mine: bool) -> ClashRead:
    return ClashRead(
        exam_id=rival.id if mine else None,
        title=rival.title if mine else None,
        start_time=rival.start_time,
        end_time=rival.end_time,
        clash=kind,
        student_count=len(students),
        students=students[:MOST_NAMED],
    )


def _slot(exam: Exam) -> Slot:
    return Slot(exam.start_time, exam.end_time, exam.duration_minutes)
