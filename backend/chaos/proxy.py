"""A TCP proxy on this machine that makes the line between students and server as bad as wanted (after Toxiproxy)."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

CHUNK = 16 * 1024
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that turns closing into a TCP reset."""


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is at the moment; the default lets everything through.

    `latency` and `jitter` in seconds each way; `rate` in bytes a second each way (0: unlimited); `piece`: largest
    number of bytes passed on at once (0: as they come); `limit`: bytes after which a connection is closed (0: none);
    `deaf`: connections stay open and nothing arrives; `down`: new connections are refused.
    """

    latency: float = 0.0
    jitter: float = 0.0
    rate: float = 0.0
    piece: int = 0
    limit: int = 0
    deaf: bool = False
    down: bool = False


CLEAR = Line()


class FaultProxy:
    """Passes bytes between clients and `port`; `line` may change at any time and holds for open connections too."""

    def __init__(self, port: int, *, seed: int = 0) -> None:
        self.line = CLEAR
        self.accepted = 0
        self.passed = 0
        """Bytes that went through, both ways."""
        self._upstream = port
        self._random = random.Random(seed)  # noqa: S311 - a seed makes a run repeatable
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    @property
    def port(self) -> int:
        """Where clients connect."""
        if self._server is None:
            raise RuntimeError("the proxy is not open")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def become(self, line: Line) -> None:
        """Change the line; whoever waits behind a deaf one goes on when it hears again."""
        self.line = line
        self._changed.set()
        self._changed = asyncio.Event()

    def lead_to(self, port: int) -> None:
        """New connections go there; open ones stay where they are."""
        self._upstream = port

    def reset(self) -> None:
        """End every open connection with a TCP reset, as a middle box does that has forgotten it."""
        for writer in list(self._open):
            found: socket.socket | None = writer.get_extra_info("socket")
            if found is not None:
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.line.down:
            writer.transport.abort()
            return
        self.accepted += 1
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, up_writer}
        self._open |= both
        ways = [asyncio.create_task(self._pass(reader, up_writer)), asyncio.create_task(self._pass(up_reader, writer))]
        self._tasks.update(ways)
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._tasks.difference_update(ways)
            self._open -= both
            for one in both:
                one.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        try:
            while data := await reader.read(CHUNK):
                step = self.line.piece or len(data)
                for begin in range(0, len(data), step):
                    await self._deliver(data[begin : begin + step], writer)
                passed += len(data)
                self.passed += len(data)
                if self.line.limit and passed >= self.line.limit:
                    return
        except OSError:
            return

    async def _deliver(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        while self.line.deaf:
            await self._changed.wait()
        line = self.line
        wait = line.latency + line.jitter * self._random.uniform(-1, 1)
        if line.rate:
            wait += len(piece) / line.rate
        if wait > 0:
            await asyncio.sleep(wait)
        writer.write(piece)
        await writer.drain()

    async def open(self) -> None:
        """Listen on a free port of this machine."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def close(self) -> None:
        """Hang up everywhere."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def proxied(port: int, *, seed: int = 0) -> AsyncIterator[FaultProxy]:
    """A proxy before `port`, closed at the end."""
    proxy = FaultProxy(port, seed=seed)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
