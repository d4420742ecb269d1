"""One bounded outgoing queue for each socket, so that a reader who stalls delays nobody else."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable

from prometheus_client import Counter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from app.schemas.realtime import Close, Message, Problem

OVERFLOWS = Counter("proctor_socket_overflows_total", "Sockets closed because their reader stalled.")
PROBLEMS = Counter("proctor_socket_problems_total", "Messages refused.", ["code"])


class Outbox:
    """What waits to be sent over one socket.

    Messages keep their order, at most `length` of them; then the socket is closed with 1013 and the client comes back
    for a fresh start. Pictures are kept one per `key`, the newest: a slow viewer sees fewer, never older ones.
    """

    def __init__(self, websocket: WebSocket, *, length: int = 512, send_timeout: float = 20.0) -> None:
        self._websocket = websocket
        self._length = length
        self._send_timeout = send_timeout
        self._messages: deque[Callable[[], str]] = deque()
        self._pictures: dict[Hashable, bytes] = {}
        self._newest: dict[Hashable, Message] = {}
        self._closing: int | None = None
        self._sending: asyncio.Timeout | None = None
        self._something = asyncio.Event()

    def send(self, message: Message) -> None:
        """Queue a message; never waits."""
        self.send_text(lambda: message.rendered)

    def problem(self, code: str, **params: str | int | float) -> None:
        """Say that a message was refused, and why."""
        PROBLEMS.labels(code).inc()
        self.send(Problem(code=code, params=params))

    def newest(self, key: Hashable, message: Message) -> None:
        """Queue a message that says all there is about `key`: one that still waits is said as this one instead."""
        waiting = key in self._newest
        self._newest[key] = message
        if not waiting:
            self.send_text(lambda: self._newest.pop(key).rendered)

    def send_text(self, render: Callable[[], str]) -> None:
        """Queue a text that is rendered when its turn comes."""
        if self._closing is not None:
            return
        if len(self._messages) >= self._length:
            self._messages.clear()
            self._newest.clear()
            self._pictures.clear()
            self.close(Close.TRY_LATER)
            self._give_up()
            return
        self._messages.append(render)
        self._something.set()

    def picture(self, key: Hashable, body: bytes) -> None:
        """Queue a picture over the older one of the same key."""
        if self._closing is None:
            self._pictures[key] = body
            self._something.set()

    def close(self, code: int) -> None:
        """Close with `code` once what is queued has gone out."""
        if self._closing is None:
            self._closing = code
        self._something.set()

    @property
    def closing(self) -> bool:
        """Whether its end has been decided."""
        return self._closing is not None

    async def run(self) -> int:
        """Send until closed from either side; returns the close code. A send that stalls closes with 1013."""
        try:
            while True:
                await self._something.wait()
                self._something.clear()
                await self._drain()
                if self._closing is not None and not self._messages:
                    await self._finish(self._closing)
                    return self._closing
        except (WebSocketDisconnect, RuntimeError):  # the peer left while we were sending
            return 1006
        except TimeoutError:
            OVERFLOWS.inc()
            await self._finish(Close.TRY_LATER)
            return Close.TRY_LATER

    async def _drain(self) -> None:
        while self._messages or self._pictures:
            async with asyncio.timeout(self._send_timeout) as self._sending:
                if self._messages:
                    await self._websocket.send_text(self._messages.popleft()())
                else:
                    await self._websocket.send_bytes(self._pictures.pop(next(iter(self._pictures))))
            self._sending = None

    def _give_up(self) -> None:
        """The reader is a whole queue behind: no need to wait until the send at hand times out."""
        if self._sending is not None:
            self._sending.reschedule(asyncio.get_running_loop().time())

    async def _finish(self, code: int) -> None:
        if self._websocket.application_state is not WebSocketState.CONNECTED:
            return
        try:
            async with asyncio.timeout(2):
                await self._websocket.close(code)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            return
