"""The seed family on the student's socket: its dialects D0, D1 and D2, translated to the same live exam session.

No rule of proctoring lives here: frames go to `judge`, sound to `listen_to`, what the browser reports to `note_event`;
alerts are the violations that were opened meanwhile. Shapes and words are in seed_shapes.py.
"""

import asyncio
import contextlib
import json
from collections import deque
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.ai.guard import check_picture
from app.ai.sound_types import SoundRefused
from app.ai.types import FrameRefused, FrameReport
from app.core.clock import monotonic, now
from app.core.config import Settings
from app.domain.violations import ViolationKind
from app.schemas.realtime import Close, StateChanged, ViolationChanged, exam_session_topic
from app.services.hearing import Hear
from app.services.ledger import ExamSessionEnded
from app.services.proctoring import LiveExamSession
from app.websockets.door import Guest, may_stay
from app.websockets.hub import Outbox
from app.websockets.intake import NotAMessage, parse_text
from app.websockets.pace import TokenBucket
from app.websockets.seed_shapes import LARGEST_MESSAGE, Answers, SeedMessage, decoded

ENDED = {"error": "Invalid or completed session"}
ENDINGS = {"submitted", "terminated", "expired"}
GREETING_SECONDS = 1.0
"""D1's clients wait to be greeted, D0's know no greeting: whoever says nothing for so long waits."""


async def serve_seed_dialect(websocket: WebSocket, live: LiveExamSession, guest: Guest) -> None:
    """Until either side leaves."""
    connection = SeedConnection(websocket, live, guest)
    state = websocket.app.state
    topic = exam_session_topic(live.sitting.id)
    with (
        state.connections.newest(live.sitting.id, connection.outbox),
        state.bus.listening(topic, connection.on_announcement),
    ):
        live.connected()
        await connection.serve()


class SeedConnection:
    """One message, one answer, in turn."""

    def __init__(self, websocket: WebSocket, live: LiveExamSession, guest: Guest) -> None:
        self.outbox = Outbox(websocket)
        self._websocket = websocket
        self._live = live
        self._guest = guest
        self._answers = Answers(live)
        self._settings: Settings = websocket.app.state.settings
        self._texts = TokenBucket(self._settings.MESSAGES_PER_SECOND, self._settings.MESSAGE_BURST)
        self._opened: deque[ViolationChanged] = deque(maxlen=100)
        self._ids: dict[ViolationKind, int] = {}
        self._trust = live.trust
        self._greeted = False
        self._tab_active: bool | None = None  # unknown: an earlier connection may have left a hidden tab

    def on_announcement(self, _topic: str, message: object) -> None:
        """Hear what was noted and when the exam session ends."""
        if isinstance(message, ViolationChanged):
            self._ids[message.violation.kind] = message.violation.id
            if message.type == "violation.opened":
                self._opened.append(message)
        elif isinstance(message, StateChanged) and message.type in ENDINGS:
            self._say(ENDED)
            self.outbox.close(Close.POLICY)

    async def serve(self) -> None:
        """Read, answer, until somebody ends it."""
        sender = asyncio.create_task(self.outbox.run())
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait([sender, reader], return_when=asyncio.FIRST_COMPLETED)
            if reader.done():
                self.outbox.close(reader.result())
                await sender
        finally:
            for task in (sender, reader):
                task.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)

    async def _read(self) -> int:
        """Returns the code to close with."""
        checked = monotonic()
        waiting = asyncio.create_task(self._greet_whoever_waits())
        try:
            while True:
                async with asyncio.timeout(self._settings.IDLE_SECONDS):
                    body = await self._websocket.receive_text()
                waiting.cancel()
                if not self._texts.take():
                    return Close.RATE
                await self._answer(body)
                if monotonic() - checked > self._settings.RECHECK_SECONDS:
                    checked = monotonic()
                    if not await may_stay(self._websocket.app.state.sessions, self._guest):
                        return Close.POLICY
        except TimeoutError:
            return Close.IDLE
        except (WebSocketDisconnect, KeyError):  # KeyError: a binary message, which no seed dialect knows
            return Close.POLICY
        except ExamSessionEnded:
            self._say(ENDED)
            return Close.POLICY
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def _greet_whoever_waits(self) -> None:
        await asyncio.sleep(GREETING_SECONDS)
        self._greet()

    def _greet(self) -> None:
        if not self._greeted:
            self._greeted = True
            self._say(self._answers.connected())

    async def _answer(self, body: str) -> None:
        try:
            message = SeedMessage.model_validate(parse_text(body, largest=LARGEST_MESSAGE))
        except (NotAMessage, ValidationError) as error:
            self._say({"error": error.code if isinstance(error, NotAMessage) else "bad_message"})
            return
        if message.type is None:
            await self._answer_untyped(message)
            return
        self._greet()
        answer = await self._typed(message)
        self._say({"type": "error", "error": "unknown_type", "code": "unknown_type"} if answer is None else answer)

    async def _answer_untyped(self, message: SeedMessage) -> None:
        """D0: all at once."""
        await self._tab(message.tab_active)
        _, trouble = await self._judge(message.frame)
        await self._listen(message.audio)
        self._say(self._answers.d0(self._new()) | ({"error": trouble} if trouble else {}))

    async def _typed(self, message: SeedMessage) -> dict[str, Any] | None:
        """D1 and D2; None for a word of neither."""
        if message.type == "frame_data":
            await self._tab(message.tab_active)
            report, trouble = await self._judge(message.frame)
            before, self._trust = self._trust, self._live.trust
            answer = self._answers.frame(report, self._new(), before)
            return answer | ({"error": trouble} if trouble else {})
        if message.type == "audio_data":
            return self._answers.audio(await self._listen(message.audio), self._new())
        if message.type in ("violation_report", "browser_event"):
            return await self._reported(message)
        if message.type == "ping":
            return {"type": "pong", "timestamp": now().isoformat()}
        if message.type == "heartbeat":
            return {"type": "heartbeat_ack", "timestamp": (at := now().isoformat()), "server_time": at}
        return self._answers.status() if message.type == "session_status" else None

    async def _reported(self, message: SeedMessage) -> dict[str, Any]:
        """What a browser can know of counts; a client's word about anything else is heard and not believed."""
        kind = message.reported()
        if kind is not None:
            await self._live.note_event(kind)
        report = message.type == "violation_report"
        before, self._trust = self._trust, self._live.trust
        return {
            "type": "violation_acknowledged" if report else "browser_event_processed",
            "violation_id": self._ids.get(kind) if kind is not None else None,
            "event_type": kind,
            "session_id": self._live.sitting.id,
            "counted": kind is not None,
            "trust_score": self._answers.trust(before),
            "timestamp": now().isoformat(),
        }

    async def _tab(self, active: bool | None) -> None:
        if active is not None and self._tab_active != active:
            await self._live.note_event(ViolationKind.TAB_SWITCH, "end" if active else "begin")
        self._tab_active = self._tab_active if active is None else active

    async def _listen(self, audio: object) -> Hear | None:
        """Sound in whatever form; clients of the family send many, and what is none of ours is passed over."""
        if isinstance(audio, str) and audio:
            with contextlib.suppress(ValueError, SoundRefused):
                return await self._live.listen_to(decoded(audio), int(now().timestamp() * 1000))
        return None

    async def _judge(self, frame: str | None) -> tuple[FrameReport | None, str | None]:
        """What was seen, and the reason why the frame could not be judged."""
        if not frame:
            return None, None
        try:
            picture = decoded(frame)
            check_picture(picture)
            return await self._live.judge(picture, int(now().timestamp() * 1000)), None
        except ValueError:  # binascii.Error, and what is not even ASCII
            return None, "not_base64"
        except FrameRefused as refused:
            return None, refused.code

    def _new(self) -> list[ViolationChanged]:
        """Violations opened since the last answer."""
        opened, self._opened = list(self._opened), deque(maxlen=100)
        return opened

    def _say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, ensure_ascii=False)
        self.outbox.send_text(lambda: body)
