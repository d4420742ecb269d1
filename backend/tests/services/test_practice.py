"""Practice leaves nothing behind after a day, and keeps no account from going."""

import asyncio
from datetime import timedelta

import httpx2
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.config import Settings
from app.db.models import Document, Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.documents import DocumentKind
from app.domain.roles import Role
from app.services.practice import forget_practice, start_practice
from app.services.users import remove
from app.storage import LocalStore
from tests.builders import make_user


async def practised(sessions: Sessions, student: User) -> ExamSession:
    async with unit_of_work(sessions) as db:
        return await start_practice(db, student)


async def test_the_exam_is_made_once(sessions: Sessions, admin: User, student: User) -> None:
    async with unit_of_work(sessions) as db:
        others = [await make_user(db) for _ in range(9)]
    taken = await asyncio.gather(*(practised(sessions, one) for one in (student, *others)))
    assert len({one.exam_id for one in taken}) == 1


async def test_its_student_reads_the_exam_and_nobody_else_does(
    sessions: Sessions,
    admin: User,
    student: User,
    student_client: httpx2.AsyncClient,
    teacher_client: httpx2.AsyncClient,
) -> None:
    path = f"/api/v1/exams/{(await practised(sessions, student)).exam_id}"
    assert (await student_client.get(path)).json()["title"].startswith("Practice")
    assert (await teacher_client.get(path)).status_code == 404


async def test_nothing_is_kept_beyond_a_day(
    sessions: Sessions, settings: Settings, admin: User, student: User, taken: ExamSession
) -> None:
    store = LocalStore(settings.evidence_dir)
    old, new = await practised(sessions, student), await practised(sessions, student)
    await store.put(f"{old.id}/x.jpg", b"\xff\xd8")
    async with unit_of_work(sessions) as db:
        db.add(Document(exam_session_id=old.id, kind=DocumentKind.ID, path=f"{old.id}/x.jpg", sha256="0" * 64, size=2))
        yesterday = now() - timedelta(hours=25)
        await db.execute(update(ExamSession).where(ExamSession.id.in_((old.id, taken.id))).values(created_at=yesterday))
    assert await forget_practice(sessions, store) == 1
    async with unit_of_work(sessions) as db:
        assert set(await db.scalars(select(ExamSession.id))) == {new.id, taken.id}
    assert await store.names(older_than=now() + timedelta(days=1)) == []


async def test_it_keeps_no_account_from_going(sessions: Sessions, admin: User, student: User) -> None:
    await practised(sessions, student)
    async with unit_of_work(sessions) as db:
        second = await make_user(db, Role.ADMIN)
    async with unit_of_work(sessions) as db:
        await remove(db, second, await db.get_one(User, student.id))
        await remove(db, second, await db.get_one(User, admin.id))
    async with unit_of_work(sessions) as db:
        assert await db.scalar(select(Exam.creator_id).where(Exam.practice)) == second.id
        assert await db.scalar(select(func.count()).select_from(ExamSession)) == 0
