"""A real server on a spare loopback port, and the two ends that talk to it: a student's line and a teacher's page."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx2
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from app.ai.engine import Engine
from app.commands.serve import uvicorn_config
from app.core.config import Settings
from app.core.security import API_AUDIENCE, TokenKind, issue_token
from app.db.models import ClientMessage, Evidence, ExamSession, User, Violation
from app.schemas.realtime import FRAME_HEADER, PROTOCOL, THUMBNAIL_HEADER
from app.services.kept_sitting import Services
from app.services.live_exam_sessions import LiveExamSessions
from app.services.pulse import Pulse
from app.storage import EvidenceStore

PATIENCE = 20.0
"""Seconds after which a message that should have come counts as lost."""


class Loopback(uvicorn.Server):
    """uvicorn as `proctor serve` runs it, in the test's own event loop; serves whatever app is put in place."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(uvicorn_config(self._dispatch, settings))
        self.config.lifespan, self.config.interface = "off", "asgi3"
        self.app: ASGIApp | None = None
        self.failures: list[BaseException] = []
        self.closes: list[int] = []
        self.port = 0

    async def open(self) -> Self:
        """Listen."""
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        await self.startup(sockets=[listener])
        return self

    async def quiet(self) -> None:
        """Wait until nobody is being served."""
        async with asyncio.timeout(PATIENCE):
            while self.server_state.tasks:
                await asyncio.wait(list(self.server_state.tasks))
            while self.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "websocket.close":
                self.closes.append(message.get("code", 1000))
            await send(message)

        assert self.app is not None
        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            self.failures.append(error)
            raise


class Line:
    """One end of a socket. Everything heard is kept, so that a test may wait for messages in any order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []
        self.pictures: list[tuple[int, int, bytes]] = []
        self.side_pictures: dict[int, list[tuple[int, int, bytes]]] = {}
        """Pictures of second camera and screen, by their kind."""
        self._looked_at = 0

    async def read(self, limit: float = PATIENCE) -> dict[str, Any] | None:
        """The next message; None for a picture."""
        async with asyncio.timeout(limit):
            body = await self.connection.recv()
        if isinstance(body, bytes):
            kind, number, captured_at = THUMBNAIL_HEADER.unpack_from(body)
            shown = self.pictures if kind == 1 else self.side_pictures.setdefault(kind, [])
            shown.append((number, captured_at, body[THUMBNAIL_HEADER.size :]))
            return None
        self.heard.append(json.loads(body))
        return self.heard[-1]

    async def until(self, kind: str, limit: float = PATIENCE, **fields: Any) -> dict[str, Any]:
        """The next message of this type with these fields; what came before it was looked at."""
        async with asyncio.timeout(limit):
            while True:
                while self._looked_at < len(self.heard):
                    message = self.heard[self._looked_at]
                    self._looked_at += 1
                    if message.get("type") == kind and all(message.get(key) == one for key, one in fields.items()):
                        return message
                await self.read(limit)

    async def acknowledged(self, upto: int) -> None:
        """Wait for an acknowledgement of at least `upto`."""
        while (await self.until("ack"))["upto"] < upto:
            pass

    async def code(self, limit: float = PATIENCE) -> int | None:
        """Read to the end; the close code."""
        try:
            while True:
                await self.read(limit)
        except ConnectionClosed:
            return self.connection.close_code

    def of(self, kind: str) -> list[dict[str, Any]]:
        """All heard messages of a type."""
        return [message for message in self.heard if message.get("type") == kind]

    def errors(self) -> list[str]:
        """Codes of all errors heard."""
        return [message["code"] for message in self.of("error")]

    async def say(self, seq: int, message_type: str = "event", /, **payload: Any) -> None:
        """A numbered message."""
        await self.send({"seq": seq, "type": message_type, "t": 1_764_000_000_000 + seq, **payload})

    async def send(self, message: object) -> None:
        """Any text message; a str as it is."""
        await self.connection.send(message if isinstance(message, str) else json.dumps(message))

    async def show(self, number: int, picture: bytes, captured_ms: int, *, kind: int = 1) -> None:
        """A frame."""
        await self.connection.send(FRAME_HEADER.pack(kind, b"\0\0\0", captured_ms, number) + picture)

    async def answer_to(self, number: int) -> dict[str, Any]:
        """What became of frame `number`: `frame.done`, or the error that refused it."""
        while True:
            message = self._find(number)
            if message is not None:
                return message
            await self.read()

    def _find(self, number: int) -> dict[str, Any] | None:
        for message in self.heard:
            if message["type"] == "frame.done" and message["number"] == number:
                return message
            if message["type"] == "error" and message["params"].get("number") == number:
                return message
        return None


class LiveServer:
    """The app of one test behind the loopback server, with everything live in place."""

    def __init__(self, app: FastAPI, loopback: Loopback, engine: Engine, store: EvidenceStore) -> None:
        self.app = app
        self.loopback = loopback
        self.url = f"http://127.0.0.1:{loopback.port}"
        self.engine, self.store = engine, store
        self.pulse = Pulse()
        self._lines: list[Line] = []
        self.restart()

    @property
    def live(self) -> LiveExamSessions:
        """The app's live exam sessions."""
        live: LiveExamSessions = self.app.state.live
        return live

    @property
    def settings(self) -> Settings:
        """The app's settings."""
        settings: Settings = self.app.state.settings
        return settings

    def change(self, **settings: Any) -> None:
        """Other settings for connections that begin from now on."""
        self.app.state.settings = self.settings.model_copy(update=settings)

    def use(
        self, *, engine: Engine | None = None, store: EvidenceStore | None = None, pulse: Pulse | None = None
    ) -> None:
        """Put a scripted part in place of a real one."""
        self.pulse = pulse or self.pulse
        self.engine, self.store = engine or self.engine, store or self.store
        self.restart()

    def restart(self) -> None:
        """Forget everything that is only in memory."""
        state = self.app.state
        state.engine, state.store = self.engine, self.store
        services = Services(state.sessions, self.engine, self.store, state.bus.publish, pulse=self.pulse)
        state.live = LiveExamSessions(services, state.bus)

    def token(self, user: User) -> str:
        """An access token."""
        return issue_token(
            self.settings,
            kind=TokenKind.ACCESS,
            audience=API_AUDIENCE,
            user_id=user.id,
            token_version=user.token_version,
        )[0]

    async def dial(
        self,
        path: str,
        token: str | None,
        *,
        native: bool = True,
        origin: str | None = None,
        **options: Any,
    ) -> Line:
        """Open a socket, whatever the server then says."""
        address = f"{self.url.replace('http', 'ws', 1)}/api/v1/proctoring/{path}"
        if token is not None:
            address += f"?token={token}"
        connection = await connect(
            address,
            subprotocols=[Subprotocol(PROTOCOL)] if native else None,
            origin=None if origin is None else Origin(origin),
            compression=None,
            proxy=None,
            close_timeout=1,
            **{"max_size": None, "max_queue": None, **options},
        )
        line = Line(connection)
        self._lines.append(line)
        return line

    async def student(self, user: User, taken: ExamSession, **options: Any) -> Line:
        """The student's line after its hello."""
        line = await self.dial(f"ws/{taken.id}", self.token(user), **options)
        await line.until("hello")
        return line

    async def page(self, user: User, exam_id: int, **options: Any) -> Line:
        """A live page after its snapshot."""
        line = await self.dial(f"live/{exam_id}", self.token(user), **options)
        await line.until("snapshot")
        return line

    def browser(self, user: User | None) -> httpx2.AsyncClient:
        """HTTP over the same real server."""
        headers = {} if user is None else {"Authorization": f"Bearer {self.token(user)}"}
        return httpx2.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers, timeout=PATIENCE)

    async def row(self, taken: ExamSession) -> ExamSession:
        """The sitting as the database has it now."""
        async with self.app.state.sessions() as db:
            found: ExamSession = await db.get_one(ExamSession, taken.id)
            return found

    async def stored(self, taken: ExamSession) -> list[tuple[int, object]]:
        """Number and payload of every stored message."""
        query = select(ClientMessage).where(ClientMessage.exam_session_id == taken.id).order_by(ClientMessage.seq)
        async with self.app.state.sessions() as db:
            return [(row.seq, row.payload) for row in await db.scalars(query)]

    async def violations(self, taken: ExamSession) -> list[Violation]:
        """Stored violations, oldest first."""
        query = select(Violation).where(Violation.exam_session_id == taken.id).order_by(Violation.key)
        async with self.app.state.sessions() as db:
            return list(await db.scalars(query))

    async def evidence(self, taken: ExamSession) -> list[Evidence]:
        """Stored pictures, in the order of time."""
        query = select(Evidence).where(Evidence.exam_session_id == taken.id).order_by(Evidence.captured_at)
        async with self.app.state.sessions() as db:
            return list(await db.scalars(query))

    async def close(self) -> None:
        """Hang up every line; nothing may stay behind in the server (I10)."""
        for line in self._lines:
            await line.connection.close()
        await self.loopback.quiet()
        assert len(self.live) == 0


@asynccontextmanager
async def serving(app: FastAPI, loopback: Loopback, engine: Engine, store: EvidenceStore) -> AsyncIterator[LiveServer]:
    """A LiveServer for one test; every handler must end by itself, none with an error or with 1011."""
    server = LiveServer(app, loopback, engine, store)
    loopback.app = app
    loopback.failures, loopback.closes = [], []
    try:
        yield server
    finally:
        await server.close()
    assert loopback.failures == []
    assert 1011 not in loopback.closes
