"""Removes the demonstration and nothing else: its exams with everything in them, and its people."""

from collections.abc import AsyncIterator

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.db.models import Exam, ExamSession, User
from app.db.session import unit_of_work
from app.db.stored import names_of_exam
from app.domain.exam_sessions import OPEN, SessionState
from app.services.custody_seal import Notary
from app.services.demo_data.sittings import Place
from app.services.erasure import erase_exam_sessions, finish_erasure
from app.services.exam_sessions import finish


async def remove_all(where: Place, notary: Notary) -> AsyncIterator[None]:
    """One item for each exam that is gone, and one for the people. Cut off anywhere, it can be done again."""
    async with unit_of_work(where.sessions) as db:
        exams = list(await db.scalars(select(Exam.id).where(Exam.demo_data).order_by(Exam.id)))
    for exam_id in exams:
        await _remove_exam(where, notary, exam_id)
        yield
    async with unit_of_work(where.sessions) as db:
        await _remove_people(db)
    yield


async def _remove_exam(where: Place, notary: Notary, exam_id: int) -> None:
    """Nobody's verdict stands in the way, as it does elsewhere (T17): nobody sat here but for show."""
    async with unit_of_work(where.sessions) as db:
        ended = await _end_open_ones(db, exam_id)
    for one in ended:
        await where.settle(one)
    async with unit_of_work(where.sessions) as db:
        names = await names_of_exam(db, exam_id)
        sat = list(await db.scalars(select(ExamSession.id).where(ExamSession.exam_id == exam_id)))
        erased = await erase_exam_sessions(db, notary, sat)
        erased.names = names
        await db.execute(delete(Exam).where(Exam.id == exam_id))
    await finish_erasure(where.store, notary, erased)


async def _end_open_ones(db: AsyncSession, exam_id: int) -> list[int]:
    query = select(ExamSession).options(joinedload(ExamSession.exam)).where(ExamSession.exam_id == exam_id)
    open_ones = query.where(ExamSession.state.in_(OPEN)).with_for_update(of=ExamSession).order_by(ExamSession.id)
    ended = list(await db.scalars(open_ones))
    for taken in ended:
        await finish(db, taken, SessionState.TERMINATED, at=now())
    return [taken.id for taken in ended]


async def _remove_people(db: AsyncSession) -> None:
    """Who was put to use elsewhere meanwhile stays, closed."""
    used = exists().where(Exam.creator_id == User.id) | exists().where(ExamSession.student_id == User.id)
    await db.execute(delete(User).where(User.demo_data, ~used))
    for user in await db.scalars(select(User).where(User.demo_data)):
        user.is_active = False
