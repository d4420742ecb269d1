"""Whether everything the server needs is there."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import QueuePool, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.ai.engine import Engine
from app.core.config import Settings
from app.db.migrate import newest_revision
from app.db.session import Sessions

PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class DatabasePool:
    """How many connections are open, without asking the database."""

    engine: AsyncEngine

    @property
    def in_use(self) -> int:
        """Connections in the hands of a transaction."""
        return self._pool.checkedout()

    @property
    def idle(self) -> int:
        """Connections that wait for the next one."""
        return self._pool.checkedin()

    @property
    def _pool(self) -> QueuePool:
        return cast("QueuePool", self.engine.sync_engine.pool)


async def trouble(sessions: Sessions, engine: Engine, settings: Settings) -> list[str]:
    """Names of the parts that do not work now; empty when the server may be sent students."""
    checks: dict[str, Callable[[], Awaitable[bool]]] = {
        "database": lambda: _database(sessions),
        "evidence_store": lambda: asyncio.to_thread(_writable, settings.evidence_dir),
        "analysis": lambda: _analysis(engine),
    }
    names = list(checks)
    answers = await asyncio.gather(*(_within_time(check) for check in checks.values()))
    return [name for name, fine in zip(names, answers, strict=True) if not fine]


async def _within_time(check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await check()
    except Exception:  # noqa: BLE001 - whatever it is, this part does not work
        return False


async def _database(sessions: Sessions) -> bool:
    async with sessions() as db:
        revision = await db.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(revision == newest_revision())


async def _analysis(engine: Engine) -> bool:
    return any(worker.alive for worker in engine.counters.workers)


def _writable(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)
