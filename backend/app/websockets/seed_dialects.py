"""The seed family's ways of speaking on the student's socket, translated to the same live exam session.

D0, untyped: `{frame, audio, tab_active}` → `{session_id, trust_score, alerts, timestamp}`. No rule of proctoring lives
here: frames go to `judge`, sound to `listen_to`, a hidden tab to `note_event`, alerts are the violations that were
opened meanwhile.
"""

import asyncio
import base64
import contextlib
import json
from collections import deque
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.ai.guard import check_picture
from app.ai.sound_guard import MAX_SOUND_BYTES
from app.ai.sound_types import SoundRefused
from app.ai.types import FrameRefused
from app.core.clock import monotonic, now
from app.core.config import Settings
from app.core.i18n import text
from app.domain.violations import ViolationKind
from app.schemas.realtime import Close, StateChanged, ViolationChanged, exam_session_topic
from app.services.ledger import ExamSessionEnded
from app.services.proctoring import LiveExamSession
from app.services.violations import trust_impact
from app.websockets.door import Guest, may_stay
from app.websockets.hub import Outbox
from app.websockets.intake import NotAMessage, parse_text
from app.websockets.pace import TokenBucket

ENDED = {"error": "Invalid or completed session"}
ENDINGS = {"submitted", "terminated", "expired"}
LONGEST_FRAME = 4 * 256 * 1024 // 3 + 256
"""Characters of base64: the largest picture and its data-URL prefix."""
LONGEST_AUDIO = 4 * MAX_SOUND_BYTES // 3 + 256


class D0(BaseModel):
    """The untyped message. `audio` is base64 of PCM16 at 16 kHz, WAV, WebM or Ogg, each complete in itself.

    A loudness that the client only claims (a number, `audioLevel`) is ignored: alarms about sound come from sound.
    """

    model_config = ConfigDict(extra="ignore")

    frame: str | None = Field(None, max_length=LONGEST_FRAME)
    audio: Any = None
    tab_active: bool | None = Field(None, validation_alias=AliasChoices("tab_active", "tabActive"))


def decoded(text: str) -> bytes:
    """Base64, bare or as a data URL. Raises ValueError."""
    return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)


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
        self._settings: Settings = websocket.app.state.settings
        self._texts = TokenBucket(self._settings.MESSAGES_PER_SECOND, self._settings.MESSAGE_BURST)
        self._opened: deque[ViolationChanged] = deque(maxlen=100)
        self._tab_active: bool | None = None  # unknown: an earlier connection may have left a hidden tab

    def on_announcement(self, _topic: str, message: object) -> None:
        """Hear what was noted and when the exam session ends."""
        if isinstance(message, ViolationChanged) and message.type == "violation.opened":
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
        while True:
            try:
                async with asyncio.timeout(self._settings.IDLE_SECONDS):
                    body = await self._websocket.receive_text()
                if not self._texts.take():
                    return Close.RATE
                await self._answer(body)
            except TimeoutError:
                return Close.IDLE
            except (WebSocketDisconnect, KeyError):  # KeyError: a binary message, which no seed dialect knows
                return Close.POLICY
            except ExamSessionEnded:
                self._say(ENDED)
                return Close.POLICY
            if monotonic() - checked > self._settings.RECHECK_SECONDS:
                checked = monotonic()
                if not await may_stay(self._websocket.app.state.sessions, self._guest):
                    return Close.POLICY

    async def _answer(self, body: str) -> None:
        try:
            message = D0.model_validate(parse_text(body, largest=LONGEST_FRAME + LONGEST_AUDIO + 1024))
        except (NotAMessage, ValidationError) as error:
            self._say({"error": error.code if isinstance(error, NotAMessage) else "bad_message"})
            return
        trouble = None
        if message.tab_active is not None:
            if self._tab_active != message.tab_active:
                await self._live.note_event(ViolationKind.TAB_SWITCH, "end" if message.tab_active else "begin")
            self._tab_active = message.tab_active
        if message.frame:
            trouble = await self._judge(message.frame)
        if isinstance(message.audio, str) and message.audio:
            await self._listen(message.audio)
        self._say(self._result() | ({"error": trouble} if trouble else {}))

    async def _listen(self, audio: str) -> None:
        """Sound in whatever form; clients of this dialect send many, and what is none of ours is passed over."""
        with contextlib.suppress(ValueError, SoundRefused):
            await self._live.listen_to(decoded(audio), int(now().timestamp() * 1000))

    async def _judge(self, frame: str) -> str | None:
        """The reason why the frame could not be judged, or None."""
        try:
            picture = decoded(frame)
            check_picture(picture)
            await self._live.judge(picture, int(now().timestamp() * 1000))
        except ValueError:  # binascii.Error, and what is not even ASCII
            return "not_base64"
        except FrameRefused as refused:
            return refused.code
        return None

    def _result(self) -> dict[str, Any]:
        """What the seed calls alerts are the violations opened since the last answer."""
        language = self._live.sitting.language
        opened, self._opened = list(self._opened), deque(maxlen=100)
        return {
            "session_id": self._live.sitting.id,
            "trust_score": round(self._live.trust / 100, 4),
            "alerts": [
                {
                    "alert_type": message.violation.kind,
                    "severity": message.violation.severity,
                    "description": text("violations", f"{message.violation.kind}.description", language),
                    "trust_score_impact": trust_impact(message.violation.without_this, message.trust),
                }
                for message in opened
            ],
            "timestamp": now().isoformat(),
        }

    def _say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, ensure_ascii=False)
        self.outbox.send_text(lambda: body)
