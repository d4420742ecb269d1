"""The student's socket: frames in, judgements out; numbered messages in, acknowledged after the commit."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import structlog
from fastapi import APIRouter
from prometheus_client import Gauge, Histogram
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.core.clock import monotonic, now
from app.core.config import Settings
from app.core.events import Bus
from app.db.models import ExamSession
from app.db.session import is_passing
from app.domain.exam_sessions import OPEN, SessionState
from app.domain.sources import Source
from app.schemas.realtime import (
    PROTOCOL,
    Ack,
    ChallengeAsked,
    ChallengeDone,
    Close,
    Hello,
    Limits,
    Problem,
    StateChanged,
    TrustTold,
    ViolationChanged,
    exam_session_topic,
)
from app.schemas.sitting_messages import (
    Ending,
    EndingCancelled,
    Flagged,
    HandLowered,
    Heartbeat,
    LetIn,
    OutageTold,
    RoomView,
    TextTold,
    WordsRead,
)
from app.services.client_messages import understand
from app.services.ledger import ExamSessionEnded
from app.services.live_exam_sessions import LiveExamSessions
from app.services.proctoring import LiveExamSession
from app.services.tickets import Guest
from app.websockets.connections import Connections
from app.websockets.door import Refusal, address_of, admit_student, origin_allowed, row_id
from app.websockets.hub import Outbox
from app.websockets.intake import Intake, NotAMessage, parse_numbered, parse_text
from app.websockets.pace import TokenBucket, watch_silence
from app.websockets.rights import Rights
from app.websockets.seed_dialects import serve_seed_dialect
from app.websockets.sights import Sights

log = structlog.get_logger(__name__)
router = APIRouter()

SOCKETS = Gauge("proctor_student_sockets", "Students' sockets open now.")
ACKS = Histogram(
    "proctor_ack_seconds",
    "From the oldest numbered message of a batch to its acknowledgement.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)

BATCH = 256
"""Numbered messages stored in one transaction at most."""
WAITING = 2048
"""Numbered messages held in memory at most; then the socket is not read until the database has caught up."""
TOLD = (LetIn, TextTold, HandLowered, WordsRead, Ending, EndingCancelled, RoomView, OutageTold, Flagged)
"""Passed on to the student as they are."""
ENDINGS = {"submitted", "terminated", "expired"}


@router.websocket("/proctoring/ws/{session_id}")
async def student_socket(websocket: WebSocket, session_id: str, token: str = "") -> None:
    """One student's line to the server; without our subprotocol it speaks a seed dialect."""
    state = websocket.app.state
    settings: Settings = state.settings
    if not origin_allowed(websocket, settings):
        await websocket.close(Close.POLICY)  # before accepting: a foreign page learns nothing
        return
    native = PROTOCOL in websocket.scope.get("subprotocols", [])
    await websocket.accept(subprotocol=PROTOCOL if native else None)
    live_sessions: LiveExamSessions = state.live
    try:
        async with state.entrance:
            guest, taken, live = await _come_in(websocket, live_sessions, token, row_id(session_id))
    except Refusal as refusal:
        await _turn_away(websocket, refusal.code, native=native)
        return
    try:
        if live.sitting.state not in OPEN:  # it ended while we came in
            await _turn_away(websocket, Close.ENDED, native=native)
            return
        with SOCKETS.track_inprogress():
            if native:
                await StudentConnection(websocket, live, guest).serve(taken)
            else:
                await serve_seed_dialect(websocket, live, guest)
    finally:
        await asyncio.shield(live_sessions.leave(live))


async def _come_in(
    websocket: WebSocket, live_sessions: LiveExamSessions, token: str, exam_session_id: int
) -> tuple[Guest, ExamSession, LiveExamSession]:
    """Who it is, the sitting, and the live one. Raises Refusal."""
    state = websocket.app.state
    guest, taken = await admit_student(
        state.sessions, state.settings, token=token, exam_session_id=exam_session_id, address=address_of(websocket)
    )
    try:
        return guest, taken, await live_sessions.enter(taken.id)
    except Exception as error:
        if not is_passing(error):
            raise
        raise Refusal(Close.TRY_LATER) from None


async def _turn_away(websocket: WebSocket, code: int, *, native: bool) -> None:
    """Say why, if anybody is still there to hear it."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        if not native and code == Close.ENDED:
            await websocket.send_json({"error": "Invalid or completed session"})
        await websocket.close(code if native else Close.seed(code))


class StudentConnection:
    """One connection that speaks 360proctor.v1. Its tasks live and die together."""

    def __init__(self, websocket: WebSocket, live: LiveExamSession, guest: Guest) -> None:
        state = websocket.app.state
        self._websocket = websocket
        self._live = live
        self._guest = guest
        self._settings: Settings = state.settings
        self._rights: Rights = state.rights
        self._bus: Bus = state.bus
        self._connections: Connections = state.connections
        self._outbox = Outbox(websocket)
        self._sights = Sights(live, self._settings, self._outbox)
        self._intake = Intake(next=live.last_seq + 1)
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._texts = TokenBucket(self._settings.MESSAGES_PER_SECOND, self._settings.MESSAGE_BURST)
        # Pictures need no promise, but each costs a look at its header: a client gets twice the rate it may send.
        self._pictures = TokenBucket(
            max(self._settings.MESSAGES_PER_SECOND, 4 * self._settings.MAX_FPS), self._settings.MESSAGE_BURST
        )
        self._heard_at = monotonic()
        self._oldest: float | None = None

    async def serve(self, taken: ExamSession) -> None:
        """Until either side leaves."""
        topic = exam_session_topic(taken.id)
        with self._connections.newest(taken.id, self._outbox), self._bus.listening(topic, self._on_announcement):
            # The older connection stores nothing any more; what it was storing counts before we say where to resume.
            await self._live.quiet()
            self._intake = Intake(next=self._live.last_seq + 1)
            self._live.connected()
            self._outbox.send(self._hello())
            self._tell_outages()
            looking = [self._sights.judge(source) for source in Source]
            silence = watch_silence(self._outbox, lambda: self._heard_at, self._settings.IDLE_SECONDS)
            right = self._rights.watch(self._outbox, self._guest, self._settings.RECHECK_SECONDS)
            code = await self._together(self._read(), self._store(), *looking, self._sights.listen(), silence, right)
            log.info("student.left", exam_session_id=taken.id, code=code, dropped=self._sights.count_dropped())

    async def _together(self, *work: Coroutine[Any, Any, None]) -> int:
        """Run all until one ends; what is still queued for the client goes out, then the socket closes."""
        sender = asyncio.create_task(self._outbox.run())
        tasks = [asyncio.create_task(one) for one in work]
        try:
            await asyncio.wait([sender, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    self._settle_end(task)
            self._outbox.close(Close.POLICY)  # only where nobody has named a code yet
            return await sender
        finally:
            sender.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(sender, *tasks, return_exceptions=True)

    def _settle_end(self, task: "asyncio.Task[None]") -> None:
        error = task.exception()
        if error is None:
            return
        if isinstance(error, WebSocketDisconnect):
            self._outbox.close(1000)
        elif isinstance(error, ExamSessionEnded):
            self._outbox.close(Close.ENDED)
        elif isinstance(error, NotAMessage):
            self._outbox.problem(error.code)
            self._outbox.close(Close.BAD_MESSAGE)
        else:
            log.error("student.failed", exam_session_id=self._live.sitting.id, error=type(error).__name__)
            self._outbox.close(1011)

    def _tell_outages(self) -> None:
        """What ended when this connection began."""
        for told in self._live.attendance.untold:
            self._outbox.send(told)
        self._live.attendance.untold.clear()

    def _hello(self) -> Hello:
        sitting, settings = self._live.sitting, self._settings
        return Hello(
            session_id=sitting.id,
            resume_from=self._intake.next,
            server_time=now(),
            ends_at=sitting.ends_at,
            limits=Limits(max_fps=settings.MAX_FPS, max_bytes=settings.MAX_FRAME_BYTES),
            language=sitting.language,
            state=sitting.state,
            begun=self._live.desk.begun,
            paused=sitting.state == SessionState.PAUSED,
            admitted=self._live.desk.admitted,
        )

    # --- from the client ----------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            await self._room.wait()
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                self._live.attendance.hung_up(code := message.get("code", 1006))
                raise WebSocketDisconnect(code)
            await self._hear()
            body = message.get("text")
            if not (self._pictures if body is None else self._texts).take():
                self._outbox.problem("too_many_messages")
                self._outbox.close(Close.RATE)
                return
            if body is None:
                self._sights.take(message.get("bytes") or b"")
            else:
                self._on_text(body)

    async def _hear(self) -> None:
        """Something came: the line is up, and was down if nothing came for long."""
        self._heard_at = monotonic()
        silent_since = self._live.attendance.silent()
        self._live.attendance.heard()
        if silent_since is not None:
            await self._live.attendance.speak_again(silent_since)

    def _on_text(self, body: str) -> None:
        found = parse_text(body)
        if found.get("type") == "status" and "seq" not in found:
            self._live.beat(Heartbeat.of(found))
            return
        if found.get("type") == "audio":
            self._sights.declare_sound(found)
        word = self._intake.take(numbered := parse_numbered(found))
        if word == "seq_gap":
            self._outbox.problem(word, expected=self._intake.next, got=numbered.seq)
        elif word is not None:
            if word == "seq_changed":
                log.warning("student.seq_changed", exam_session_id=self._live.sitting.id, seq=numbered.seq)
                self._outbox.problem(word, seq=numbered.seq)
            self._outbox.send(Ack(upto=self._live.last_seq))
        if self._intake.ready:
            self._oldest = self._oldest or monotonic()
            self._arrived.set()
        if len(self._intake.ready) >= WAITING:
            self._room.clear()

    # --- to the database ---------------------------------------------------------------------------

    async def _store(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._intake.ready and not self._outbox.closing:
                batch = [understand(message) for message in self._intake.take_ready(BATCH)]
                self._room.set()
                oldest, self._oldest = self._oldest, None
                upto = await self._live.hear(batch)
                ACKS.observe(monotonic() - (oldest or monotonic()))
                for message in batch:
                    if message.refused is not None:
                        self._outbox.problem(message.refused, seq=message.seq)
                self._outbox.send(Ack(upto=upto))

    # --- what happens elsewhere -----------------------------------------------------------------------------------

    def _on_announcement(self, _topic: str, message: object) -> None:
        if isinstance(message, TOLD):
            self._outbox.send(message)
        elif isinstance(message, StateChanged):
            self._outbox.send(message)
            if message.type in ENDINGS:
                self._outbox.close(Close.ENDED)
        elif isinstance(message, ChallengeAsked | ChallengeDone | Problem):
            self._outbox.send(message)
            if isinstance(message, ChallengeAsked):
                self._live.challenges.passed_on(message)
        elif isinstance(message, ViolationChanged):
            self._outbox.send(message)
            if self._live.sitting.show_trust:
                self._outbox.send(TrustTold(score=message.trust, band=self._live.band))
        elif isinstance(message, TrustTold) and self._live.sitting.show_trust:
            self._outbox.send(message)
