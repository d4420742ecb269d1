"""What a live sitting holds in memory, kept in step with the database: changed here and stored there, or neither."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.ai.engine import Engine
from app.ai.types import Memory
from app.core.clock import now
from app.db.models import ExamSession
from app.db.session import Sessions
from app.domain.coverage import Coverage
from app.domain.incidents import Change, Incidents
from app.domain.media_clock import MediaClock
from app.services.client_messages import StoredMessage
from app.services.film_lane import FilmLane
from app.services.ledger import Entry, Ledger
from app.services.pulse import Pulse
from app.services.side_sources import SideSources
from app.services.sitting import RecentFrames, Sitting
from app.services.sound_lane import SoundLane
from app.services.violations import Noted
from app.storage import EvidenceStore


@dataclass(frozen=True, slots=True)
class Services:
    """What every live exam session needs of its surroundings."""

    sessions: Sessions
    engine: Engine
    store: EvidenceStore
    publish: Callable[[str, object], None]
    pulse: Pulse = field(default_factory=Pulse)


class KeptSitting(ABC):
    """Incidents, coverage and detectors' memory of one sitting, and the one way to change them."""

    def __init__(self, sitting: Sitting, taken: ExamSession, noted: Mapping[int, Noted], services: Services) -> None:
        self.sitting = sitting
        self.clock = MediaClock()
        self._services = services
        self._memory: Memory = taken.analysis.get("memory", {})
        self._incidents = self._load_incidents(taken.analysis.get("incidents"))
        self._coverage = Coverage.load(taken.analysis["coverage"]) if taken.analysis else Coverage()
        self._coverage.begin(0.0)
        self.stood_still(
            [(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in taken.pauses]
        )
        self._ledger = Ledger(self.sitting, taken, noted, services.sessions)
        self._question: int | None = taken.question
        self._recent = RecentFrames()
        self._beside = SideSources(self.sitting, taken.analysis.get("sides", {}))
        self._sound = SoundLane()
        self._film = FilmLane(self.sitting, taken.analysis.get("film", 0))
        self._lock = asyncio.Lock()
        self._stored_at = 0.0

    @property
    def coverage(self) -> float | None:
        """Share of the time that could be judged, 0..1; None before any time has passed."""
        return self._coverage.share if self._coverage.total > 0 else None

    @property
    def last_seq(self) -> int:
        """The last numbered message stored."""
        return self._ledger.last_seq

    def elapsed(self) -> float:
        """Seconds since the sitting began, by the server's clock."""
        return self.sitting.elapsed(now())

    def stood_still(self, pauses: Sequence[tuple[datetime, datetime]]) -> None:
        """From … to … the sitting was paused: the time counts for nothing."""
        for since, until in pauses:
            self._coverage.paused(self.sitting.elapsed(since), self.sitting.elapsed(until))

    def _forget_all(self) -> None:
        """The sitting begins now."""
        self.clock, self._memory, self._incidents = MediaClock(), {}, self._load_incidents(None)
        self._coverage = Coverage()
        self._coverage.begin(0.0)
        self._recent, self._beside = RecentFrames(), SideSources(self.sitting, {})
        self._sound, self._film = SoundLane(), FilmLane(self.sitting)

    def _load_incidents(self, dumped: Mapping[str, Any] | None) -> Incidents:
        rules = self.sitting.rules
        return Incidents.load(dumped, rules) if dumped else Incidents(rules)

    def _fresh(self, messages: Sequence[StoredMessage]) -> list[StoredMessage]:
        """Without what an earlier connection of this student has brought already."""
        return [message for message in messages if message.seq > self.last_seq]

    async def _commit(
        self,
        apply: Callable[[], list[Change]],
        *,
        messages: Sequence[StoredMessage] = (),
        checkpoint: bool = False,
        settle: bool = False,
        away_since: datetime | None = None,
        leaving: bool = False,
    ) -> None:
        """Apply changes in memory and store them in one transaction, as often as the database needs.

        Nothing is lost and nothing doubled: rows are found by their key, and if we must give up (the socket closes,
        the server stops) memory goes back to what the database holds.
        """
        async with self._lock, self._undo_on_failure():
            changes, messages = apply(), self._fresh(messages)
            if not (changes or messages or checkpoint):
                return
            pictures = {c.key: await self._beside.keep(self._services.store, c, self._recent) for c in changes}
            server_pauses = self._services.pulse.pauses() if settle else ()
            sound = self._sound.take(everything=settle or leaving)
            film = self._film.take(self._memory, everything=settle)
            state = self._state() | {"uncompared": settle and self._film.upto > 0}
            entry = Entry(state, changes, pictures, messages, settle, away_since, server_pauses, sound, film)
            await self._ledger.store(entry)
            self._sound.stored()
            self._film.stored()
            self._stored_at = self.clock.at
            self._beside.stored(pictures)
        self._kept(changes)

    def _state(self) -> dict[str, Any]:
        """What the exam session's row remembers, so that a restarted server goes on where this one was."""
        analysis = {
            "memory": self._memory,
            "incidents": self._incidents.dump(),
            "coverage": self._coverage.dump(),
            "sides": self._beside.dump(),
            "film": self._film.upto,
        }
        return {"coverage": self.coverage, "analysis": analysis, "question": self._question}

    @contextlib.asynccontextmanager
    async def _undo_on_failure(self) -> AsyncIterator[None]:
        incidents, coverage = self._incidents.dump(), self._coverage.dump()
        beside, stored = self._beside.incidents(), self._ledger.stored
        try:
            yield
        except BaseException:
            if self._ledger.stored != stored:
                raise  # the connection went away, but what was on its way arrived
            self._incidents, self._coverage = self._load_incidents(incidents), Coverage.load(coverage)
            self._beside.load(beside)
            raise

    @abstractmethod
    def _kept(self, changes: Sequence[Change]) -> None:
        """These changes are stored."""
