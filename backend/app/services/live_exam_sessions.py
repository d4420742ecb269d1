"""Which exam sessions are live in this process, and the sweep that ends and settles them without any client."""

import asyncio
from collections import OrderedDict, defaultdict
from contextlib import ExitStack

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.errors import Missing
from app.core.events import Bus
from app.db.models import ExamSession
from app.db.session import is_passing, unit_of_work
from app.domain.exam_sessions import OPEN, SessionState
from app.schemas.realtime import StateChanged, Thumbnail, exam_session_topic
from app.services.exam_sessions import expire_due
from app.services.proctoring import ExamSessionEnded, LiveExamSession, Services
from app.services.violations import of_exam_session

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 1.0
MOST_AWAY = 1000
"""Last pictures kept of students whose line is down, about 8 KB each."""
STATES = {"paused": SessionState.PAUSED, "resumed": SessionState.ACTIVE}


class LiveExamSessions:
    """One entry per exam session whose student is connected here; several sockets of one student share it."""

    def __init__(self, services: Services, bus: Bus) -> None:
        self._services = services
        self._bus = bus
        self._live: dict[int, LiveExamSession] = {}
        self._users: defaultdict[int, int] = defaultdict(int)
        self._listening: dict[int, ExitStack] = {}
        self._away: OrderedDict[int, tuple[int, Thumbnail]] = OrderedDict()
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def get(self, exam_session_id: int) -> LiveExamSession | None:
        """The live one, if its student is connected here."""
        return self._live.get(exam_session_id)

    def thumbnails(self, exam_id: int) -> list[Thumbnail]:
        """The latest picture of each of an exam's students, also of those whose line is down; memory only."""
        here = [live.thumbnail for live in self._live.values() if live.sitting.exam_id == exam_id]
        return [shown for shown in here if shown is not None] + [
            shown for exam, shown in self._away.values() if exam == exam_id
        ]

    def __len__(self) -> int:
        return len(self._live)

    async def enter(self, exam_session_id: int) -> LiveExamSession:
        """For a connection that begins: the live exam session, read from the database if it is the first."""
        async with self._turns[exam_session_id]:
            live = self._live.get(exam_session_id)
            if live is None:
                live = await self._load(exam_session_id)
                self._live[exam_session_id] = live
                self._listen(live)
                live.thumbnail = self._away.pop(exam_session_id, (0, None))[1]
            self._users[exam_session_id] += 1
            return live

    async def leave(self, live: LiveExamSession) -> None:
        """For a connection that ended: the last one out stores what is only in memory."""
        key = live.sitting.id
        async with self._turns[key]:
            self._users[key] -= 1
            if self._users[key]:
                return
            live.disconnected()
            try:
                await live.checkpoint()
            except ExamSessionEnded:
                log.debug("leave.ended", exam_session_id=key)
            else:
                self._keep_thumbnail(live)
            finally:
                self._forget(key)

    async def settle(self, exam_session_id: int) -> None:
        """Close the open violations of an ended exam session and fix its score; twice is as good as once."""
        async with self._turns[exam_session_id]:
            live = self._live.get(exam_session_id)
            fresh = await self._load(exam_session_id)
            self._away.pop(exam_session_id, None)
            if fresh.settled:
                return
            ending = live or fresh
            ending.sitting.ended_at = fresh.sitting.ended_at
            await ending.finish()

    async def sweep(self) -> None:
        """Until cancelled: end what is over time and settle what has ended, without any client."""
        while True:
            try:
                await self.sweep_once()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("sweep.retry", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep_once(self) -> None:
        """One round of the sweep."""
        async with unit_of_work(self._services.sessions) as db:
            await expire_due(db)
        async with unit_of_work(self._services.sessions) as db:
            unsettled = list(
                await db.scalars(
                    select(ExamSession.id)
                    .where(~ExamSession.settled, ExamSession.state.not_in(OPEN))
                    .order_by(ExamSession.id)
                    .limit(100)
                )
            )
        for exam_session_id in unsettled:
            await self.settle(exam_session_id)
        for key in [key for key, turn in self._turns.items() if key not in self._live and not turn.locked()]:
            del self._turns[key]

    async def _load(self, exam_session_id: int) -> LiveExamSession:
        async with unit_of_work(self._services.sessions) as db:
            taken = await _with_people(db, exam_session_id)
            return LiveExamSession(taken, await of_exam_session(db, taken), self._services)

    def _listen(self, live: LiveExamSession) -> None:
        def follow(_topic: str, message: object) -> None:
            if isinstance(message, StateChanged):
                live.sitting.ends_at = message.ends_at
                if message.type != "extended":
                    live.sitting.state = STATES.get(message.type) or SessionState(message.type)

        stack = self._listening[live.sitting.id] = ExitStack()
        stack.enter_context(self._bus.listening(exam_session_topic(live.sitting.id), follow))

    def _keep_thumbnail(self, live: LiveExamSession) -> None:
        if live.thumbnail is not None and live.sitting.state in OPEN:
            self._away[live.sitting.id] = (live.sitting.exam_id, live.thumbnail)
            while len(self._away) > MOST_AWAY:
                self._away.popitem(last=False)

    def _forget(self, exam_session_id: int) -> None:
        self._live.pop(exam_session_id, None)
        self._users.pop(exam_session_id, None)
        listening = self._listening.pop(exam_session_id, None)
        if listening is not None:
            listening.close()


async def _with_people(db: AsyncSession, exam_session_id: int) -> ExamSession:
    taken: ExamSession | None = await db.scalar(
        select(ExamSession)
        .options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
        .where(ExamSession.id == exam_session_id)
    )
    if taken is None:
        raise Missing
    return taken
