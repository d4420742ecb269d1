"""How far the work on the demonstration is, in the database: one at a time over all server processes."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Conflict, Forbidden
from app.db.models import DemoRun, Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from app.schemas.demo_data import DemoDataRead, DemoProgress
from app.services import audit

LOCK_KEY = 360_000_019
CUT_OFF = timedelta(minutes=2)
"""Work that has said nothing for so long is over: its server was ended."""


class Overtaken(Exception):
    """Somebody else has begun anew, because nothing was heard for too long."""


async def demo_data(db: AsyncSession, settings: Settings) -> DemoDataRead:
    """What is there."""
    run = await _latest(db)
    exams = await _count(db, select(func.count()).where(Exam.demo_data))
    people = await _count(db, select(func.count()).where(User.demo_data, User.is_active))
    students = await _count(db, select(func.count()).where(User.demo_data, User.role == Role.STUDENT))
    sat = select(func.count(ExamSession.id)).join(ExamSession.exam).where(Exam.demo_data)
    return DemoDataRead(
        allowed=not settings.production,
        exists=bool(exams or people),
        exams=exams,
        students=students,
        exam_sessions=await _count(db, sat),
        progress=_progress(run),
    )


async def begin_run(db: AsyncSession, who: User | None, settings: Settings, *, removes: bool, total: int = 0) -> int:
    """Take the turn; its number. Forbidden `demo_data_refused`; Conflict `demo_data_running`, `demo_data_exists`.

    What an earlier attempt has left half done does not count as being there: it is removed first.
    """
    if settings.production and not removes:
        raise Forbidden("demo_data_refused")
    await db.execute(select(func.pg_advisory_xact_lock(LOCK_KEY)))
    run = await _latest(db)
    state = _progress(run).state
    if state == "running":
        raise Conflict("demo_data_running")
    found = await demo_data(db, settings)
    if not removes and found.exists and state == "done":
        raise Conflict("demo_data_exists")
    if removes:
        total = found.exams + 1
    await db.execute(delete(DemoRun))
    begun = DemoRun(removes=removes, total=total, beat_at=now())
    db.add(begun)
    audit.note(db, who, "demo_data.remove" if removes else "demo_data.make", "installation")
    await db.flush()
    return begun.id


async def step_done(sessions: Sessions, run_id: int, *, more: int = 0) -> None:
    """One step further, of `more` than were planned. Raises Overtaken."""
    await _write(sessions, run_id, {"done": DemoRun.done + 1, "total": DemoRun.total + more})


async def end_run(sessions: Sessions, run_id: int, state: str) -> None:
    """Over, well (`done`) or not (`failed`). Raises Overtaken."""
    await _write(sessions, run_id, {"state": state})


async def _write(sessions: Sessions, run_id: int, values: dict[str, ColumnElement[int] | str]) -> None:
    async with unit_of_work(sessions) as db:
        mine = update(DemoRun).where(DemoRun.id == run_id, DemoRun.state == "running")
        found = await db.execute(mine.values(beat_at=now(), **values).returning(DemoRun.id))
        if found.scalar_one_or_none() is None:
            raise Overtaken


async def _latest(db: AsyncSession) -> DemoRun | None:
    found: DemoRun | None = await db.scalar(select(DemoRun).order_by(DemoRun.id.desc()).limit(1))
    return found


def _progress(run: DemoRun | None) -> DemoProgress:
    if run is None or (run.removes and run.state == "done"):
        return DemoProgress(state="none")
    cut_off = run.state == "running" and now() - run.beat_at > CUT_OFF
    state = "failed" if cut_off else run.state
    return DemoProgress.model_validate({"state": state, "removes": run.removes, "done": run.done, "total": run.total})


async def _count(db: AsyncSession, query: Select[int]) -> int:
    return await db.scalar(query) or 0
