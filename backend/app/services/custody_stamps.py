"""Has an outside authority date what was signed of closed sittings: who holds database and keys cannot date it back.

It happens beside everything else, holds no row while it waits, and what did not succeed is tried again: nobody's exam,
no end and no bundle waits for it. Only a chain's newest manifest is dated; it holds the hash of the one before it.
"""

import asyncio
from itertools import pairwise

import structlog
from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app.core.time_stamps import TimeStampAuthority, TimeStampError
from app.db.models import CustodyManifest, CustodyStamp
from app.db.session import Sessions, forgiving, unit_of_work
from app.schemas.administration import TimeStampsRead

AT_ONCE = 20
WAITS = (30.0, 60.0, 120.0, 300.0, 900.0)
"""Seconds until the next look: the first when all went well, the others while the authority is away."""
LONGER = dict(pairwise(WAITS))
log = structlog.get_logger()


async def keep_stamping(sessions: Sessions, authority: TimeStampAuthority | None) -> None:
    """Until cancelled; with no authority there is nothing to do."""
    wait = WAITS[0]
    while authority is not None:
        with forgiving("time_stamps.retry"):
            try:
                while await stamp_due(sessions, authority) == AT_ONCE:
                    pass
                wait = WAITS[0]
            except TimeStampError as error:
                wait = LONGER.get(wait, wait)
                log.warning("time_stamps.missing", error=str(error), seconds=wait)
        await asyncio.sleep(wait)


async def stamp_due(sessions: Sessions, authority: TimeStampAuthority) -> int:
    """Date what was signed last and is not dated; the number of those. What was dated before an error stays so."""
    query = select(CustodyManifest).where(*_undated()).order_by(CustodyManifest.created_at).limit(AT_ONCE)
    async with unit_of_work(sessions) as db:
        due = list(await db.scalars(query))
    for manifest in due:
        made = await authority.stamp(manifest.statement.encode())
        row = {"exam_session_id": manifest.exam_session_id, "number": manifest.number}
        async with unit_of_work(sessions) as db:
            # Another server process may have been quicker.
            await db.execute(
                insert(CustodyStamp).values(**row, answer=made.answer, at=made.at).on_conflict_do_nothing()
            )
    return len(due)


async def undated(db: AsyncSession) -> TimeStampsRead:
    """How many closed sittings nobody outside has dated yet, and since when the first of them waits."""
    count, since = (
        await db.execute(select(func.count(), func.min(CustodyManifest.created_at)).where(*_undated()))
    ).one()
    return TimeStampsRead(waiting=count, since=since)


def _undated() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Of manifests: the newest of their chain, and not dated."""
    newer, stamp = aliased(CustodyManifest), CustodyStamp
    superseded = exists().where(
        newer.exam_session_id == CustodyManifest.exam_session_id, newer.number > CustodyManifest.number
    )
    dated = exists().where(
        stamp.exam_session_id == CustodyManifest.exam_session_id, stamp.number == CustodyManifest.number
    )
    return ~superseded, ~dated
