"""The state of the server for its administrator."""

import asyncio
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.ai.engine import Engine
from app.core.clock import monotonic
from app.core.config import Settings
from app.db.migrate import newest_revision
from app.db.models import Document, Evidence, Exam, ExamSession, User
from app.db.session import Sessions
from app.domain.exam_sessions import OPEN
from app.schemas.administration import (
    CountsRead,
    DatabaseRead,
    LoadRead,
    QueuesRead,
    ScrubRead,
    StorageRead,
    SystemRead,
    WorkerRead,
)
from app.services.custody_stamps import undated
from app.services.disk_watch import DiskWatch, disk_use
from app.services.live_exam_sessions import LiveExamSessions
from app.services.readiness import DatabasePool, trouble
from app.services.report_rendering import ReportRenderer
from app.services.scrub import last_run
from app.services.users import has_demo_users


@dataclass(frozen=True, slots=True)
class Server:
    """The parts of one server process."""

    settings: Settings
    sessions: Sessions
    engine: Engine
    live: LiveExamSessions
    reports: ReportRenderer
    disk: DiskWatch
    version: str
    began: float
    """By `clock.monotonic`."""


async def system(db: AsyncSession, server: Server) -> SystemRead:
    """Everything the system page shows."""
    scrubbed = await last_run(db)
    failing = await trouble(server.sessions, server.engine, server.settings)
    return SystemRead(
        status="unavailable" if failing else "ok",
        failing=failing,
        environment=server.settings.ENVIRONMENT,
        version=server.version,
        python=platform.python_version(),
        uptime_seconds=round(monotonic() - server.began, 1),
        workers=[WorkerRead(alive=one.alive, frames=one.frames, rss=one.rss) for one in server.engine.counters.workers],
        queues=_queues(server),
        load=await asyncio.to_thread(_load, len(server.live)),
        database=await _database(db, server.sessions),
        storage=await _storage(db, server.settings.evidence_dir, server.disk),
        counts=await _counts(db),
        scrub=None if scrubbed is None else ScrubRead.model_validate(scrubbed),
        time_stamps=await undated(db) if server.settings.TIMESTAMP_URL else None,
        demo_accounts=await has_demo_users(db),
    )


def _queues(server: Server) -> QueuesRead:
    counters = server.engine.counters
    return QueuesRead(
        frames_waiting=counters.waiting,
        frames_working=counters.working,
        frames_judged=counters.frames,
        frames_refused=counters.refused,
        frames_busy=counters.busy,
        frames_timed_out=counters.timeouts,
        worker_restarts=counters.restarts,
        reports_waiting=server.reports.waiting,
    )


def _load(live: int) -> LoadRead:
    process, memory = psutil.Process(), psutil.virtual_memory()
    spent = process.cpu_times()
    return LoadRead(
        cores=os.cpu_count() or 1,
        load=os.getloadavg(),
        memory_total=memory.total,
        memory_available=memory.available,
        server_rss=process.memory_info().rss,
        server_cpu_seconds=round(spent.user + spent.system, 1),
        live_exam_sessions=live,
    )


async def _database(db: AsyncSession, sessions: Sessions) -> DatabaseRead:
    engine: AsyncEngine = sessions.kw["bind"]
    pool = DatabasePool(engine)
    row = (
        await db.execute(
            text(
                "SELECT current_setting('server_version'), pg_database_size(current_database()), "
                "(SELECT version_num FROM alembic_version)"
            )
        )
    ).one()
    return DatabaseRead(
        version=row[0],
        bytes=row[1],
        revision=row[2],
        newest_revision=newest_revision(),
        connections_in_use=pool.in_use,
        connections_idle=pool.idle,
    )


async def _storage(db: AsyncSession, folder: Path, disk: DiskWatch) -> StorageRead:
    pictures, picture_bytes = (await db.execute(select(func.count(), func.sum(Evidence.size)))).one()
    documents, document_bytes = (await db.execute(select(func.count(), func.sum(Document.size)))).one()
    level = await disk.look()
    use = await asyncio.to_thread(disk_use, folder)
    return StorageRead(
        pictures=pictures,
        documents=documents,
        bytes=(picture_bytes or 0) + (document_bytes or 0),
        disk_total=use.used + use.free,
        disk_free=use.free,
        disk_level=level,
    )


async def _counts(db: AsyncSession) -> CountsRead:
    async def count(model: type[User | Exam | ExamSession], *only: object) -> int:
        return await db.scalar(select(func.count(model.id)).where(*only)) or 0  # type: ignore[arg-type]

    return CountsRead(
        users=await count(User),
        exams=await count(Exam, ~Exam.practice),
        exam_sessions=await count(ExamSession),
        open_exam_sessions=await count(ExamSession, ExamSession.state.in_(OPEN)),
    )
