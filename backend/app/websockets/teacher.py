"""The live page's socket: a snapshot of an exam's sittings, then every change, and the latest thumbnails."""

import asyncio

import structlog
from fastapi import APIRouter
from prometheus_client import Gauge
from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.core.clock import now
from app.core.config import Settings
from app.core.events import Bus
from app.db.models import Exam
from app.db.session import Sessions, is_passing, unit_of_work
from app.schemas.realtime import (
    PROTOCOL,
    ChallengeDone,
    Close,
    LiveHead,
    LiveSession,
    Ping,
    SessionUpdated,
    Thumbnail,
    ViolationChanged,
    exam_topic,
)
from app.schemas.sitting_messages import OutageTold, Watch
from app.services.exam_sessions import SittingChanged
from app.services.live_exam_sessions import LiveExamSessions
from app.services.live_view import snapshot, views
from app.services.tickets import Guest
from app.websockets.door import Refusal, admit_staff, origin_allowed, row_id
from app.websockets.hub import Outbox
from app.websockets.intake import NotAMessage, parse_text
from app.websockets.pace import TokenBucket
from app.websockets.rights import Rights

log = structlog.get_logger(__name__)
router = APIRouter()

LARGEST_WATCH = 16 * 1024
VIEWERS = Gauge("proctor_teacher_sockets", "Live pages open now.")


@router.websocket("/proctoring/live/{exam_id}")
async def teacher_socket(websocket: WebSocket, exam_id: str, token: str = "") -> None:
    """For the exam's staff."""
    state = websocket.app.state
    settings: Settings = state.settings
    if not origin_allowed(websocket, settings):
        await websocket.close(Close.POLICY)
        return
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
    try:
        guest, _who, exam = await admit_staff(state.sessions, settings, token=token, exam_id=row_id(exam_id))
    except Refusal as refusal:
        await websocket.close(refusal.code)
        return
    with VIEWERS.track_inprogress():
        await Viewer(websocket, exam, guest).serve()


class Viewer:
    """One open live page.

    What is announced while the snapshot is read is sent right behind it, and read again where it was only a head: so
    nothing is missing and nothing old stays over new, however much goes on.
    """

    def __init__(self, websocket: WebSocket, exam: Exam, guest: Guest) -> None:
        state = websocket.app.state
        self._websocket = websocket
        self._exam = exam
        self._guest = guest
        self._sessions: Sessions = state.sessions
        self._bus: Bus = state.bus
        self._live: LiveExamSessions = state.live
        self._settings: Settings = state.settings
        self._rights: Rights = state.rights
        self._outbox = Outbox(websocket)
        self._following = False
        self._meanwhile: list[ViolationChanged] = []
        self._changed: set[int] = set()
        self._overtaken: set[int] = set()
        self._look_again = asyncio.Event()
        self._watched: set[int] | None = None
        self._said = TokenBucket(self._settings.MESSAGES_PER_SECOND, self._settings.MESSAGE_BURST)

    async def serve(self) -> None:
        """Until either side leaves."""
        with self._bus.listening(exam_topic(self._exam.id), self._on_announcement):
            sender = asyncio.create_task(self._outbox.run())
            right = self._rights.watch(self._outbox, self._guest, self._settings.RECHECK_SECONDS)
            works = (self._begin_and_follow(), self._read(), self._ping(), right)
            tasks = [asyncio.create_task(work) for work in works]
            try:
                await asyncio.wait([sender, *tasks], return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    if task.done() and (error := task.exception()) is not None:
                        self._close_for(error)
                self._outbox.close(1000)
                await sender
            finally:
                sender.cancel()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(sender, *tasks, return_exceptions=True)

    def _close_for(self, error: BaseException) -> None:
        if isinstance(error, WebSocketDisconnect):
            self._outbox.close(1000)
        elif is_passing(error):
            self._outbox.close(Close.TRY_LATER)
        else:
            log.error("viewer.failed", exam_id=self._exam.id, error=type(error).__name__)
            self._outbox.close(1011)

    async def _begin_and_follow(self) -> None:
        """The snapshot; then sittings that others changed in the database are read again, all the others speak up."""
        async with unit_of_work(self._sessions) as db:
            found = await snapshot(db, self._exam, self._live)
        self._outbox.send(found)
        self._following = True
        for message in self._meanwhile:
            self._outbox.send(message)
        self._meanwhile.clear()
        for shown in self._live.thumbnails(self._exam.id):
            self._show(shown)
        while True:
            await self._look_again.wait()
            self._look_again.clear()
            self._overtaken.clear()
            for row in await self._read_changed():
                if row.id not in self._overtaken:  # a newer head went out while we were reading
                    self._send_row(row)

    async def _read_changed(self) -> list[LiveSession]:
        changed, self._changed = self._changed, set()
        async with unit_of_work(self._sessions) as db:
            return await views(db, changed, self._live)

    def _send_row(self, row: LiveSession) -> None:
        head = LiveHead.model_validate(row.model_dump(exclude={"violations"}))
        self._outbox.newest(row.id, SessionUpdated(session=head))

    def _on_announcement(self, _topic: str, message: object) -> None:
        if isinstance(message, Thumbnail):
            if self._following:
                self._show(message)
        elif isinstance(message, SittingChanged):
            self._changed.add(message.exam_session_id)
            self._look_again.set()
        elif isinstance(message, ChallengeDone | OutageTold):
            if self._following:
                self._outbox.send(message)
        elif isinstance(message, ViolationChanged):
            if self._following:
                self._outbox.send(message)
            else:
                self._meanwhile.append(message)
                self._changed.add(message.session_id)
                self._look_again.set()
        elif isinstance(message, SessionUpdated):
            if self._following:
                self._outbox.newest(message.session.id, message)
                self._overtaken.add(message.session.id)
            else:
                self._changed.add(message.session.id)
                self._look_again.set()

    def _show(self, shown: Thumbnail) -> None:
        if self._watched is None or shown.session_id in self._watched:
            self._outbox.picture((shown.session_id, shown.source), shown.packed)

    async def _read(self) -> None:
        """A viewer says which pictures are on its screen, and leaves."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1006))
            if not self._said.take():
                self._outbox.close(Close.RATE)
                return
            try:
                self._watch_only(Watch.model_validate(parse_text(message.get("text") or "", largest=LARGEST_WATCH)))
            except (NotAMessage, ValidationError) as error:
                code = error.code if isinstance(error, NotAMessage) else "bad_message"
                self._outbox.problem(code)

    def _watch_only(self, wanted: Watch) -> None:
        """Pictures of these sittings alone from now on, the latest of those that are new at once."""
        before, self._watched = self._watched, None if wanted.session_ids is None else set(wanted.session_ids)
        if not self._following:
            return
        for shown in self._live.thumbnails(self._exam.id):
            if before is not None and shown.session_id not in before:
                self._show(shown)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(self._settings.PING_SECONDS)
            self._outbox.send(Ping(server_time=now()))
