"""Rows that tests start from: each builder gives something valid and takes what matters to the test by name."""

import itertools
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.security import PASSWORD_HASH
from app.db.models import Exam, ExamEnrolment, ExamSession, Question, User, Violation
from app.domain.exams import ExamStatus
from app.domain.roles import Role
from app.domain.trust import trust_score
from app.domain.violations import RULES, ViolationKind
from app.schemas.questions import QuestionWrite
from app.services.questions import add_question
from app.services.violations import episode_of, exam_weights

PASSWORD = "violet kettle 94 rivers"
_numbers = itertools.count(1)


async def make_user(db: AsyncSession, role: Role = Role.STUDENT, **fields: Any) -> User:
    """A person whose password is PASSWORD."""
    number = next(_numbers)
    defaults = {
        "email": f"{role.value}{number}@example.org",
        "full_name": f"{role.value.title()} {number}",
        "hashed_password": hashed_password(),
    }
    user = User(**{**defaults, **fields}, role=role)
    db.add(user)
    await db.flush()
    return user


async def make_exam(db: AsyncSession, creator: User, **fields: Any) -> Exam:
    """A published exam, open to all students, that began an hour ago and lasts until tomorrow."""
    defaults = {
        "title": "Physics",
        "start_time": now() - timedelta(hours=1),
        "end_time": now() + timedelta(days=1),
        "duration_minutes": 60,
        "status": ExamStatus.PUBLISHED,
    }
    exam = Exam(**{**defaults, **fields}, creator_id=creator.id)
    db.add(exam)
    await db.flush()
    return exam


async def make_enrolment(db: AsyncSession, exam: Exam, student: User) -> ExamEnrolment:
    """The student on the exam's list."""
    enrolment = ExamEnrolment(exam_id=exam.id, student_id=student.id)
    db.add(enrolment)
    await db.flush()
    return enrolment


async def make_exam_session(db: AsyncSession, exam: Exam, student: User, **fields: Any) -> ExamSession:
    """A sitting that has just begun."""
    defaults = {"begun_at": now(), "ends_at": now() + timedelta(minutes=exam.duration_minutes)}
    taken = ExamSession(**{**defaults, **fields}, exam_id=exam.id, student_id=student.id)
    db.add(taken)
    await db.flush()
    return taken


async def make_violation(db: AsyncSession, taken: ExamSession, kind: ViolationKind, **fields: Any) -> Violation:
    """A violation of five seconds that is over; the sitting's trust follows."""
    number = next(_numbers)
    at = now() - timedelta(seconds=5)
    defaults = {"key": number, "started_at": at, "ended_at": now(), "seconds": 5.0, "confidence": 1.0}
    severity = RULES[kind].severity
    violation = Violation(**{**defaults, **fields}, exam_session_id=taken.id, kind=kind, severity=severity)
    db.add(violation)
    await db.flush()
    rows = await db.scalars(select(Violation).where(Violation.exam_session_id == taken.id))
    exam = await db.get_one(Exam, taken.exam_id)
    trust = trust_score([episode_of(row) for row in rows], exam_weights(exam.weights))
    await db.execute(update(ExamSession).where(ExamSession.id == taken.id).values(trust=trust))
    return violation


@cache
def hashed_password() -> str:
    """The hash of PASSWORD; made once, since each costs 32 ms."""
    return PASSWORD_HASH.hash(PASSWORD)


async def make_question(db: AsyncSession, exam: Exam, content: dict[str, Any]) -> Question:
    """A question of the exam, behind those it has."""
    teacher = await db.get_one(User, exam.creator_id)
    return await add_question(db, teacher, exam.id, QuestionWrite.model_validate(content))
