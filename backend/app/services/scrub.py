"""The nightly scrub: every stored piece is read again, slowly; administrators hear of what is missing or changed."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import ScrubRun, User
from app.db.session import Sessions, forgiving, unit_of_work
from app.db.stored import STORED
from app.domain.roles import Role
from app.services.audit import note
from app.services.institution import institution
from app.services.notifications import raise_notifications, wording_of
from app.storage import EvidenceStore

log = structlog.get_logger(__name__)
AT_ONCE = 100
MOST_NAMED = 100
LOOK_SECONDS = 900.0
NIGHT = range(1, 5)
"""Hours, by the institution's clock, in which a run begins."""
LONGEST_WAIT = timedelta(hours=30)
"""Without a run for so long it begins at any hour."""
LOCK_KEY = 360_000_003


@dataclass(slots=True)
class Found:
    """What a run has seen so far."""

    pieces: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


async def keep_scrubbing(sessions: Sessions, store: EvidenceStore, *, bytes_per_second: int) -> None:
    """Until cancelled: once a night."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        with forgiving("scrub.retry"):
            if await _is_time(sessions):
                await scrub(sessions, store, bytes_per_second=bytes_per_second)


async def scrub(sessions: Sessions, store: EvidenceStore, *, bytes_per_second: int) -> ScrubRun | None:
    """One run over everything; None where another server process is at it. Needs no key: hashes are of stored bytes."""
    async with unit_of_work(sessions) as db:
        # Of two server processes the first to note its beginning runs.
        if not await db.scalar(select(func.pg_try_advisory_xact_lock(LOCK_KEY))):
            return None
        run = ScrubRun(started_at=now())
        db.add(run)
        await db.flush()
    found = Found()
    for table in STORED:
        last = 0
        while rows := await _some(sessions, table, last):
            last = rows[-1][0]
            for _, path, sha256 in rows:
                size = await _look(store, path, sha256, found)
                await asyncio.sleep(size / bytes_per_second)
    async with unit_of_work(sessions) as db:
        return await _finish(db, run.id, found)


async def last_run(db: AsyncSession) -> ScrubRun | None:
    """The newest run that came to its end."""
    query = select(ScrubRun).where(ScrubRun.ended_at.is_not(None)).order_by(ScrubRun.id.desc()).limit(1)
    found: ScrubRun | None = await db.scalar(query)
    return found


async def _is_time(sessions: Sessions) -> bool:
    async with unit_of_work(sessions) as db:
        zone = ZoneInfo((await institution(db)).timezone)
        last = await db.scalar(select(func.max(ScrubRun.started_at)))
    at = now()
    since = LONGEST_WAIT if last is None else at - last
    return since >= LONGEST_WAIT or (since > timedelta(hours=6) and at.astimezone(zone).hour in NIGHT)


async def _some(sessions: Sessions, table: type, last: int) -> Sequence[tuple[int, str, str]]:
    async with unit_of_work(sessions) as db:
        query = (
            select(table.id, table.path, func.coalesce(table.stored_sha256, table.sha256))  # type: ignore[attr-defined]
            .where(table.id > last)  # type: ignore[attr-defined]
            .order_by(table.id)  # type: ignore[attr-defined]
            .limit(AT_ONCE)
        )
        return [(row[0], row[1], row[2]) for row in await db.execute(query)]


async def _look(store: EvidenceStore, path: str, sha256: str, found: Found) -> int:
    try:
        body = await store.get(path)
    except FileNotFoundError:
        found.missing.append(path)
        return 0
    found.pieces += 1
    found.bytes += len(body)
    if await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest()) != sha256:
        found.changed.append(path)
    return len(body)


async def _finish(db: AsyncSession, run_id: int, found: Found) -> ScrubRun:
    """What was deleted meanwhile is not missing."""
    there: set[str] = set()
    for table in STORED:
        there |= set(await db.scalars(select(table.path).where(table.path.in_(found.missing))))
    missing = [path for path in found.missing if path in there]
    run = await db.get_one(ScrubRun, run_id)
    run.ended_at, run.pieces, run.bytes = now(), found.pieces, found.bytes
    run.missing, run.changed = missing[:MOST_NAMED], found.changed[:MOST_NAMED]
    wrong = len(missing) + len(found.changed)
    counts = {"pieces": found.pieces, "missing": len(missing), "changed": len(found.changed)}
    note(db, None, "evidence.scrub", "installation", **counts)
    if wrong:
        log.error("scrub.found", missing=len(missing), changed=len(found.changed))
        admins = await db.scalars(select(User.id).where(User.role == Role.ADMIN, User.is_active))
        await raise_notifications(db, admins, wording_of("evidence_damaged", count=wrong), key=f"scrub:{run.id}")
    await db.flush()
    return run
