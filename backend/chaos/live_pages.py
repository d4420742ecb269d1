"""L8: many live pages of one busy exam, of which one never reads."""

import asyncio
import json
import socket
import time
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.commands.crowd import Crowd
from app.commands.load import drawn_room
from app.commands.server_metrics import metrics_of
from app.commands.student_client import percentile_ms
from app.schemas.realtime import PROTOCOL
from chaos.load_bars import Bar, Loaded
from tools.server_child import ADMIN

HAND_EVERY = 1.0
LINGER = 3.0
"""Seconds that the last raised hand has to reach everybody."""
OVERFLOWS = "proctor_socket_overflows_total"
LITTLE = 8 * 1024
"""Bytes that the page which never reads takes before its line is full."""


async def dashboards(made: Loaded, crowd: Crowd, students: int, *, viewers: int, seconds: float) -> Bar:
    """A raised hand must reach all pages that read, soon; the one that does not is hung up on.

    The crowd is that of L1.
    """
    few = crowd.part(students)
    await few.connect()
    address = f"ws://127.0.0.1:{made.server.port}/api/v1/proctoring/live/{crowd.exam_id}?token={await _token(made)}"
    raised: dict[int, float] = {}
    pages = [Page(await _page(address), raised) for _ in range(viewers - 1)]
    readers = [asyncio.create_task(page.read()) for page in pages]
    before = (await metrics_of(made.server.url)).get(OVERFLOWS, 0.0)
    stalled = await _page(address, max_queue=1, sock=await _slow_socket(made.server.port))
    closing = asyncio.create_task(_closed_after(made, before))
    busy = asyncio.create_task(few.stream(drawn_room(), seconds=seconds, fps=1.0))
    await _raise_hands(few, raised, seconds)
    await busy
    await asyncio.sleep(LINGER)
    for task in (*readers, closing):
        task.cancel()
    closed, *_ = await asyncio.gather(closing, *readers, return_exceptions=True)
    for connection in [*(page.connection for page in pages), stalled]:
        connection.transport.abort()
    await few.hang_up()
    delays = [one for page in pages for one in page.delays.values()]
    expected, slowest = len(raised) * len(pages), percentile_ms(delays, 1.0) or 0.0
    verdict = f"closed after {closed:.0f} s" if isinstance(closed, float) else "not closed"
    return Bar(
        "L8",
        f"{viewers} pages × {len(few.clients)} students",
        "others lag 2 s, the stalled closed in 30 s",
        f"{len(delays)} of {expected} raised hands seen, slowest {slowest:.0f} ms; stalled page {verdict}",
        len(delays) == expected and slowest <= 2000 and isinstance(closed, float) and closed <= 30,
    )


async def _raise_hands(crowd: Crowd, raised: dict[int, float], seconds: float) -> None:
    """One student after the other, each once; when each did is noted."""
    until = time.monotonic() + seconds
    for client in crowd.clients:
        if time.monotonic() >= until:
            return
        raised[client.exam_session_id] = time.monotonic()
        await client.say("hand", raised=True)
        await asyncio.sleep(HAND_EVERY)


async def _closed_after(made: Loaded, before: float) -> float:
    """Seconds until the server has hung up on a page that does not keep up."""
    begun = time.monotonic()
    while (await metrics_of(made.server.url)).get(OVERFLOWS, 0.0) <= before:  # noqa: ASYNC110 - another process has no event
        await asyncio.sleep(1.0)
    return time.monotonic() - begun


class Page:
    """A live page that notes when a raised hand reaches it."""

    def __init__(self, connection: ClientConnection, raised: dict[int, float]) -> None:
        self.connection = connection
        self.delays: dict[int, float] = {}
        self._raised = raised

    async def read(self) -> None:
        """Until cancelled."""
        async for body in self.connection:
            if isinstance(body, bytes) or '"session.updated"' not in body or '"hand":true' not in body:
                continue
            session = json.loads(body)["session"]
            key = int(session["id"])
            if session["hand"] and key in self._raised:
                self.delays.setdefault(key, time.monotonic() - self._raised[key])


async def _page(address: str, **options: Any) -> ClientConnection:
    return await connect(
        address, subprotocols=[Subprotocol(PROTOCOL)], compression=None, max_size=None, proxy=None, **options
    )


async def _slow_socket(port: int) -> socket.socket:
    """A connected socket with little room for what is not read."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
    made.setblocking(False)
    await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
    return made


async def _token(made: Loaded) -> str:
    email, password = ADMIN
    async with httpx2.AsyncClient(base_url=f"{made.server.url}/api/v1") as http:
        answer = (await http.post("/auth/login", json={"email": email, "password": password})).raise_for_status()
    return str(answer.json()["access_token"])
