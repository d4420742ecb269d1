"""F19: who sends a head byte by byte, says nothing at all, or asks and does not read, is hung up on; others are not."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.responses import Response

from app.commands.patient_http import PatientHttp
from app.core.config import Settings
from tests.live import Loopback

LARGE = 8 * 2**20


class Hasty(PatientHttp):
    """The same, sooner."""

    head_seconds = 0.4
    unread_seconds = 0.4


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """Of a server with something large to read."""
    app = FastAPI()

    @app.get("/large")
    def large() -> Response:
        return Response(b"x" * LARGE)

    loopback = Loopback(Settings(_env_file=None, VAR_DIR=tmp_path))
    assert loopback.config.http is PatientHttp
    loopback.config.http = Hasty
    loopback.app = app
    await loopback.open()
    yield loopback.port
    await loopback.shutdown()


async def hung_up(port: int, *, first: bytes, then: bytes = b"", every: float = 0.05) -> bool:
    """Whether the server hangs up within a few times its patience, without an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)

    async def trickle() -> None:
        while then:
            writer.write(then)
            await asyncio.sleep(every)

    trickling = asyncio.create_task(trickle())
    try:
        async with asyncio.timeout(3):
            return await reader.read() == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    finally:
        trickling.cancel()
        writer.transport.abort()


@pytest.mark.parametrize(
    ("first", "then"),
    [(b"", b""), (b"GET /large HTTP/1.1\r\nHost: a\r\n", b"X"), (b"G", b""), (b"GET /large HTTP/1.1\r\n", b"a: b\r\n")],
    ids=["silence", "byte by byte", "one byte", "header by header"],
)
async def test_heads_must_come_in_time(port: int, first: bytes, then: bytes) -> None:
    assert await hung_up(port, first=first, then=then)


async def test_a_second_request_on_a_line_must_come_in_time_too(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404")
    await asyncio.sleep(0.5)  # between requests the keep-alive's patience holds, which is longer
    writer.write(b"GET /nothing HTTP/1.1\r\nHo")
    async with asyncio.timeout(3):
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readuntil(b"HTTP/1.1 404")
    writer.transport.abort()


async def test_an_answer_nobody_reads_is_given_up_and_who_reads_slowly_gets_all(port: int) -> None:
    request = b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    stalled = socket.create_connection(("127.0.0.1", port))
    stalled.sendall(request)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    received = 0
    while piece := await reader.read(LARGE // 20):
        received += len(piece)
        await asyncio.sleep(0.01)
    assert received > LARGE
    writer.close()
    stalled.settimeout(3)

    def rest() -> int:
        count = 0
        try:
            while piece := stalled.recv(2**20):
                count += len(piece)
        except ConnectionError:
            pass
        return count

    await asyncio.sleep(0.6)
    assert await asyncio.to_thread(rest) < LARGE
    stalled.close()
