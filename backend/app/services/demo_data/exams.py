"""The people and the exams of the demonstration."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.security import hash_password
from app.db.models import Accommodation, Exam, ExamEnrolment, Question, User
from app.domain.exams import Enrolment, ExamStatus
from app.domain.roles import Language, Role
from app.schemas.exams import ExamCreate
from app.schemas.questions import QuestionWrite
from app.services.demo_data.content import content
from app.services.exams import create_exam
from app.services.questions import write

ADDRESS = "demonstration.invalid"
"""Nobody's mail domain, by RFC 2606."""


@dataclass(frozen=True, slots=True)
class People:
    """Whose exams they are, and who sits them, by number."""

    teacher_id: int
    student_ids: tuple[int, ...]
    visitor_id: int | None
    """The demo account of a student, who is on the lists too and may sit what is running."""


async def make_people(db: AsyncSession) -> People:
    """Students without a login. The exams are the demo teacher's, where that account is open; else of one made here."""
    sealed = await hash_password(secrets.token_urlsafe(32))
    students = [
        _person(one["name"], f"student{place}", Role.STUDENT, sealed)
        for place, one in enumerate(content()["students"], 1)
    ]
    db.add_all(students)
    teacher_id = await _demo_account(db, Role.TEACHER)
    if teacher_id is None:
        teacher = _person(content()["teacher"], "teacher", Role.TEACHER, sealed)
        db.add(teacher)
        await db.flush()
        teacher_id = teacher.id
    await db.flush()
    return People(teacher_id, tuple(one.id for one in students), await _demo_account(db, Role.STUDENT))


async def make_exam(db: AsyncSession, people: People, told: Mapping[str, Any]) -> Exam:
    """One exam of the list with its questions and its students. Nobody is told: it was always there."""
    teacher = await db.get_one(User, people.teacher_id)
    begins = now() + timedelta(hours=told["begins"])
    wanted = ExamCreate(
        title=told["title"],
        description=f"{told['course']}. Demonstration data: nobody sat this exam. · প্রদর্শনীর তথ্য।",
        start_time=begins,
        end_time=begins + timedelta(hours=told["hours"]),
        duration_minutes=told["minutes"],
        status=ExamStatus(told["status"]),
        group=told["course"],
        enrolment=Enrolment.LIST,
        passing_score=50,
        time_credit_minutes=10,
        max_tab_switches=2,
        anonymous_grading=bool(told.get("released")),
        waiting_room=bool(told.get("waiting_room")),
    )
    exam = await create_exam(db, teacher, wanted)
    exam.demo_data = True
    _ask(db, exam, content()["questions"][told["questions"]])
    _enrol(db, exam, people)
    await db.flush()
    return exam


def _ask(db: AsyncSession, exam: Exam, questions: Sequence[Mapping[str, Any]]) -> None:
    for place, told in enumerate(questions):
        question = Question(exam_id=exam.id, owner_id=exam.creator_id, position=place)
        shown = {name: value for name, value in told.items() if name not in ("given", "marks")}
        write(question, QuestionWrite.model_validate(shown))
        db.add(question)


def _enrol(db: AsyncSession, exam: Exam, people: People) -> None:
    groups = [one["group"] for one in content()["students"]]
    for student_id, group in zip(people.student_ids, groups, strict=True):
        db.add(ExamEnrolment(exam_id=exam.id, student_id=student_id, group=group))
    if people.visitor_id is not None:
        db.add(ExamEnrolment(exam_id=exam.id, student_id=people.visitor_id, group="A"))
    db.add(Accommodation(exam_id=exam.id, student_id=people.student_ids[0], extra_minutes=15))


async def _demo_account(db: AsyncSession, role: Role) -> int | None:
    found: int | None = await db.scalar(
        select(User.id).where(User.is_demo, User.is_active, User.role == role).order_by(User.id).limit(1)
    )
    return found


def _person(name: str, local: str, role: Role, sealed: str) -> User:
    return User(
        email=f"{local}@{ADDRESS}",
        full_name=name,
        hashed_password=sealed,
        role=role,
        preferred_language=Language.BANGLA if role is Role.STUDENT else Language.ENGLISH,
        mail_digest=False,
        demo_data=True,
    )
