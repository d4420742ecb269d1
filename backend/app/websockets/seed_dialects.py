"""The seed family on the student's socket: its dialects D0, D1 and D2, translated to the same live exam session.

No rule of proctoring lives here. Words, shapes and what is done with them are in services/seed_shapes.py.
"""

import asyncio
import json
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.core.config import Settings
from app.schemas.realtime import Close, StateChanged, ViolationChanged, exam_session_topic
from app.services.ledger import ExamSessionEnded
from app.services.proctoring import LiveExamSession
from app.services.seed_shapes import LARGEST_MESSAGE, SeedMessage, SeedSitting
from app.services.tickets import Guest
from app.websockets.hub import Outbox
from app.websockets.intake import NotAMessage, parse_text
from app.websockets.pace import TokenBucket
from app.websockets.rights import Rights

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
        self._guest = guest
        self._sitting = SeedSitting(live)
        self._settings: Settings = websocket.app.state.settings
        self._texts = TokenBucket(self._settings.MESSAGES_PER_SECOND, self._settings.MESSAGE_BURST)
        self._greeted = False

    def on_announcement(self, _topic: str, message: object) -> None:
        """Hear what was noted and when the exam session ends."""
        if isinstance(message, ViolationChanged):
            self._sitting.hear(message)
        elif isinstance(message, StateChanged) and message.type in ENDINGS:
            self._say(ENDED)
            self.outbox.close(Close.POLICY)

    async def serve(self) -> None:
        """Read, answer, until somebody ends it."""
        sender = asyncio.create_task(self.outbox.run())
        reader = asyncio.create_task(self._read())
        rights: Rights = self._websocket.app.state.rights
        watcher = asyncio.create_task(
            rights.watch(self.outbox, self._guest, self._settings.RECHECK_SECONDS, code=Close.POLICY)
        )
        try:
            await asyncio.wait([sender, reader, watcher], return_when=asyncio.FIRST_COMPLETED)
            if reader.done():
                self.outbox.close(reader.result())
            if reader.done() or watcher.done():
                await sender
        finally:
            for task in (sender, reader, watcher):
                task.cancel()
            await asyncio.gather(sender, reader, watcher, return_exceptions=True)

    async def _read(self) -> int:
        """Returns the code to close with."""
        waiting = asyncio.create_task(self._greet_whoever_waits())
        try:
            while True:
                async with asyncio.timeout(self._settings.IDLE_SECONDS):
                    body = await self._websocket.receive_text()
                waiting.cancel()
                self._sitting.live.attendance.heard()
                if not self._texts.take():
                    return Close.RATE
                await self._answer(body)
        except TimeoutError:
            return Close.IDLE
        except WebSocketDisconnect as left:
            self._sitting.live.attendance.hung_up(left.code)
            return Close.POLICY
        except KeyError:  # a binary message, which no seed dialect knows
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
            self._say(self._sitting.connected())

    async def _answer(self, body: str) -> None:
        try:
            message = SeedMessage.model_validate(parse_text(body, largest=LARGEST_MESSAGE))
        except (NotAMessage, ValidationError) as error:
            self._say({"error": error.code if isinstance(error, NotAMessage) else "bad_message"})
            return
        if message.type is None:
            self._say(await self._sitting.untyped(message))
            return
        self._greet()
        answer = await self._sitting.typed(message)
        self._say({"type": "error", "error": "unknown_type", "code": "unknown_type"} if answer is None else answer)

    def _say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, ensure_ascii=False)
        self.outbox.send_text(lambda: body)
