"""The only doors to a row for somebody: "not there" and "not yours" are the same answer."""

from typing import TypeVar

from sqlalchemy import and_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from app.core.errors import Missing
from app.db.models import Answer, Evidence, Exam, ExamEnrolment, ExamSession, Question, Section, User, Violation
from app.domain.exams import SITTABLE, Enrolment
from app.domain.roles import Role


def visible_exams(who: User) -> Select[Exam]:
    """Exams somebody may see: all, one's own, or those one may sit."""
    query = select(Exam).where(~Exam.practice)
    if who.role == Role.ADMIN:
        return query
    if who.role == Role.TEACHER:
        return query.where(Exam.creator_id == who.id)
    enrolled = exists().where(ExamEnrolment.exam_id == Exam.id, ExamEnrolment.student_id == who.id)
    return query.where(Exam.status.in_(SITTABLE), or_(Exam.enrolment == Enrolment.OPEN, enrolled))


def staffed_exams(who: User) -> Select[Exam]:
    """Exams somebody runs; for a student none."""
    query = visible_exams(who)
    return query.where(Exam.id.is_(None)) if who.role == Role.STUDENT else query


async def access_exam(db: AsyncSession, who: User, exam_id: int) -> Exam:
    """An exam to look at."""
    return _found(await db.scalar(visible_exams(who).where(Exam.id == exam_id)))


async def access_exam_as_staff(db: AsyncSession, who: User, exam_id: int, *, lock: bool = False) -> Exam:
    """An exam to run."""
    query = staffed_exams(who).where(Exam.id == exam_id)
    return _found(await db.scalar(query.with_for_update() if lock else query))


async def access_exam_of_mine(db: AsyncSession, who: User, exam_id: int) -> Exam:
    """An exam one may sit, or has sat: also one that is over, and practice."""
    sat = select(ExamSession.id).where(ExamSession.exam_id == Exam.id, ExamSession.student_id == who.id).exists()
    visible = visible_exams(who).with_only_columns(Exam.id)
    query = select(Exam).where(Exam.id == exam_id, or_(Exam.id.in_(visible), sat))
    return _found(await db.scalar(query))


def visible_exam_sessions(who: User) -> Select[ExamSession]:
    """Sittings somebody may see: one's own, or those of the exams one runs. Loads exam and student.

    Practice is nobody's but the student's.
    """
    query = (
        select(ExamSession)
        .join(ExamSession.exam)
        .options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
    )
    if who.role == Role.STUDENT:
        return query.where(ExamSession.student_id == who.id)
    query = query.where(~Exam.practice)
    return query if who.role == Role.ADMIN else query.where(Exam.creator_id == who.id)


async def access_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, lock: bool = False) -> ExamSession:
    """A sitting, for its student or the exam's staff."""
    query = visible_exam_sessions(who).where(ExamSession.id == exam_session_id)
    return _found(await db.scalar(query.with_for_update(of=ExamSession) if lock else query))


async def access_own_exam_session(
    db: AsyncSession, who: User, exam_session_id: int, *, lock: bool = False
) -> ExamSession:
    """A sitting, for its student alone; an open socket tells "none" from "not yours" by `exam_session_exists`."""
    found = await access_exam_session(db, who, exam_session_id, lock=lock)
    if found.student_id != who.id:
        raise Missing
    return found


async def exam_session_exists(db: AsyncSession, exam_session_id: int) -> bool:
    """Whether there is such a sitting at all: the protocol's close codes 4403 and 4404 differ."""
    return await db.scalar(select(ExamSession.id).where(ExamSession.id == exam_session_id)) is not None


async def exam_exists(db: AsyncSession, exam_id: int) -> bool:
    """Whether there is such an exam at all, for the same close codes."""
    return await db.scalar(select(Exam.id).where(Exam.id == exam_id)) is not None


async def access_evidence(db: AsyncSession, who: User, evidence_id: int) -> Evidence:
    """A picture, for the exam's staff and the student it shows."""
    sittings = visible_exam_sessions(who).with_only_columns(ExamSession.id)
    query = (
        select(Evidence)
        .options(joinedload(Evidence.violation))
        .where(Evidence.id == evidence_id, Evidence.exam_session_id.in_(sittings))
    )
    return _found(await db.scalar(query))


async def access_violation(db: AsyncSession, who: User, violation_id: int) -> Violation:
    """A violation, for the exam's staff and the student it is about."""
    sittings = visible_exam_sessions(who).with_only_columns(ExamSession.id)
    return _found(
        await db.scalar(select(Violation).where(Violation.id == violation_id, Violation.exam_session_id.in_(sittings)))
    )


async def access_violations(db: AsyncSession, who: User, exam_session_id: int) -> tuple[ExamSession, list[Violation]]:
    """A sitting and what was noted in it, oldest first."""
    taken = await access_exam_session(db, who, exam_session_id)
    rows = await db.scalars(
        select(Violation).where(Violation.exam_session_id == taken.id).order_by(Violation.started_at, Violation.id)
    )
    return taken, list(rows)


async def access_question(db: AsyncSession, who: User, question_id: int, *, lock: bool = False) -> Question:
    """A question of an exam one runs, or of one's own bank."""
    mine = staffed_exams(who).with_only_columns(Exam.id)
    owned = Question.owner_id == who.id if who.role == Role.TEACHER else literal(who.role == Role.ADMIN)
    banked = and_(Question.exam_id.is_(None), owned)
    query = select(Question).where(Question.id == question_id, or_(Question.exam_id.in_(mine), banked))
    return _found(await db.scalar(query.with_for_update() if lock else query))


async def access_answer(db: AsyncSession, who: User, answer_id: int) -> tuple[Answer, ExamSession, Question]:
    """An answer to mark, for those who run the exam; its sitting with exam and student."""
    answer = _found(await db.scalar(select(Answer).where(Answer.id == answer_id).with_for_update()))
    taken = await access_exam_session(db, who, answer.exam_session_id)
    if who.role == Role.STUDENT:
        raise Missing
    return answer, taken, _found(await db.get(Question, answer.question_id))


async def access_section(db: AsyncSession, who: User, section_id: int) -> Section:
    """A section of an exam one runs."""
    mine = staffed_exams(who).with_only_columns(Exam.id)
    query = select(Section).where(Section.id == section_id, Section.exam_id.in_(mine))
    return _found(await db.scalar(query.with_for_update()))


T = TypeVar("T")


def _found(row: T | None) -> T:
    if row is None:
        raise Missing
    return row
