"""What fault tests share: a database that outlives servers, real server processes, and students who keep a history."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from app.commands.rehearsal import Rehearsal
from app.commands.student_client import Pace, StudentClient
from app.db.embedded import EmbeddedPostgres
from chaos.history import History
from chaos.pictures import picture
from chaos.world import FAST, complaints_of, looking
from tools.server_child import ADMIN, ServerChild


@pytest.fixture(scope="session")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of these tests keep their files."""
    folder = tmp_path_factory.mktemp("faults") / "var"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def database(var_dir: Path) -> Iterator[str]:
    """The embedded database of `var_dir`, used by the tests too, so that it stays when the last server goes."""
    with EmbeddedPostgres(var_dir / "postgres") as cluster:
        yield cluster.url


@pytest.fixture(scope="session")
def lasting_server(var_dir: Path, database: str) -> Iterator[ServerChild]:
    """One for all of these tests: a start takes seconds."""
    with ServerChild(var_dir, environment=FAST) as child:
        yield child


@pytest.fixture
def server(lasting_server: ServerChild) -> ServerChild:
    """It may be killed by a test that starts it again; one that failed before it did so spoils no other."""
    if lasting_server.process.poll() is not None:
        lasting_server.start()
    return lasting_server


@dataclass(slots=True)
class Sitting:
    """A student who sits, with everything said and heard."""

    client: StudentClient
    history: History
    heard: list[dict[str, Any]]
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def say(self, kind: str, **payload: Any) -> int:
        """A numbered message, on record."""
        self.history.says(len(self.history.sent) + 1, kind, payload)  # first: we may be cancelled while saying it
        return await self.client.say(kind, **payload)

    async def chatter(self) -> None:
        """Numbered messages without end, whether anybody listens or not."""
        for number in itertools.count():
            await self.say("answer", question_id=number, value=f"উত্তর {number}", client_seq=number)
            await asyncio.sleep(0.02)

    async def show(self, faces: int, *, seconds: float, fps: float = 5.0) -> None:
        """So many faces before the camera for so long; frames that meet a broken line are gone."""
        begun, each = time.monotonic(), 1 / fps
        for number in range(round(seconds * fps)):
            await asyncio.sleep(max(0.0, begun + number * each - time.monotonic()))
            if self.client.connected.is_set():
                await self.client.show(picture(faces, next(self.numbers)), int(time.time() * 1000))

    def codes(self) -> list[str]:
        """Problems the server told of."""
        return [message["code"] for message in self.heard if message["type"] == "error"]


__all__ = ["FAST", "Sit", "Sitting", "broken_promises", "in_thread", "looking", "rest", "until"]

Sit = Callable[..., Any]


@pytest.fixture
def sit(server: ServerChild) -> Sit:
    """Students of an exam of their own; the exam is removed when they leave."""

    @asynccontextmanager
    async def sitting(**exam: Any) -> AsyncIterator[Sitting]:
        # The film is one photograph that is moved about: what watches for live people would rightly note that.
        exam = {"disabled_kinds": ["frozen_video", "looped_video", "face_spoof"], **exam}
        rehearsal = Rehearsal(server.url, *ADMIN, students=1, **exam)
        async with rehearsal:
            history, heard = History(), list[dict[str, Any]]()

            def hears(message: dict[str, Any]) -> None:
                history.hears(message)
                heard.append(message)

            async with StudentClient(server.url, listener=hears, pace=Pace(400, 1000)) as client:
                await client.login(rehearsal.students[0].email, rehearsal.students[0].password)
                await client.start(rehearsal.exam_id)
                yield Sitting(client, history, heard)

    return sitting


async def broken_promises(url: str, sitting: Sitting) -> list[str]:
    """What the checker says of a sitting now."""
    async with looking(url) as db:
        return await complaints_of(db, sitting.client.exam_session_id, sitting.history)


async def until(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Wait until something has become true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what happens in another process has no event
            await asyncio.sleep(0.02)


async def rest(*tasks: "asyncio.Task[None]") -> None:
    """End what a student does in the background."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def in_thread(work: Callable[[], Any]) -> Any:
    """Something that blocks (starting a server), while the students go on."""
    return await cast("Awaitable[Any]", asyncio.to_thread(work))
