"""The server's own heartbeat: when it did not run, or stood still, so that no student is held to account for that."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.db.models import InstallationMark, ServerPause
from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.outages import Pause
from app.services.outages import mark_away

log = structlog.get_logger(__name__)
BEAT_SECONDS = 1.0
STOOD_STILL = timedelta(seconds=3)
"""Two beats so far apart: nothing ran in between."""
KEPT = timedelta(days=30)
REMEMBERED = 1000
MARK = "alive_at"


class Pulse:
    """Beats while the server runs. `pauses` are the stretches in which it did not, as far as they matter now."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self.clock = clock
        self._beaten_at: datetime | None = None
        self._pauses: deque[Pause] = deque(maxlen=REMEMBERED)
        self._unsaved: list[Pause] = []

    def pauses(self) -> tuple[Pause, ...]:
        """Oldest first; whether the server stood still until just now is looked at first."""
        if self._beaten_at is not None:
            self.beat()
        return tuple(self._pauses)

    def beat(self) -> None:
        """The server runs now."""
        at = self.clock()
        if self._beaten_at is not None and at - self._beaten_at >= STOOD_STILL:
            self._note(Pause(self._beaten_at, at))
        self._beaten_at = at

    async def begin(self, sessions: Sessions) -> None:
        """Once, before anybody connects: since the last beat of an earlier run nobody could be heard."""
        at = self.clock()
        async with unit_of_work(sessions) as db:
            await db.execute(delete(ServerPause).where(ServerPause.ended_at < at - KEPT))
            rows = await db.scalars(select(ServerPause).order_by(ServerPause.started_at.desc()).limit(REMEMBERED))
            for row in reversed(list(rows)):
                self._pauses.append(Pause(row.started_at, row.ended_at))
            last = await db.scalar(select(InstallationMark.value).where(InstallationMark.name == MARK))
            await db.execute(insert(InstallationMark).values(name=MARK, value=at.isoformat()).on_conflict_do_nothing())
            if last is not None:
                died = min(datetime.fromisoformat(last), at)
                self._note(Pause(died, at))
                await mark_away(db, died)
        self._beaten_at = at
        await self.save(sessions)

    async def run(self, sessions: Sessions) -> None:
        """Until cancelled."""
        while True:
            self.beat()
            with forgiving("pulse.retry"):
                await self.save(sessions)
            await asyncio.sleep(BEAT_SECONDS)

    async def save(self, sessions: Sessions) -> None:
        """Write the beat down, and pauses that are new."""
        unsaved, at = list(self._unsaved), self._beaten_at or self.clock()
        async with unit_of_work(sessions) as db:
            await db.execute(update(InstallationMark).where(InstallationMark.name == MARK).values(value=at.isoformat()))
            db.add_all(ServerPause(started_at=one.started_at, ended_at=one.ended_at) for one in unsaved)
        del self._unsaved[: len(unsaved)]

    def _note(self, pause: Pause) -> None:
        self._pauses.append(pause)
        self._unsaved.append(pause)
        log.info("pulse.paused", seconds=round((pause.ended_at - pause.started_at).total_seconds(), 1))
