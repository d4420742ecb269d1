"""Notices that the machine's clock was set; takes its time over only while nobody sits an exam."""

import asyncio

import structlog
from prometheus_client import Gauge
from sqlalchemy import exists, select

from app.core.clock import ahead_of_machine, follow
from app.db.models import ExamSession
from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.exam_sessions import OPEN

log = structlog.get_logger(__name__)
DRIFT = Gauge("proctor_clock_drift_seconds", "Our time less the machine's; not 0 where its clock was set in mid-exam.")
LOOK_SECONDS = 20.0
NOTABLE = 2.0
"""Seconds; below that the two clocks agree."""


async def watch_clock(sessions: Sessions) -> None:
    """Until cancelled."""
    while True:
        with forgiving():
            await look(sessions)
        await asyncio.sleep(LOOK_SECONDS)


async def look(sessions: Sessions) -> None:
    """Compare once."""
    drift = ahead_of_machine()
    DRIFT.set(drift)
    if abs(drift) < NOTABLE:
        return
    async with unit_of_work(sessions) as db:
        sat = bool(await db.scalar(select(exists().where(ExamSession.state.in_(OPEN)))))
    log.warning("clock.was_set", drift=round(drift, 1), followed=not sat)
    if not sat:
        follow()
        DRIFT.set(0.0)
