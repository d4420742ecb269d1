"""What a student's client shows and lets hear: may be lost, the newest wins; each picture gets an answer."""

import asyncio
from typing import Any

from prometheus_client import Counter

from app.ai.guard import check_picture
from app.ai.report import report_json
from app.ai.sound_types import SoundRefused
from app.ai.types import FrameRefused, FrameReport
from app.core.clock import monotonic
from app.core.config import Settings
from app.core.i18n import text
from app.domain.advice import Adviser
from app.domain.exam_sessions import SessionState
from app.domain.sources import Source
from app.domain.violations import NeutralState
from app.schemas.realtime import FRAME_KINDS, Advice, BinaryMessage, FrameDone, Slow
from app.services.proctoring import LiveExamSession
from app.websockets.hub import Outbox
from app.websockets.intake import NotAMessage
from app.websockets.mailbox import Mailbox, Tray

DROPPED = Counter("proctor_frames_dropped_total", "Frames replaced by a newer one before they were looked at.")
SOUND_DROPPED = Counter("proctor_sounds_dropped_total", "Chunks of sound replaced by newer ones, unheard.")

SOUND_WAITING = 4
"""Chunks of sound in memory at most, of a second or so each."""
AUDIO = 2


class Sights:
    """The binary messages of one connection, between its reader and the live exam session."""

    def __init__(self, live: LiveExamSession, settings: Settings, outbox: Outbox) -> None:
        self._live = live
        self._settings = settings
        self._outbox = outbox
        self._mailboxes: dict[Source, Mailbox[BinaryMessage]] = {source: Mailbox() for source in Source}
        self._sounds: Tray[BinaryMessage] = Tray(SOUND_WAITING)
        self._adviser = Adviser()
        self._told_deaf = False
        self._slowed_at = 0.0

    def take(self, body: bytes) -> None:
        """Sort a binary message in. Raises NotAMessage."""
        message = BinaryMessage.parse(body)
        if message is None:
            raise NotAMessage("too_short")
        if message.kind == AUDIO:
            self._take_sound(message)
            return
        source = FRAME_KINDS.get(message.kind)
        if source is None:
            self._outbox.problem("unknown_kind", number=message.number, kind=message.kind)
            return
        if self._live.sitting.state == SessionState.PAUSED:
            self._done(message.number, None, source)
            return
        try:
            check_picture(message.body)
            if len(message.body) > self._settings.MAX_FRAME_BYTES:
                raise FrameRefused("too_large")
        except FrameRefused as refused:
            self._refuse(message.number, refused.code, source)
        else:
            self._mailboxes[source].put(message)

    def declare_sound(self, header: dict[str, Any]) -> None:
        """How the chunks that follow are packed."""
        try:
            self._live.hearing.declare(header)
        except SoundRefused as refused:
            self._outbox.problem("audio_refused", number=0, reason=refused.code)

    async def judge(self, source: Source) -> None:
        """Until cancelled: show the engine the newest picture of a source."""
        pause = (0.5 if source is Source.CAMERA else 1.0) / self._settings.MAX_FPS
        while True:
            message = await self._mailboxes[source].take()
            begun = monotonic()
            try:
                report = await self._look(source, message)
            except FrameRefused as refused:
                self._refuse(message.number, refused.code, source)
            else:
                self._done(message.number, report, source)
                if report is None:
                    self._slow_down()
            # A client may send up to twice the rate it was asked for; beyond that the mailbox thins it out.
            await asyncio.sleep(max(0.0, pause - (monotonic() - begun)))

    async def listen(self) -> None:
        """Until cancelled: let the engine listen to the oldest chunk of sound."""
        while True:
            message = await self._sounds.take()
            try:
                await self._live.listen_to(message.body, message.captured_at, message.number)
            except SoundRefused as refused:
                self._outbox.problem("audio_refused", number=message.number, reason=refused.code)

    def count_dropped(self) -> int:
        """At the end: how many pictures were never looked at."""
        dropped = sum(mailbox.dropped for mailbox in self._mailboxes.values())
        DROPPED.inc(dropped)
        SOUND_DROPPED.inc(self._sounds.dropped)
        return dropped

    def _take_sound(self, message: BinaryMessage) -> None:
        if self._live.hearing.wanted:
            self._sounds.put(message)
        elif not self._told_deaf:
            self._told_deaf = True
            self._outbox.problem("audio_refused", number=message.number, reason="switched_off")

    async def _look(self, source: Source, message: BinaryMessage) -> FrameReport | None:
        if source is Source.CAMERA:
            return await self._live.judge(message.body, message.captured_at, checked=True)
        return await self._live.judge_beside(source, message.body, message.captured_at)

    def _done(self, number: int, report: FrameReport | None, source: Source) -> None:
        main = source is Source.CAMERA
        states = report.states if report is not None else self._live.states if main else ()
        advice = self._adviser.advise(states, self._live.clock.at) if main else None
        self._outbox.send(
            FrameDone(
                number=number,
                source=source,
                report=None if report is None else report_json(report),
                coverage=self._live.coverage,
                states=states,
                advice=None if advice is None else self._advice(advice),
            )
        )

    def _advice(self, state: NeutralState) -> Advice:
        return Advice(code=state, text=text("states", f"{state}.advice", self._live.sitting.language))

    def _slow_down(self) -> None:
        if monotonic() - self._slowed_at >= 5.0:
            self._slowed_at = monotonic()
            self._outbox.send(Slow(max_fps=self._settings.MAX_FPS / 2))

    def _refuse(self, number: int, reason: str, source: Source) -> None:
        beside: dict[str, str] = {} if source is Source.CAMERA else {"source": source}
        self._outbox.problem("frame_refused", number=number, reason=reason, **beside)
