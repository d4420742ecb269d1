"""Carries the work on the demonstration out beside the requests; whoever made it ends it."""

import asyncio
from collections.abc import AsyncIterator

import structlog
from sqlalchemy import func, select

from app.core.config import Settings
from app.db.models import Exam, User
from app.db.session import unit_of_work
from app.services.custody_seal import Notary
from app.services.demo_data.making import make_all, steps_to_make
from app.services.demo_data.removal import remove_all
from app.services.demo_data.runs import Overtaken, begin_run, end_run, step_done
from app.services.demo_data.sittings import Place

log = structlog.get_logger(__name__)


class DemoWork:
    """One task at most. Ended in the middle it leaves what is there and says `failed`; then it is begun again."""

    def __init__(self, where: Place, notary: Notary) -> None:
        self._where = where
        self._notary = notary
        self._task: asyncio.Task[None] | None = None

    async def begin(self, who: User | None, settings: Settings, *, removes: bool) -> None:
        """Take the turn and start; raises what `begin_run` raises."""
        async with unit_of_work(self._where.sessions) as db:
            run_id = await begin_run(db, who, settings, removes=removes, total=steps_to_make())
        self._task = asyncio.create_task(self._run(run_id, removes=removes))

    async def finished(self) -> None:
        """Wait for what was begun here."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def close(self) -> None:
        """The server ends."""
        if self._task is not None:
            self._task.cancel()
        await self.finished()

    async def _run(self, run_id: int, *, removes: bool) -> None:
        try:
            if not removes:
                await self._clear(run_id)
            steps = remove_all(self._where, self._notary) if removes else make_all(self._where)
            await self._through(run_id, steps)
            await end_run(self._where.sessions, run_id, "done")
        except Overtaken:
            log.warning("demo_data.overtaken")
        except BaseException as error:
            log.warning("demo_data.failed", error=type(error).__name__)
            await asyncio.shield(end_run(self._where.sessions, run_id, "failed"))
            raise

    async def _clear(self, run_id: int) -> None:
        """What an attempt before this has left."""
        async with unit_of_work(self._where.sessions) as db:
            left = await db.scalar(select(func.count()).where(Exam.demo_data)) or 0
            people = await db.scalar(select(func.count()).where(User.demo_data)) or 0
        if left or people:
            await self._through(run_id, remove_all(self._where, self._notary), more=1)

    async def _through(self, run_id: int, steps: AsyncIterator[None], *, more: int = 0) -> None:
        async for _ in steps:
            await step_done(self._where.sessions, run_id, more=more)
