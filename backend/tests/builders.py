"""Rows that tests start from: each builder gives something valid and takes what matters to the test by name."""

import itertools
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.security import PASSWORD_HASH
from app.db.models import Exam, ExamEnrolment, ExamSession, User
from app.domain.exams import ExamStatus
from app.domain.roles import Role

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


@cache
def hashed_password() -> str:
    """The hash of PASSWORD; made once, since each costs 32 ms."""
    return PASSWORD_HASH.hash(PASSWORD)
