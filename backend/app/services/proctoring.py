"""One live exam session: judges its frames, hears its browser, and keeps what it notes before anyone is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from prometheus_client import Counter

from app.ai.engine import Engine, EngineBusy, EngineStopped
from app.ai.types import FrameReport, FrameRequest, Memory
from app.core.clock import monotonic, now
from app.core.sealing import Sealer
from app.db.models import Accommodation, ExamSession
from app.db.session import Sessions
from app.domain.browser_events import claim
from app.domain.challenges import Outcome
from app.domain.coverage import LONGEST_GAP, Coverage
from app.domain.exam_sessions import OPEN, SessionState
from app.domain.incidents import Change, Incidents
from app.domain.media_clock import MediaClock
from app.domain.sources import Source
from app.domain.trust import TrustBand
from app.domain.violations import NeutralState, ViolationKind
from app.schemas.realtime import ChallengeAsked, LiveHead, SessionUpdated, Thumbnail, exam_topic
from app.services.challenges import Challenges, unanswered
from app.services.client_messages import StoredMessage
from app.services.hearing import Hearing
from app.services.ledger import Entry, Ledger
from app.services.recognition import Recognition
from app.services.side_sources import SideSources
from app.services.sitting import RecentFrame, RecentFrames, Sitting
from app.services.violations import Noted
from app.storage import EvidenceStore

FRAMES = Counter("proctor_frames_total", "Frames by what became of them.", ["outcome"])

CHECKPOINT_SECONDS = 10.0
"""How often coverage and the detectors' memory are stored while nothing happens."""
GLANCE_SECONDS = 2.0
"""How often the exam's teachers hear of coverage and states."""
THUMBNAIL_SECONDS = 1.0
Phase: TypeAlias = Literal["begin", "end"] | None


@dataclass(frozen=True, slots=True)
class Services:
    """What every live exam session needs of its surroundings."""

    sessions: Sessions
    engine: Engine
    store: EvidenceStore
    publish: Callable[[str, object], None]
    sealer: Sealer | None = None
    """Seals face templates; without one no face is enrolled."""


class LiveExamSession:
    """State of one sitting between its student's socket and the database; survives reconnects of the student."""

    def __init__(
        self,
        taken: ExamSession,
        noted: Mapping[int, Noted],
        accommodation: Accommodation | None,
        services: Services,
        *,
        template: bytes | None = None,
    ) -> None:
        self.sitting = Sitting.of(taken, accommodation)
        self.settled = taken.settled
        self.online = False
        self.states: tuple[NeutralState, ...] = ()
        self.thumbnail: Thumbnail | None = None
        self.clock = MediaClock()
        self._services = services
        self._memory: Memory = taken.analysis.get("memory", {})
        self._incidents = self._load_incidents(taken.analysis.get("incidents"))
        self._coverage = Coverage.load(taken.analysis["coverage"]) if taken.analysis else Coverage()
        self._coverage.begin(0.0)
        self._ledger = Ledger(self.sitting, taken, noted, services.sessions)
        self.take_over = self._ledger.take_over
        self._recent = RecentFrames()
        self._beside = SideSources(self.sitting, taken.analysis.get("sides", {}))
        self.recognition = Recognition(self.sitting, services.sessions, services.sealer, template)
        self.hearing = Hearing(self.sitting, services.engine)
        self.challenges = Challenges(self.sitting, services.sessions)
        self._lock = asyncio.Lock()
        self._stored_at = 0.0
        self._glanced: LiveHead | None = None
        self._glanced_at = 0.0
        self._thumbnail_at = 0.0

    # --- what comes in ----------------------------------------------------------------------------------------

    async def judge(self, jpeg: bytes, captured_ms: int) -> FrameReport | None:
        """Let the engine look at a frame and keep what follows from it; None where the server is too busy, or paused.

        Raises FrameRefused where the picture itself is at fault, ExamSessionEnded when it came too late.
        """
        if self.sitting.state == SessionState.PAUSED:
            return None
        at = self.clock.tick(self.elapsed(), captured_ms)
        request = FrameRequest(
            jpeg=jpeg,
            at=at,
            memory=self._memory,
            disabled=self.sitting.disabled | self.challenges.spared(at),
            thumbnail=self._wants_thumbnail(),
            reference=self.recognition.reference,
            enrol=self.recognition.enrolling,
        )
        try:
            report = await self._services.engine.analyze(request)
        except (EngineBusy, EngineStopped):
            FRAMES.labels("busy").inc()
            await self._blind(at, NeutralState.SERVER_BUSY)
            return None
        FRAMES.labels("judged").inc()
        self._memory = report.memory
        if report.template is not None:
            await self.recognition.offer(report.template)
        self._remember(report, jpeg, captured_ms)
        await self._commit(lambda: self._weigh(report), checkpoint=at - self._stored_at >= CHECKPOINT_SECONDS)
        await self.settle_challenge(report)
        self._glance()
        return report

    async def judge_beside(self, source: Source, jpeg: bytes, captured_ms: int) -> FrameReport | None:
        """As `judge`, for a second camera or the screen: it neither raises nor lowers coverage."""
        if self.sitting.state == SessionState.PAUSED:
            return None
        side, elapsed = self._beside[source], self.elapsed()
        at = side.clock.tick(elapsed, captured_ms)
        if source is Source.SCREEN:
            await self._screen_came(elapsed)
        try:
            report = await self._services.engine.analyze(side.request(jpeg, at))
        except (EngineBusy, EngineStopped):
            FRAMES.labels("busy").inc()
            return None
        FRAMES.labels("judged").inc()
        shown = self._beside.remember(side, report, jpeg, captured_ms)
        if shown is not None:
            self._services.publish(exam_topic(self.sitting.exam_id), shown)
        await self._commit(lambda: [*side.weigh(report), *self._beside.explained(self._incidents, at)])
        return report

    async def listen_to(self, sound: bytes, captured_ms: int, number: int | None = None) -> None:
        """Let the engine listen to a chunk of sound and keep what follows from it.

        Raises SoundRefused where the sound itself is at fault, ExamSessionEnded when it came too late.
        """
        if self.hearing.wanted and self.sitting.state != SessionState.PAUSED:
            elapsed = self.elapsed()
            found = await self.hearing.listen(sound, elapsed=elapsed, captured_ms=captured_ms, number=number)
            if found is not None:
                await self._commit(lambda: self._incidents.hear(found.heard, found.until))

    async def hear(self, messages: Sequence[StoredMessage]) -> int:
        """Keep numbered messages, in order and without gaps, with the violations they mean; returns the last seq.

        Whoever returns from here may be told that everything up to that seq is committed.
        """
        at = max(self.elapsed(), self.clock.at)

        def apply() -> list[Change]:
            events = [message.event for message in self._fresh(messages) if message.event is not None]
            return [change for event in events for change in self._happened(event.kind, event.phase, at)]

        await self._commit(apply, messages=messages)
        return self.last_seq

    async def quiet(self) -> None:
        """Wait until what is being stored now is stored: a new connection must know where the older one got to."""
        async with self._lock:
            pass

    async def note_event(self, kind: ViolationKind, phase: Phase = None) -> None:
        """A browser event that came without a number (seed dialects): kept before this returns."""
        at = max(self.elapsed(), self.clock.at)
        await self._commit(lambda: self._happened(kind, phase, at))

    def challenge(self, asked: ChallengeAsked) -> None:
        """The exam's staff asks the student to turn the head."""
        self.challenges.begin(asked, at=self.elapsed(), memory=self._memory)

    async def settle_challenge(self, report: FrameReport | None = None, *, leaving: bool = False) -> None:
        """Look for the answer to a challenge in a frame, or only at the clock; note and tell how it ended."""
        one = self.challenges.follow(report, at=self.elapsed(), leaving=leaving)
        if one is None:
            return
        outcome = Outcome.NOT_JUDGED if leaving or self.sitting.state != SessionState.ACTIVE else one.outcome()
        if outcome == Outcome.FAILED and not self.challenges.switched_off:
            await self._commit(lambda: self._incidents.event(unanswered(one), self.clock.at))
        await self.challenges.tell(one, outcome)

    async def checkpoint(self) -> None:
        """Store what is only in memory: coverage and what the detectors remember."""
        await self._commit(list, checkpoint=True)

    async def finish(self) -> None:
        """Close what is open and settle the score; the exam session has ended already."""
        end = max(self.clock.at, self.sitting.elapsed(self.sitting.ended_at or now()))

        def apply() -> list[Change]:
            if end - self.clock.at > LONGEST_GAP:
                self._coverage.unseen(end, NeutralState.LINK_LOST)
            return [*self._incidents.finish(end), *self._beside.finish(end)]

        await self._commit(apply, checkpoint=True, settle=True)

    def resumed(self) -> None:
        """The clock runs again after a pause, in which there was nothing to see."""
        self._coverage.skip(self.elapsed())
        self._beside.share.restart(self.elapsed())

    def connected(self) -> None:
        """The student is here (again)."""
        self.clock.restart(self.elapsed())
        self.hearing.connected(self.elapsed())
        self._beside.connected(self.elapsed())
        self.online = True
        self._glance(force=True)

    def disconnected(self) -> None:
        """The student is away; nothing follows from that but missing coverage."""
        self.online = False
        self.states = (NeutralState.LINK_LOST,)
        self._glance(force=True)

    def elapsed(self) -> float:
        """Seconds since the sitting began, by the server's clock."""
        return self.sitting.elapsed(now())

    # --- what it looks like -------------------------------------------------------------------------------------

    @property
    def coverage(self) -> float | None:
        """Share of the time that could be judged, 0..1; None before any time has passed."""
        return self._coverage.share if self._coverage.total > 0 else None

    @property
    def band(self) -> TrustBand:
        """Where the score lies between the exam's thresholds."""
        return self.sitting.band_of(self.trust)

    @property
    def trust(self) -> float:
        """The score as stored, 0..100."""
        return self._ledger.trust

    @property
    def last_seq(self) -> int:
        """The last numbered message stored."""
        return self._ledger.last_seq

    def view(self) -> LiveHead:
        """For the exam's teachers."""
        sitting = self.sitting
        return LiveHead(
            id=sitting.id,
            student=sitting.student,
            state=sitting.state,
            online=self.online,
            trust=round(self.trust, 2),
            band=self.band,
            coverage=None if self.coverage is None else round(self.coverage, 4),
            states=self.states if sitting.state == SessionState.ACTIVE else (),
            started_at=sitting.began,
            ends_at=sitting.ends_at,
            ended_at=sitting.ended_at,
        )

    @property
    def thumbnails(self) -> list[Thumbnail]:
        """The latest picture of each source."""
        return [*([self.thumbnail] if self.thumbnail else []), *self._beside.thumbnails]

    # --- inside -------------------------------------------------------------------------------------------------

    def _load_incidents(self, dumped: Mapping[str, Any] | None) -> Incidents:
        rules = self.sitting.rules
        return Incidents.load(dumped, rules) if dumped else Incidents(rules)

    def _fresh(self, messages: Sequence[StoredMessage]) -> list[StoredMessage]:
        """Without what an earlier connection of this student has brought already."""
        return [message for message in messages if message.seq > self.last_seq]

    def _happened(self, kind: ViolationKind, phase: Phase, at: float) -> list[Change]:
        if kind in self.sitting.disabled:
            return []
        if phase == "end":
            return self._incidents.end(kind, at)
        if self.sitting.state == SessionState.PAUSED:  # nobody sits an exam that stands still
            return []
        observation = claim(kind)
        return self._incidents.begin(observation, at) if phase else self._incidents.event(observation, at)

    def _weigh(self, report: FrameReport) -> list[Change]:
        self.states = report.states
        changes = self._beside.pass_to(report.at)
        missed = self._beside.missed_screen(self.elapsed())
        if missed is not None and missed.kind not in self.sitting.disabled:
            changes += self._incidents.begin(missed, report.at)
        if report.states:
            self._coverage.unseen(report.at, report.states[0])
            return [*changes, *self._incidents.unseen(report.at)]
        self._coverage.saw(report.at)
        return [*changes, *self._incidents.see(report.observations, report.at)]

    async def _screen_came(self, elapsed: float) -> None:
        """What the server itself took for stopped goes on; what the browser reported, it must take back itself."""
        share = self._beside.share
        share.screen(elapsed)
        if share.stopped:
            share.stopped = False
            await self._commit(lambda: self._incidents.end(ViolationKind.SCREEN_SHARE_STOPPED, self.clock.at))

    async def _blind(self, at: float, state: NeutralState) -> None:
        def apply() -> list[Change]:
            self.states = (state,)
            self._coverage.unseen(at, state)
            return self._incidents.unseen(at)

        await self._commit(apply)
        self._glance()

    def _remember(self, report: FrameReport, jpeg: bytes, captured_ms: int) -> None:
        self._recent.add(RecentFrame(report.at, jpeg, {o.kind: o.confidence for o in report.observations}))
        if report.thumbnail is not None:
            self.thumbnail = Thumbnail(self.sitting.id, captured_ms, report.thumbnail)
            self._thumbnail_at = monotonic()
            self._services.publish(exam_topic(self.sitting.exam_id), self.thumbnail)

    def _wants_thumbnail(self) -> bool:
        return monotonic() - self._thumbnail_at >= THUMBNAIL_SECONDS

    def _glance(self, *, force: bool = False) -> None:
        """Tell the teachers what is not worth a transaction: states, coverage, presence.

        Of one that has ended the database knows better: it is announced when that is settled.
        """
        if self.sitting.state not in OPEN:
            return
        if not force and monotonic() - self._glanced_at < GLANCE_SECONDS:
            return
        view, self._glanced_at = self.view(), monotonic()
        if view != self._glanced:
            self._glanced = view
            self._services.publish(exam_topic(self.sitting.exam_id), SessionUpdated(session=view))

    async def _commit(
        self,
        apply: Callable[[], list[Change]],
        *,
        messages: Sequence[StoredMessage] = (),
        checkpoint: bool = False,
        settle: bool = False,
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
            await self._ledger.store(Entry(self._state(), changes, pictures, messages, settle))
            self._stored_at = self.clock.at
            self._beside.stored(pictures)
        if changes:
            self._glance(force=True)

    def _state(self) -> dict[str, Any]:
        """What the exam session's row remembers, so that a restarted server goes on where this one was."""
        analysis = {
            "memory": self._memory,
            "incidents": self._incidents.dump(),
            "coverage": self._coverage.dump(),
            "sides": self._beside.dump(),
        }
        return {"coverage": self.coverage, "analysis": analysis}

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
