"""The practice exam: one built-in exam, shown in no list, in which every student may try everything out for a day."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Forbidden, Unavailable
from app.db.models import Document, Evidence, Exam, ExamSession, Question, User
from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.exam_sessions import OPEN, SessionState
from app.domain.exams import ExamStatus
from app.domain.roles import Role
from app.services.evidence_sweep import remove_evidence
from app.services.exam_sessions import NewSitting, finish, insert_sitting, open_sitting
from app.services.sample_questions import add_samples
from app.storage import EvidenceStore

KEPT = timedelta(days=1)
SWEEP_SECONDS = 3600.0
MINUTES = 120
FAR_AWAY = datetime(2100, 1, 1, tzinfo=UTC)
TITLE = "Practice · অনুশীলন"


async def start_practice(db: AsyncSession, who: User, *, hold: bool = False) -> ExamSession:
    """A fresh practice sitting; one that is open is ended first."""
    if who.role != Role.STUDENT:
        raise Forbidden("only_students_sit")
    exam = await practice_exam(db)
    at = now()
    going_on = await open_sitting(db, who, exam)
    if going_on is not None:
        await db.refresh(going_on, with_for_update={"of": ExamSession})
    if going_on is not None and going_on.state in OPEN:
        await finish(db, going_on, SessionState.SUBMITTED, at=at)
    mine = (ExamSession.exam_id == exam.id, ExamSession.student_id == who.id)
    attempts = await db.scalar(select(func.max(ExamSession.attempt)).where(*mine)) or 0
    new = NewSitting(attempt=attempts + 1, held=hold, waits=hold, ends_at=at + timedelta(minutes=MINUTES))
    await insert_sitting(db, exam, who, at, new)
    taken = await open_sitting(db, who, exam)
    if taken is None:
        raise Unavailable
    return taken


async def practice_exam(db: AsyncSession) -> Exam:
    """The one there is, made where there is none yet."""
    found = await db.scalar(select(Exam).where(Exam.practice))
    if found is not None:
        return found
    creator = await db.scalar(
        select(User.id).where(User.role != Role.STUDENT).order_by(User.role != Role.ADMIN, User.id).limit(1)
    )
    if creator is None:
        raise Unavailable
    # Of two first calls at once one inserts, the other waits for its commit and reads the winner's.
    made = await db.scalar(
        insert(Exam)
        .values(
            creator_id=creator,
            title=TITLE,
            start_time=now(),
            end_time=FAR_AWAY,
            duration_minutes=MINUTES,
            status=ExamStatus.PUBLISHED,
            show_trust=True,
            enable_screen_recording=True,
            allow_calculator=True,
            practice=True,
        )
        .on_conflict_do_nothing()
        .returning(Exam.id)
    )
    exam = (await db.scalars(select(Exam).where(Exam.practice))).one()
    if made is not None:
        await add_samples(db, exam)
    return exam


async def forget_practice(sessions: Sessions, store: EvidenceStore) -> int:
    """Delete what is older than a day, pictures included; returns how many sittings."""
    async with unit_of_work(sessions) as db:
        old = list(
            await db.scalars(
                select(ExamSession.id)
                .join(ExamSession.exam)
                .where(Exam.practice, ExamSession.created_at < now() - KEPT)
                .limit(1000)
            )
        )
        names = await _remove(db, old)
    await remove_evidence(store, names)
    return len(old)


async def leave_practice(db: AsyncSession, user: User) -> None:
    """An account is about to go: its practice does not keep it, and the exam itself gets another owner."""
    mine = await db.scalars(
        select(ExamSession.id).join(ExamSession.exam).where(Exam.practice, ExamSession.student_id == user.id)
    )
    await _remove(db, list(mine))  # pictures without rows go with the sweep
    heir = select(User.id).where(User.role == Role.ADMIN, User.id != user.id).order_by(User.id).limit(1)
    successor = await db.scalar(heir)
    if successor is not None:
        practice = select(Exam.id).where(Exam.practice).scalar_subquery()
        await db.execute(
            update(Question)
            .where(Question.exam_id == practice, Question.owner_id == user.id)
            .values(owner_id=successor)
        )
        await db.execute(update(Exam).where(Exam.practice, Exam.creator_id == user.id).values(creator_id=successor))


async def _remove(db: AsyncSession, exam_session_ids: list[int]) -> list[str]:
    """Delete sittings; returns the names of their pictures."""
    names: list[str] = []
    for model in (Evidence, Document):
        names += await db.scalars(select(model.path).where(model.exam_session_id.in_(exam_session_ids)))
    await db.execute(delete(ExamSession).where(ExamSession.id.in_(exam_session_ids)))
    return names


async def sweep_practice(sessions: Sessions, store: EvidenceStore) -> None:
    """Until cancelled: forget what is older than a day, every hour and once at the start."""
    while True:
        with forgiving():
            await forget_practice(sessions, store)
        await asyncio.sleep(SWEEP_SECONDS)
