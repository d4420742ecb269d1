"""What the seed family's side sockets share: a token at the door, one message one answer, an end that is noticed."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.core.clock import monotonic, now
from app.core.config import Settings
from app.core.errors import ProctorError
from app.core.events import Bus
from app.db.models import User
from app.db.session import Sessions
from app.schemas.realtime import Close
from app.services.tickets import Guest
from app.websockets.door import Refusal, admit_person, origin_allowed
from app.websockets.hub import Outbox
from app.websockets.intake import NotAMessage, parse_text
from app.websockets.pace import TokenBucket, watch_silence
from app.websockets.rights import Rights

log = structlog.get_logger(__name__)
LARGEST = 512 * 1024
"""Characters: a picture as base64 in JSON."""


async def admitted(websocket: WebSocket, token: str) -> tuple[Guest, User] | None:
    """Who may come in, after accepting; None where the socket was closed instead."""
    settings: Settings = websocket.app.state.settings
    if not origin_allowed(websocket, settings):
        await websocket.close(Close.POLICY)
        return None
    await websocket.accept()
    try:
        return await admit_person(websocket.app.state.sessions, settings, token=token)
    except Refusal as refusal:
        await websocket.close(Close.seed(refusal.code))
        return None


def _body(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"type": kind, **fields, "timestamp": now().isoformat()}, ensure_ascii=False, default=str)


class FamilyLine(ABC):
    """One connection of a person; its tasks live and die together."""

    def __init__(self, websocket: WebSocket, guest: Guest, who: User) -> None:
        state = websocket.app.state
        self.who = who
        self.sessions: Sessions = state.sessions
        self.bus: Bus = state.bus
        self.listening = ExitStack()
        self._websocket = websocket
        self._guest = guest
        self._settings: Settings = state.settings
        self._rights: Rights = state.rights
        self._outbox = Outbox(websocket)
        self._texts = TokenBucket(self._settings.MESSAGES_PER_SECOND, self._settings.MESSAGE_BURST)
        self._heard_at = monotonic()
        self._newest: dict[tuple[str, int], dict[str, Any]] = {}

    @abstractmethod
    async def answer(self, message: dict[str, Any]) -> None:
        """Do what a message asks, and say what came of it."""

    def say(self, kind: str, **fields: Any) -> None:
        """Queue a message; never waits."""
        body = _body(kind, fields)
        self._outbox.send_text(lambda: body)

    def say_newest(self, key: int, kind: str, **fields: Any) -> None:
        """Queue a message in place of the one with this key that still waits: a slow reader hears how it is now."""
        waits = (kind, key) in self._newest
        self._newest[kind, key] = fields
        if not waits:
            self._outbox.send_text(lambda: _body(kind, self._newest.pop((kind, key))))

    async def serve(self, *beside: Callable[[], Awaitable[None]]) -> None:
        """Until either side leaves; `beside` runs along."""
        sender: asyncio.Task[int] = asyncio.create_task(self._outbox.run())
        works = [self._read, self._watch_silence, self._watch_right, *beside]
        tasks: list[asyncio.Task[None]] = [asyncio.ensure_future(begin()) for begin in works]
        try:
            with self.listening:
                await asyncio.wait([sender, *tasks], return_when=asyncio.FIRST_COMPLETED)
                for work in tasks:
                    if work.done() and (error := work.exception()) is not None:
                        log.error("family_line.failed", user_id=self.who.id, error=type(error).__name__)
                        self._outbox.close(1011)
                self._outbox.close(Close.POLICY)  # only where nobody has named a code yet
                await sender
        finally:
            for task in (sender, *tasks):
                task.cancel()
            await asyncio.gather(sender, *tasks, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            try:
                body = await self._websocket.receive_text()
            except (WebSocketDisconnect, KeyError):  # KeyError: a binary message, which this family never sends
                self._outbox.close(Close.POLICY)
                return
            self._heard_at = monotonic()
            if not self._texts.take():
                self._outbox.close(Close.RATE)
                return
            try:
                await self.answer(parse_text(body, largest=LARGEST))
            except NotAMessage as problem:
                self.say("error", code=problem.code, error=problem.code)
            except ProctorError as problem:
                self.say("error", code=problem.code, error=problem.code, params=problem.params)

    async def _watch_silence(self) -> None:
        """These clients say little."""
        await watch_silence(self._outbox, lambda: self._heard_at, self._settings.IDLE_SECONDS * 5)

    async def _watch_right(self) -> None:
        await self._rights.watch(self._outbox, self._guest, self._settings.RECHECK_SECONDS, code=Close.POLICY)
