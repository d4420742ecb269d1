"""Which exam sessions are live in this process, and the sweep that ends and settles them without any client."""

import asyncio
import contextlib
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.errors import Missing
from app.core.events import Bus
from app.db.models import ExamSession
from app.db.session import forgiving, unit_of_work
from app.domain.exam_sessions import OPEN, SessionState
from app.domain.shelves import Shelf
from app.schemas.realtime import ChallengeAsked, StateChanged, Thumbnail, exam_session_topic
from app.schemas.sitting_messages import DeskChanged, LetIn, OutageTold
from app.services.accommodations import accommodation_of
from app.services.data_keys import session_keys
from app.services.desk import desks_of
from app.services.endings import end_planned
from app.services.exam_sessions import SittingPaused, expire_due
from app.services.face_templates import stored_template
from app.services.kept_sitting import Services
from app.services.ledger import ExamSessionEnded
from app.services.outages import is_away
from app.services.proctoring import LiveExamSession
from app.services.sitting import SittingKeys
from app.services.standing import Standing
from app.services.violations import noted_in

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 1.0
MOST_AWAY = 1000
"""Last pictures kept of students whose line is down, about 8 KB each."""
STATES = {"paused": SessionState.PAUSED, "resumed": SessionState.ACTIVE}


@dataclass(slots=True)
class Turn:
    """A lock, and how many hold it or wait for it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class LiveExamSessions:
    """One entry per exam session whose student is connected here; several sockets of one student share it."""

    def __init__(self, services: Services, bus: Bus) -> None:
        self._services = services
        self._bus = bus
        self._live: dict[int, LiveExamSession] = {}
        self._users: defaultdict[int, int] = defaultdict(int)
        self._listening: dict[int, ExitStack] = {}
        self._away: OrderedDict[int, tuple[int, Thumbnail]] = OrderedDict()
        self._turns: dict[int, Turn] = {}

    def get(self, exam_session_id: int) -> LiveExamSession | None:
        """The live one, if its student is connected here."""
        return self._live.get(exam_session_id)

    def thumbnails(self, exam_id: int) -> list[Thumbnail]:
        """The latest picture of each of an exam's students, also of those whose line is down; memory only."""
        here = [shown for live in self._live.values() if live.sitting.exam_id == exam_id for shown in live.thumbnails]
        return here + [shown for exam, shown in self._away.values() if exam == exam_id]

    def __len__(self) -> int:
        return len(self._live)

    async def enter(self, exam_session_id: int, *, visiting: bool = False) -> LiveExamSession:
        """For a connection that begins: the live exam session, read from the database if it is the first.

        `visiting`: for one request alone.
        """
        async with self._turn(exam_session_id):
            live = self._live.get(exam_session_id)
            if live is None:
                live = await self._load_listening(exam_session_id)
                self._live[exam_session_id] = live
                live.thumbnail = self._away.pop(exam_session_id, (0, None))[1]
            try:
                await live.attendance.arrived(visiting=visiting)
            except BaseException:
                if not self._users[exam_session_id]:
                    self._forget(exam_session_id)
                raise
            self._users[exam_session_id] += 1
            return live

    async def leave(self, live: LiveExamSession) -> None:
        """For a connection that ended: the last one out stores what is only in memory."""
        key = live.sitting.id
        async with self._turn(key):
            self._users[key] -= 1
            if self._users[key]:
                return
            try:
                await live.disconnected()
                if live.sitting.state in OPEN:
                    self._keep_thumbnail(live)
                else:  # what was seen last is only in memory: it counts
                    await self._settle(live)
            except ExamSessionEnded:
                log.debug("leave.ended", exam_session_id=key)
            finally:
                self._forget(key)

    async def settle(self, exam_session_id: int, *, ended_at: datetime | None = None) -> LiveExamSession | None:
        """Close the open violations of an ended exam session and fix its score; twice is as good as once.

        `ended_at`, where the caller knows it, spares a question. Returns what it settled, with its last numbers; None
        where somebody else had done it.
        """
        async with self._turn(exam_session_id):
            self._away.pop(exam_session_id, None)
            live = self._live.get(exam_session_id)
            if live is None and (await self._ending(exam_session_id))[0]:
                return None
            live = live or await self._load(exam_session_id)
            return live if await self._settle(live, ended_at) else None

    async def _settle(self, ending: LiveExamSession, ended_at: datetime | None = None) -> bool:
        """Whether it was done here and now."""
        if ending.settled:
            return False
        if ended_at is None:
            ending.settled, ended_at = await self._ending(ending.sitting.id)
            if ending.settled:
                return False
        ending.sitting.ended_at = ended_at
        try:
            await ending.finish()
        except ExamSessionEnded:  # another server process was faster
            if not (await self._ending(ending.sitting.id))[0]:
                raise
            ending.settled = True
            return False
        ending.settled = True
        return True

    async def _ending(self, exam_session_id: int) -> tuple[bool, datetime | None]:
        """Whether it is settled, and when it ended."""
        async with unit_of_work(self._services.sessions) as db:
            query = select(ExamSession.settled, ExamSession.end_time).where(ExamSession.id == exam_session_id)
            found = (await db.execute(query)).one_or_none()
        if found is None:
            raise Missing
        return found[0], found[1]

    async def sweep(self) -> None:
        """Until cancelled: end what is over time and settle what has ended, without any client."""
        while True:
            with forgiving("sweep.retry"):
                await self.sweep_once()
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep_once(self) -> None:
        """One round of the sweep."""
        for live in list(self._live.values()):
            with contextlib.suppress(ExamSessionEnded):
                await live.settle_challenge()
        async with unit_of_work(self._services.sessions) as db:
            await end_planned(db)
            expired = await expire_due(db)
        async with unit_of_work(self._services.sessions) as db:
            left = await db.scalars(
                select(ExamSession.id)
                .where(~ExamSession.settled, ExamSession.state.not_in(OPEN))
                .order_by(ExamSession.id)
                .limit(100)
            )
            unsettled = dict.fromkeys([*expired, *left])
        for exam_session_id in unsettled:
            await self.settle(exam_session_id)

    @contextlib.asynccontextmanager
    async def _turn(self, exam_session_id: int) -> AsyncIterator[None]:
        """One at a time for each exam session; the lock is there as long as anybody holds it or waits for it."""
        turn = self._turns.setdefault(exam_session_id, Turn())
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if not turn.users:
                del self._turns[exam_session_id]

    async def _load_listening(self, exam_session_id: int) -> LiveExamSession:
        """Listens before it reads, so that a change of state between reading and listening is not missed."""
        missed: list[object] = []
        topic = exam_session_topic(exam_session_id)
        with self._bus.listening(topic, lambda _topic, message: missed.append(message)):
            live = await self._load(exam_session_id)
        for message in missed:
            _follow(live, message)
        listening = self._listening[exam_session_id] = ExitStack()
        listening.enter_context(self._bus.listening(topic, lambda _topic, message: _follow(live, message)))
        return live

    async def _load(self, exam_session_id: int) -> LiveExamSession:
        async with unit_of_work(self._services.sessions) as db:
            taken = await _with_people(db, exam_session_id)
            noted = await noted_in(db, taken)
            spared = await accommodation_of(db, exam_id=taken.exam_id, student_id=taken.student_id)
            desk = (await desks_of(db, [taken]))[taken.id]
            keys = await _keys(db, taken)
            away = await is_away(db, exam_session_id)
            template = await stored_template(db, exam_session_id, keys.pictures)
            return LiveExamSession(
                taken, noted, spared, self._services, desk=desk, keys=keys, template=template, away=away
            )

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


def _follow(live: LiveExamSession, message: object) -> None:
    """What was decided elsewhere."""
    if isinstance(message, ChallengeAsked):
        live.challenge(message)
    elif isinstance(message, Standing):
        live.take_over(message)
    elif isinstance(message, SittingPaused):
        live.stood_still([(message.since, message.until)])
    elif isinstance(message, DeskChanged):
        live.follow(message.changes)
    elif isinstance(message, OutageTold):
        live.sitting.ends_at = message.ends_at
        live.follow({"outage_seconds": message.total_seconds})
    elif isinstance(message, LetIn) and message.started_at is not None:
        live.sitting.ends_at = message.ends_at
        live.begin(message.started_at)
    if not isinstance(message, StateChanged):
        return
    live.sitting.ends_at = message.ends_at
    if message.type != "extended":
        live.sitting.state = STATES.get(message.type) or SessionState(message.type)
    if message.type == "resumed":
        live.resumed()


async def _keys(db: AsyncSession, taken: ExamSession) -> SittingKeys:
    shelves = (Shelf.PICTURES,) if taken.exam.practice else (Shelf.PICTURES, Shelf.RECORD)
    keys = await session_keys(db, taken.id, *shelves)
    return SittingKeys(keys[Shelf.PICTURES], keys.get(Shelf.RECORD))


async def _with_people(db: AsyncSession, exam_session_id: int) -> ExamSession:
    taken: ExamSession | None = await db.scalar(
        select(ExamSession)
        .options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
        .where(ExamSession.id == exam_session_id)
    )
    if taken is None:
        raise Missing
    return taken
