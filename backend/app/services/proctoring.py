"""One live exam session: judges its frames, hears its browser, and keeps what it notes before anyone is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from prometheus_client import Counter

from app.ai.engine import EngineBusy, EngineStopped
from app.ai.types import FrameReport, FrameRequest
from app.core.clock import monotonic, now
from app.db.models import Accommodation, ExamSession
from app.domain.browser_events import claim
from app.domain.challenges import Outcome
from app.domain.coverage import LONGEST_GAP
from app.domain.exam_sessions import OPEN, SessionState
from app.domain.incidents import Change
from app.domain.sources import Source
from app.domain.trust import TrustBand
from app.domain.violations import NeutralState, ViolationKind
from app.schemas.realtime import ChallengeAsked, LiveHead, Thumbnail, exam_topic
from app.schemas.sitting_messages import Heartbeat
from app.services.attendance import Attendance
from app.services.challenges import Challenges, unanswered
from app.services.client_messages import StoredMessage
from app.services.desk import Desk
from app.services.hearing import Hear, Hearing
from app.services.kept_sitting import KeptSitting, Services
from app.services.recognition import Recognition
from app.services.sitting import RecentFrame, Sitting, SittingKeys
from app.services.tile import Tile
from app.services.violations import Noted

FRAMES = Counter("proctor_frames_total", "Frames by what became of them.", ["outcome"])

CHECKPOINT_SECONDS = 10.0
"""How often coverage and the detectors' memory are stored while nothing happens."""
THUMBNAIL_SECONDS = 1.0
Phase: TypeAlias = Literal["begin", "end"] | None


class LiveExamSession(KeptSitting):
    """State of one sitting between its student's socket and the database; survives reconnects of the student."""

    def __init__(
        self,
        taken: ExamSession,
        noted: Mapping[int, Noted],
        accommodation: Accommodation | None,
        services: Services,
        *,
        desk: Desk,
        keys: SittingKeys | None = None,
        template: bytes | None = None,
        away: bool = False,
    ) -> None:
        super().__init__(Sitting.of(taken, accommodation), taken, noted, services)
        self.sitting.keys = keys
        self.settled = taken.settled
        self.states: tuple[NeutralState, ...] = ()
        self.thumbnail: Thumbnail | None = None
        self.take_over = self._ledger.take_over
        self.recognition = Recognition(self.sitting, services.sessions, template)
        self.hearing = Hearing(self.sitting, services.engine)
        self.challenges = Challenges(self.sitting, services.sessions)
        self.attendance = Attendance(self.sitting, services.sessions, services.pulse, away=away)
        self.desk = desk
        self._tile = Tile(self.sitting, desk, services.publish)
        self._thumbnail_at = 0.0

    # --- what comes in ----------------------------------------------------------------------------------------

    async def judge(self, jpeg: bytes, captured_ms: int, *, checked: bool = False) -> FrameReport | None:
        """Let the engine look at a frame and keep what follows from it; None where the server is too busy, or paused.

        Raises FrameRefused where the picture itself is at fault, ExamSessionEnded when it came too late.
        """
        if self.sitting.state == SessionState.PAUSED:
            return None
        self.attendance.heard()
        waiting, at = self.sitting.state == SessionState.CREATED, self.clock.tick(self.elapsed(), captured_ms)
        request = FrameRequest(
            jpeg=jpeg,
            at=at,
            memory={} if waiting else self._memory,
            disabled=self.sitting.disabled | self.challenges.spared(at),
            thumbnail=self._wants_thumbnail(),
            reference=self.recognition.reference,
            enrol=self.recognition.enrolling,
            speech=self.hearing.speech(at),
            checked=checked,
        )
        try:
            report = await self._services.engine.analyze(request)
        except (EngineBusy, EngineStopped):
            FRAMES.labels("busy").inc()
            if not waiting:
                await self._blind(at, NeutralState.SERVER_BUSY)
            return None
        FRAMES.labels("judged").inc()
        if report.template is not None:
            await self.recognition.offer(report.template)
        self._remember(report, jpeg, captured_ms)
        if waiting or self.sitting.state == SessionState.CREATED:  # shown to the staff, held against nobody
            self.states = report.states
            return report
        self._memory = report.memory
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
        if source is Source.SCREEN and self.sitting.state != SessionState.CREATED:
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
        if side is self._beside[source] and self.sitting.state != SessionState.CREATED:
            await self._commit(lambda: [*side.weigh(report), *self._beside.explained(self._incidents, at)])
        return report

    async def listen_to(self, sound: bytes, captured_ms: int, number: int | None = None) -> Hear | None:
        """Let the engine listen to a chunk of sound and keep what follows from it; what was heard.

        Raises SoundRefused where the sound itself is at fault, ExamSessionEnded when it came too late.
        """
        self.attendance.heard()
        found = None
        if self.hearing.wanted and self.sitting.state != SessionState.PAUSED:
            elapsed = self.elapsed()
            found = await self.hearing.listen(sound, elapsed=elapsed, captured_ms=captured_ms, number=number)
            if found is not None:
                self.desk.hear(found.level, found.speech)
            if found is not None and self.sitting.state != SessionState.CREATED:
                self._sound.note(found)
                due = self._sound.due
                await self._commit(lambda: self._incidents.hear(found.heard, found.until), checkpoint=due)
        return found

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

    async def note_event(self, kind: ViolationKind, phase: Phase = None) -> bool:
        """A browser event that came without a number (seed dialects): kept before this returns.

        Whether anything follows from it: not where the exam does not look for it, nor while it stands still.
        """
        self.attendance.heard()
        at, changes = max(self.elapsed(), self.clock.at), list[Change]()

        def apply() -> list[Change]:
            changes[:] = self._happened(kind, phase, at)
            return changes

        await self._commit(apply)
        return bool(changes)

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

    def begin(self, began: datetime) -> None:
        """The clock runs from now on; what was seen while it did not is forgotten."""
        self.sitting.began, self.sitting.state, self.desk.begun = began, SessionState.ACTIVE, True
        self._forget_all()
        self.hearing.begin()
        self._glance(force=True)

    def resumed(self) -> None:
        """The clock runs again after a pause, in which there was nothing to see."""
        self._beside.share.restart(self.elapsed())

    def follow(self, changes: Mapping[str, Any]) -> None:
        """What the staff see of the desk has changed elsewhere."""
        self.desk.follow(changes)
        self._glance(force=True)

    def beat(self, heartbeat: Heartbeat) -> None:
        """The student's client is there, and says where the student is."""
        if heartbeat.position is not None:
            self.desk.question = self._question = heartbeat.position
        self.desk.kbps = heartbeat.kbps
        self._glance()

    def connected(self) -> None:
        """The student is here (again)."""
        self.clock.restart(self.elapsed())
        self.hearing.connected(self.elapsed())
        self._beside.connected(self.elapsed())
        self.attendance.online = True
        self._glance(force=True)

    async def disconnected(self) -> None:
        """The student is away; nothing follows from that but missing coverage, and an entry in the outage ledger."""
        self.attendance.online = False
        self.states = (NeutralState.LINK_LOST,)
        self.desk.left()
        self._glance(force=True)
        await self.settle_challenge(leaving=True)
        if self.sitting.state not in OPEN:
            return
        away_since = self.attendance.away_since() if self.desk.begun else None
        await self._commit(list, checkpoint=True, away_since=away_since, leaving=True)

    # --- what it looks like -------------------------------------------------------------------------------------

    @property
    def online(self) -> bool:
        """Whether the student is connected here."""
        return self.attendance.online

    @property
    def band(self) -> TrustBand:
        """Where the score lies between the exam's thresholds."""
        return self.sitting.band_of(self.trust)

    @property
    def trust(self) -> float:
        """The score as stored, 0..100."""
        return self._ledger.trust

    @property
    def noted(self) -> int:
        """How many violations there are."""
        return self._ledger.count

    def view(self) -> LiveHead:
        """For the exam's teachers."""
        return self._tile.head(
            online=self.online, trust=self.trust, band=self.band, coverage=self.coverage, states=self.states
        )

    @property
    def thumbnails(self) -> list[Thumbnail]:
        """The latest picture of each source."""
        return [*([self.thumbnail] if self.thumbnail else []), *self._beside.thumbnails]

    # --- inside -------------------------------------------------------------------------------------------------

    def _happened(self, kind: ViolationKind, phase: Phase, at: float) -> list[Change]:
        if kind in self.sitting.disabled:
            return []
        if phase == "end":
            return self._incidents.end(kind, at)
        if self.sitting.state in (SessionState.CREATED, SessionState.PAUSED):  # nobody sits an exam that stands still
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

    def _kept(self, changes: Sequence[Change]) -> None:
        if changes:
            self._glance(force=True)

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
        self._tile.glance(self.view, force=force)
