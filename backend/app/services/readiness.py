"""Whether everything the server needs is there."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import text

from app.ai.engine import Engine
from app.core.config import Settings
from app.db.migrate import newest_revision
from app.db.session import Sessions

PATIENCE_SECONDS = 3.0


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
