"""Pictures whose rows are gone leave the store too: at once with their exam, and those a crash has left behind."""

import asyncio
from datetime import timedelta

import structlog

from app.core.clock import now
from app.db.session import Sessions, forgiving, unit_of_work
from app.db.stored import known_names
from app.storage import EvidenceStore

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 3600.0
YOUNGEST = timedelta(hours=1)
"""A picture is written before its row; one without a row is left alone for so long."""
AT_ONCE = 500


async def sweep_evidence(sessions: Sessions, store: EvidenceStore) -> None:
    """Until cancelled: every hour, and once at the start."""
    while True:
        with forgiving("evidence.sweep_retry"):
            removed = await remove_orphans(sessions, store)
            if removed:
                log.info("evidence.orphans_removed", count=removed)
        await asyncio.sleep(SWEEP_SECONDS)


async def remove_orphans(sessions: Sessions, store: EvidenceStore) -> int:
    """Delete old pieces that no row names; returns how many."""
    names = await store.names(older_than=now() - YOUNGEST)
    removed = 0
    for begin in range(0, len(names), AT_ONCE):
        some = names[begin : begin + AT_ONCE]
        async with unit_of_work(sessions) as db:
            known = await known_names(db, some)
        for name in some:
            if name not in known:
                await store.delete(name)
                removed += 1
    return removed


async def remove_evidence(store: EvidenceStore, names: list[str]) -> None:
    """Delete pieces whose rows have just gone; what fails now is an orphan for the sweep."""
    for name in names:
        try:
            await store.delete(name)
        except OSError as error:
            log.warning("evidence.delete_failed", errno=error.errno)
