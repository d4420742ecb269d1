"""A student without a browser: logs in, sits an exam over the real protocol, and comes back after every outage."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from app.schemas.realtime import FRAME_HEADER, PROTOCOL, Close

RETRY_CODES = {1006, 1011, Close.RESTART, Close.TRY_LATER, Close.IDLE}
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
HEARTBEAT_SECONDS = 15.0
PATIENCE_SECONDS = 30.0


class StudentClientError(Exception):
    """The server said no; the text says to what. `status` is HTTP's, 0 where it was no HTTP answer."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True)
class Tally:
    """What was sent and how long answers took, in seconds."""

    frames_sent: int = 0
    frames_done: int = 0
    frames_refused: int = 0
    reconnects: int = 0
    acks: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)


class StudentClient:
    """One student. `listener` gets every message of the server."""

    def __init__(self, server: str, *, listener: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.tally = Tally()
        self.exam_session_id = 0
        self.hello: dict[str, Any] = {}
        self.hello_at = 0.0
        self.connected = asyncio.Event()
        self.ended = asyncio.Event()
        self.close_code: int | None = None
        self._server = server.rstrip("/")
        self._http = httpx2.AsyncClient(base_url=f"{self._server}/api/v1", timeout=PATIENCE_SECONDS)
        self._listener = listener
        self._tokens: dict[str, Any] = {}
        self._seq = 0
        self._unacked: dict[int, tuple[dict[str, Any], float]] = {}
        self._acked = asyncio.Event()
        self._frames: dict[int, tuple[float, asyncio.Future[bool]]] = {}
        self._frame_number = 0
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- over HTTP ----------------------------------------------------------------------------------------------

    async def login(self, email: str, password: str) -> None:
        """Raises StudentClientError."""
        self._tokens = await self._ask("POST", "/auth/login", json={"email": email, "password": password})

    async def find_exam(self) -> int:
        """The exam that can be sat now; of several the one that ends first."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        exams = [e for e in await self._ask("GET", "/exams/") if e["start_time"] <= now < e["end_time"]]
        if not exams:
            raise StudentClientError("There is no exam to sit now; make and publish one, or name it with --exam.")
        return int(min(exams, key=lambda exam: exam["end_time"])["id"])

    async def start(self, exam_id: int) -> int:
        """Start (or go on with) the exam session and connect; returns its id."""
        taken = await self._ask("POST", "/proctoring/start-session", json={"exam_id": exam_id})
        self.exam_session_id = int(taken["id"])
        self._task = asyncio.create_task(self._stay_connected())
        await self._first(self.connected, self.ended)
        if self.ended.is_set():
            raise StudentClientError(f"The server closed the connection with code {self.close_code}.")
        return self.exam_session_id

    async def finish(self) -> dict[str, Any]:
        """Hand in; returns the exam session with its final trust and coverage."""
        await self.all_acknowledged()
        return dict(await self._ask("POST", f"/proctoring/end-session/{self.exam_session_id}"))

    async def violations(self) -> list[dict[str, Any]]:
        """What was noted."""
        return list(await self._ask("GET", f"/exam-sessions/{self.exam_session_id}/violations"))

    async def close(self) -> None:
        """Leave without handing in."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._http.aclose()

    # --- over the socket ----------------------------------------------------------------------------------------

    async def say(self, kind: str, **payload: Any) -> int:
        """A numbered message: kept until the server has acknowledged it, sent again after every reconnect."""
        self._seq += 1
        message = {"seq": self._seq, "type": kind, "t": int(time.time() * 1000), **payload}
        self._unacked[self._seq] = (message, time.monotonic())
        await self._send(json.dumps(message))
        return self._seq

    async def show(self, jpeg: bytes, captured_ms: int) -> bool:
        """A frame; waits until it was judged. False where it was refused or the line broke."""
        self._frame_number += 1
        number, done = self._frame_number, asyncio.get_running_loop().create_future()
        self._frames[number] = (time.monotonic(), done)
        header = FRAME_HEADER.pack(1, b"\0\0\0", captured_ms, number)
        if not await self._send(header + jpeg):
            self._frames.pop(number, None)
            return False
        self.tally.frames_sent += 1
        try:
            return bool(await asyncio.wait_for(done, PATIENCE_SECONDS))
        except TimeoutError:
            return False

    async def all_acknowledged(self) -> None:
        """Wait until everything said is committed at the server."""
        while self._unacked and not self.ended.is_set():
            self._acked.clear()
            await self._first(self._acked, self.ended)

    async def _send(self, message: str | bytes) -> bool:
        if self._socket is None:
            return False
        try:
            await self._socket.send(message)
        except ConnectionClosed:
            return False
        return True

    async def _stay_connected(self) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                async with await self._connect() as socket:
                    delay = FIRST_DELAY
                    await self._listen(socket)
            except StudentClientError as error:
                if 400 <= error.status < 500:
                    self.ended.set()
                    return
            except (OSError, InvalidHandshake, httpx2.HTTPError, ConnectionClosed, TimeoutError):
                pass  # refused, or gone: what matters is the close code below
            finally:
                self._line_is_down()
            if self.close_code is not None and self.close_code not in RETRY_CODES:
                self.ended.set()
                return
            self.tally.reconnects += 1
            await asyncio.sleep(random.uniform(0.0, delay) + 0.1)  # noqa: S311 - full jitter
            delay = min(LONGEST_DELAY, delay * 2)

    async def _connect(self) -> ClientConnection:
        self.close_code = None
        ticket = (await self._ask("POST", f"/proctoring/sessions/{self.exam_session_id}/ticket"))["ticket"]
        parts = urlsplit(self._server)
        scheme = "wss" if parts.scheme == "https" else "ws"
        path = f"{parts.path}/api/v1/proctoring/ws/{self.exam_session_id}"
        address = urlunsplit((scheme, parts.netloc, path, f"token={ticket}", ""))
        return await connect(
            address, subprotocols=[Subprotocol(PROTOCOL)], compression=None, max_size=4 * 1024 * 1024, proxy=None
        )

    async def _listen(self, socket: ClientConnection) -> None:
        heartbeat = None
        try:
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "hello":
                    self._socket = socket
                    await self._resume(message)
                    heartbeat = asyncio.create_task(self._beat())
                self._on(message)
        finally:
            self.close_code = socket.close_code
            if heartbeat is not None:
                heartbeat.cancel()

    async def _resume(self, hello: dict[str, Any]) -> None:
        """Everything the server does not have goes out again, in order."""
        self.hello, self.hello_at = hello, time.monotonic()
        self._seq = max(self._seq, hello["resume_from"] - 1)
        for seq in sorted(self._unacked):
            if seq < hello["resume_from"]:
                del self._unacked[seq]
            else:
                await self._send(json.dumps(self._unacked[seq][0]))
        self._acked.set()
        self.connected.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self._send('{"type": "status"}')

    def _on(self, message: dict[str, Any]) -> None:
        now = time.monotonic()
        if message["type"] == "ack":
            for seq in [seq for seq in self._unacked if seq <= message["upto"]]:
                self.tally.acks.append(now - self._unacked.pop(seq)[1])
            self._acked.set()
        elif message["type"] == "frame.done":
            self._frame_ends(message["number"], judged=message["report"] is not None)
        elif message["type"] == "error" and message["code"] == "frame_refused":
            self.tally.frames_refused += 1
            self._frame_ends(message["params"]["number"], judged=False)
        if self._listener is not None:
            self._listener(message)

    def _frame_ends(self, number: int, *, judged: bool) -> None:
        sent_at, done = self._frames.pop(number, (0.0, None))
        if done is not None and not done.done():
            done.set_result(judged)
            if judged:
                self.tally.frames_done += 1
                self.tally.frames.append(time.monotonic() - sent_at)

    def _line_is_down(self) -> None:
        self._socket = None
        self.connected.clear()
        for _, done in self._frames.values():
            if not done.done():
                done.set_result(False)
        self._frames.clear()

    async def _ask(self, method: str, path: str, **body: Any) -> Any:
        """One request; an expired access token is renewed once."""
        for attempt in (1, 2):
            access = self._tokens.get("access_token")
            headers = {"Authorization": f"Bearer {access}"} if access else {}
            answer = await self._http.request(method, path, headers=headers, **body)
            if answer.status_code == 401 and attempt == 1 and "refresh_token" in self._tokens:
                renewed = await self._http.post("/auth/refresh", json={"refresh_token": self._tokens["refresh_token"]})
                if renewed.is_success:
                    self._tokens = renewed.json()
                    continue
            if answer.is_success:
                return answer.json()
            raise StudentClientError(f"{method} {path}: {answer.status_code} {_reason(answer)}", answer.status_code)
        raise StudentClientError("unreachable")

    @staticmethod
    async def _first(*events: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _reason(answer: httpx2.Response) -> str:
    try:
        found = answer.json()
    except ValueError:
        return ""
    return str(found.get("code") or found.get("detail") or "") if isinstance(found, dict) else ""
