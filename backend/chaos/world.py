"""A database, a server and students of their own, all on this machine and all gone afterwards; everything on record."""

import asyncio
import itertools
import json
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO, cast

import asyncpg
from sqlalchemy.engine import make_url

from app.commands.rehearsal import Rehearsal, in_turns
from app.commands.student_client import Pace, StudentClient
from app.db.embedded import EmbeddedPostgres
from chaos.history import History, Row, complaints
from chaos.proxy import FaultProxy, proxied
from tools.server_child import ADMIN, ServerChild

FAST = {"MAX_FPS": "10", "MESSAGES_PER_SECOND": "500", "MESSAGE_BURST": "2000", "ANALYSIS_WORKERS": "1"}
NOTHING: Mapping[str, str] = {}


@dataclass(slots=True)
class Student:
    """One student who talks without end, with everything said and acknowledged."""

    client: StudentClient
    history: History
    talking: "asyncio.Task[None] | None" = None

    async def chatter(self, pause: float) -> None:
        """Numbered messages, whether anybody listens or not."""
        for number in itertools.count():
            payload = {"number": number, "words": f"উত্তর {number}"}
            self.history.says(len(self.history.sent) + 1, "status", payload)
            await self.client.say("status", **payload)
            await asyncio.sleep(pause)


@dataclass(slots=True)
class World:
    """What a fault works on. `url` is the database's own, past the server; `proxy` stands before the server."""

    server: ServerChild
    proxy: FaultProxy
    url: str
    var_dir: Path
    random: random.Random
    record: TextIO
    cluster: EmbeddedPostgres
    students: list[Student] = field(default_factory=list)
    servers: list[ServerChild] = field(default_factory=list)
    """Others that a fault has started; ended with the world."""

    @property
    def acked(self) -> int:
        """Acknowledged messages of all students."""
        return sum(student.history.acked for student in self.students)

    async def acks_again(self, *, seconds: float = 60.0) -> float:
        """How long until every student has heard an acknowledgement of something said after now."""
        begun = time.monotonic()
        goals = [len(student.history.sent) for student in self.students]
        async with asyncio.timeout(seconds):
            while any(one.history.acked < goal for one, goal in zip(self.students, goals, strict=True)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return time.monotonic() - begun

    async def some_acks(self, count: int = 5) -> None:
        """Until that much more was acknowledged."""
        goal = self.acked + count * len(self.students)
        async with asyncio.timeout(60):
            while self.acked < goal:  # noqa: ASYNC110 - what happens in another process has no event
                await asyncio.sleep(0.02)

    def talk(self, pause: float = 0.05) -> None:
        """Everybody who was told to be quiet talks again."""
        for student in self.students:
            student.talking = student.talking or asyncio.create_task(student.chatter(pause))

    async def quiet(self) -> None:
        """Nobody says anything more, and all that was said is acknowledged."""
        for student in self.students:
            if student.talking is not None:
                student.talking.cancel()
                await asyncio.gather(student.talking, return_exceptions=True)
                student.talking = None
        async with asyncio.timeout(90):
            await asyncio.gather(*(student.client.all_acknowledged() for student in self.students))

    async def broken_promises(self) -> list[str]:
        """What the checker says, of every student."""
        found: list[str] = []
        async with looking(self.url) as db:
            for student in self.students:
                key = student.client.exam_session_id
                told = await complaints_of(db, key, student.history)
                found += [f"exam session {key}: {complaint}" for complaint in told]
        return found

    async def blocking(self, work: Callable[[], Any]) -> Any:
        """Something that blocks (starting a server), while the students go on."""
        return await asyncio.to_thread(work)

    def postmaster(self) -> int:
        """PostgreSQL's first process."""
        return int((self.var_dir / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])


@asynccontextmanager
async def world(
    folder: Path,
    *,
    students: int,
    seed: int,
    pause: float = 0.05,
    environment: Mapping[str, str] = NOTHING,
    exam: Mapping[str, Any] = NOTHING,
) -> AsyncIterator[World]:
    """Database, server, proxy, and students who talk. The history is written to `folder/history.jsonl`."""
    var_dir = folder / "var"
    var_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        record = stack.enter_context((folder / "history.jsonl").open("a", encoding="utf-8"))
        cluster = EmbeddedPostgres(var_dir / "postgres")
        url = await asyncio.to_thread(cluster.start)
        stack.push_async_callback(asyncio.to_thread, cluster.stop)
        server = ServerChild(var_dir, environment={**FAST, **environment})
        await asyncio.to_thread(server.start)
        stack.push(server.__exit__)
        proxy = await stack.enter_async_context(proxied(server.port, seed=seed))
        made = World(server, proxy, url, var_dir, random.Random(seed), record, cluster)  # noqa: S311 - repeatable
        stack.callback(_end_all, made.servers)
        rehearsal = Rehearsal(server.url, *ADMIN, students=students, **exam)
        await rehearsal.__aenter__()
        stack.push_async_exit(_leave(made, rehearsal))

        async def come(number: int) -> None:
            made.students.append(await _sit(made, rehearsal, number, pause))

        await in_turns(come, range(students))
        yield made


def _end_all(servers: list[ServerChild]) -> None:
    for server in servers:
        server.__exit__(None, None, None)


def _leave(made: World, rehearsal: Rehearsal) -> Callable[..., Any]:
    async def leave(*_: object) -> None:
        for student in made.students:
            if student.talking is not None:
                student.talking.cancel()
            await student.client.close()
        with suppress(Exception):
            await rehearsal.abandon()

    return leave


async def _sit(made: World, rehearsal: Rehearsal, number: int, pause: float) -> Student:
    history = History()

    def hears(message: dict[str, Any]) -> None:
        history.hears(message)
        if message["type"] in ("ack", "hello", "error"):
            line = {"at": time.time(), "student": number, **message}
            made.record.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")

    client = StudentClient(f"http://127.0.0.1:{made.proxy.port}", listener=hears, pace=Pace(400, 1000))
    account = rehearsal.students[number]
    await client.login(account.email, account.password)
    await client.start(rehearsal.exam_id)
    student = Student(client, history)
    student.talking = asyncio.create_task(student.chatter(pause))
    return student


@asynccontextmanager
async def looking(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection past the server, for a look."""
    where = make_url(url).query["host"]
    connection = await asyncpg.connect(host=str(where), user="proctor", database="auto_proctoring")
    try:
        await connection.set_type_codec("jsonb", encoder=str, decoder=json.loads, schema="pg_catalog")
        yield connection
    finally:
        await connection.close()


async def complaints_of(db: "asyncpg.Connection[asyncpg.Record]", exam_session_id: int, history: History) -> list[str]:
    """What the checker says of one sitting, as the database has it now."""
    found = await db.fetch("SELECT seq, type, payload FROM client_messages WHERE exam_session_id = $1", exam_session_id)
    last_seq = await db.fetchval("SELECT last_seq FROM exam_sessions WHERE id = $1", exam_session_id)
    rows = [Row(row["seq"], row["type"], row["payload"]) for row in found]
    return list(complaints(history, rows, last_seq=cast("int", last_seq)))


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
