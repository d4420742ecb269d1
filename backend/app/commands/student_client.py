"""A student without a browser: logs in, sits an exam over the real protocol, and comes back after every outage."""

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from app.schemas.realtime import FRAME_HEADER, PROTOCOL, Close
from app.websockets.pace import TokenBucket

RETRY_CODES = {1006, 1011, Close.RESTART, Close.TRY_LATER, Close.IDLE}
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
SLOWING = 1.5
"""What each pause may be longer than the one before: so nobody waits longer than the server was away, about."""
HEARTBEAT_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
TRY_AGAIN = {429, 502, 503, 504}
"""HTTP answers that mean: the same request may go through a little later."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast numbered messages go out: well below what the server allows (20 a second, 200 at once)."""

    rate: float = 15.0
    burst: float = 100.0


class StudentClientError(Exception):
    """The server said no; the text says to what. `status` is HTTP's, 0 where it was no HTTP answer."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


def percentile_ms(seconds: Sequence[float], share: float) -> float | None:
    """A percentile in milliseconds; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


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

    def __init__(
        self, server: str, *, listener: Callable[[dict[str, Any]], None] | None = None, pace: Pace | None = None
    ) -> None:
        self.tally = Tally()
        self.exam_session_id = 0
        self.hello: dict[str, Any] = {}
        self.hello_at = 0.0
        self.connected = asyncio.Event()
        self.ended = asyncio.Event()
        self.close_code: int | None = None
        self.deaf = False
        self._server = server.rstrip("/")
        self._http = httpx2.AsyncClient(base_url=f"{self._server}/api/v1", timeout=PATIENCE_SECONDS)
        self._listener = listener
        self._pace = pace or Pace()
        self._tokens: dict[str, Any] = {}
        self._renewing = asyncio.Lock()
        self._seq = 0
        self._unacked: dict[int, tuple[str, float]] = {}
        self._said = 0
        self._to_say = asyncio.Event()
        self._acked = asyncio.Event()
        self._frames: dict[int, tuple[float, asyncio.Future[bool]]] = {}
        self._frame_number = 0
        self._sound_number = 0
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
        await self.enter(exam_id)
        await self.connect()
        return self.exam_session_id

    async def enter(self, exam_id: int) -> None:
        """Start (or go on with) the exam session, as often as it takes."""
        taken = await self._ask_again("POST", "/proctoring/start-session", json={"exam_id": exam_id})
        self.exam_session_id = int(taken["id"])

    async def connect(self) -> None:
        """Open the line, and keep it open from now on."""
        self._task = asyncio.create_task(self._stay_connected())
        await self._first(self.connected, self.ended)
        if self.ended.is_set():
            raise StudentClientError(f"The server closed the connection with code {self.close_code}.")

    async def paper(self) -> dict[str, Any]:
        """The questions, and what was answered."""
        return dict(await self._ask("GET", f"/exam-sessions/{self.exam_session_id}/paper"))

    async def finish(self) -> dict[str, Any]:
        """Hand in, as often as it takes; returns the exam session with its final trust and coverage."""
        await self.all_acknowledged()
        return dict(await self._ask_again("POST", f"/proctoring/end-session/{self.exam_session_id}"))

    async def violations(self) -> list[dict[str, Any]]:
        """What was noted."""
        return list(await self._ask_again("GET", f"/exam-sessions/{self.exam_session_id}/violations"))

    async def hang_up(self) -> None:
        """Close the line; `connect` opens it again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self.connected.clear()

    async def close(self) -> None:
        """Leave without handing in."""
        await self.hang_up()
        await self._http.aclose()

    # --- over the socket ----------------------------------------------------------------------------------------

    async def say(self, kind: str, **payload: Any) -> int:
        """A numbered message: kept until the server has acknowledged it, sent again after every reconnect."""
        self._seq += 1
        message = {"seq": self._seq, "type": kind, "t": int(time.time() * 1000), **payload}
        self._unacked[self._seq] = (json.dumps(message), time.monotonic())
        self._to_say.set()
        await asyncio.sleep(0)  # whoever talks in a loop lets the others have their turn
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
            async with asyncio.timeout(PATIENCE_SECONDS):  # not `wait_for`, which may swallow being cancelled
                return bool(await done)
        except TimeoutError:
            self._frames.pop(number, None)
            return False

    async def sound(self, pcm: bytes, captured_ms: int) -> None:
        """A chunk of PCM16 at 16 kHz; nothing is said about it unless it is refused."""
        if not self.deaf:
            self._sound_number += 1
            await self._send(FRAME_HEADER.pack(2, b"\0\0\0", captured_ms, self._sound_number) + pcm)

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
                if 400 <= error.status < 500 and error.status not in TRY_AGAIN:
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
            delay = min(LONGEST_DELAY, delay * SLOWING)

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
        tasks: list[asyncio.Task[None]] = []
        try:
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "hello":
                    self._socket = socket
                    self._resume(message)
                    tasks = [asyncio.create_task(work) for work in (self._talk(), self._beat())]
                self._on(message)
        finally:
            self.close_code = socket.close_code
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _resume(self, hello: dict[str, Any]) -> None:
        """Go on where the server is: what it has is acknowledged, everything else goes out again."""
        self.hello, self.hello_at = hello, time.monotonic()
        self._said = hello["resume_from"] - 1
        self._seq = max(self._seq, self._said)
        self._acknowledged(self._said)
        self.connected.set()

    async def _talk(self) -> None:
        """Numbered messages in their order, no faster than agreed; after a long outage they are many."""
        bucket = TokenBucket(self._pace.rate, self._pace.burst)
        while True:
            self._to_say.clear()
            while (waiting := self._unacked.get(self._said + 1)) is not None:
                while not bucket.take():  # noqa: ASYNC110 - waits for time to pass, which nobody announces
                    await asyncio.sleep(1 / self._pace.rate)
                self._said += 1
                if not await self._send(waiting[0]):
                    return
            await self._to_say.wait()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self._send('{"type": "status"}')

    def _on(self, message: dict[str, Any]) -> None:
        if message["type"] == "ack":
            self._acknowledged(message["upto"])
        elif message["type"] == "frame.done":
            self._frame_ends(message["number"], judged=message["report"] is not None)
        elif message["type"] == "error" and message["code"] == "frame_refused":
            self.tally.frames_refused += 1
            self._frame_ends(message["params"]["number"], judged=False)
        elif message["type"] == "error" and message["code"] == "audio_refused":
            self.deaf = message["params"]["reason"] == "switched_off"
        elif message["type"] == "error" and message["code"] == "seq_gap":
            self._said = message["params"]["expected"] - 1
            self._to_say.set()
        if self._listener is not None:
            self._listener(message)

    def _acknowledged(self, upto: int) -> None:
        now = time.monotonic()
        for seq in [seq for seq in self._unacked if seq <= upto]:
            self.tally.acks.append(now - self._unacked.pop(seq)[1])
        self._acked.set()

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

    async def _ask_again(self, method: str, path: str, **body: Any) -> Any:
        """A request that may be made twice, made until the server is there to answer it."""
        delay = FIRST_DELAY
        while True:
            try:
                return await self._ask(method, path, **body)
            except StudentClientError as error:
                if error.status not in TRY_AGAIN:
                    raise
            except httpx2.TransportError:
                pass  # the server is away; it comes back
            await asyncio.sleep(random.uniform(0.0, delay) + 0.1)  # noqa: S311 - full jitter
            delay = min(LONGEST_DELAY, delay * SLOWING)

    async def _ask(self, method: str, path: str, **body: Any) -> Any:
        """One request; an expired access token is renewed once."""
        access = self._tokens.get("access_token")
        answer = await self._request(method, path, **body)
        if answer.status_code == 401 and access and await self._renew(access):
            answer = await self._request(method, path, **body)
        if answer.is_success:
            return answer.json()
        raise StudentClientError(f"{method} {path}: {answer.status_code} {_reason(answer)}", answer.status_code)

    async def _request(self, method: str, path: str, **body: Any) -> httpx2.Response:
        access = self._tokens.get("access_token")
        headers = {"Authorization": f"Bearer {access}"} if access else {}
        return await self._http.request(method, path, headers=headers, **body)

    async def _renew(self, access: str) -> bool:
        """A new pair of tokens. A refresh token is good once, so of two requests that failed one asks."""
        async with self._renewing:
            if self._tokens["access_token"] != access:
                return True
            renewed = await self._http.post("/auth/refresh", json={"refresh_token": self._tokens["refresh_token"]})
            if renewed.is_success:
                self._tokens = renewed.json()
            return renewed.is_success

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
