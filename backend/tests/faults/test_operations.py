"""Two servers on one folder, and their end: who shares what, and what is left behind."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from app.commands.rehearsal import Rehearsal
from app.commands.student_client import StudentClient
from app.db.embedded import EmbeddedPostgres
from tests.faults.conftest import FAST, Sit, in_thread, looking, until
from tools.server_child import ADMIN, ServerChild

LIVE = "proctor_live_exam_sessions"


async def test_two_servers_share_a_folder_and_leave_nothing_behind(tmp_path: Path) -> None:
    var_dir = tmp_path / "var"
    var_dir.mkdir()
    one, two = ServerChild(var_dir, environment=FAST), ServerChild(var_dir, environment=FAST)
    one.launch()
    two.launch()
    async with AsyncExitStack() as stack:
        for server in (one, two):
            stack.push(server.__exit__)
            await in_thread(server.wait_ready)
        joined = EmbeddedPostgres(var_dir / "postgres")
        async with looking(await in_thread(joined.start)) as db:
            assert await db.fetchval("SELECT count(*) FROM users") == 3
        await in_thread(joined.stop)
        workers = [*family(one), *family(two)]
        assert len(workers) >= 4
        assert await end_with_open_sockets(one) == -signal.SIGTERM
        assert await in_thread(lambda: two.status_of("/health/ready")) == 200
        assert await end_with_open_sockets(two) == -signal.SIGTERM
        assert [process for process in workers if process.is_running() and process.status() != "zombie"] == []
        assert not (var_dir / "postgres" / "cluster" / "postmaster.pid").exists()


async def end_with_open_sockets(server: ServerChild) -> int:
    """SIGTERM while students are connected; the exit status."""
    rehearsal = Rehearsal(server.url, *ADMIN, students=2)
    await rehearsal.__aenter__()
    students = [StudentClient(server.url) for _ in rehearsal.students]
    for client, student in zip(students, rehearsal.students, strict=True):
        await client.login(student.email, student.password)
        await client.start(rehearsal.exam_id)
    begun = time.monotonic()
    server.send(signal.SIGTERM)
    await until(lambda: all(client.close_code == 1012 for client in students))
    status: int = await in_thread(server.wait)
    assert time.monotonic() - begun < 20
    for client in students:
        await client.close()
    await rehearsal.abandon()
    return status


def family(server: ServerChild) -> list[psutil.Process]:
    """The server and all its children."""
    process = psutil.Process(server.process.pid)
    return [process, *process.children(recursive=True)]


def numbers_of(text: str) -> dict[str, float]:
    """What `/metrics` says, by name and labels."""
    lines = [line.rpartition(" ") for line in text.splitlines() if line[0] != "#"]
    return {name: float(value) for name, _, value in lines}


async def test_metrics_count_what_happened_and_name_nobody(server: ServerChild, sit: Sit) -> None:
    async with sit() as sitting:
        await sitting.show(1, seconds=1)
        await sitting.say("status", at=1)
        await sitting.client.all_acknowledged()
        async with asyncio.timeout(20):  # who sat in the test before may still be leaving
            while (numbers := await in_thread(lambda: numbers_of(server.read("/metrics"))))[LIVE] != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        text = await in_thread(lambda: server.read("/metrics"))
    assert numbers["proctor_engine_frames_total"] >= sitting.client.tally.frames_done > 0
    assert numbers["proctor_workers_alive"] == 1
    assert numbers["proctor_ack_seconds_count"] >= 1
    assert numbers["proctor_store_seconds_count"] >= 1
    assert numbers['proctor_worker_resident_bytes{worker="0"}'] > 20e6
    assert numbers['proctor_database_connections{state="idle"}'] >= 1
    assert "@" not in text
    assert "Rehearsal" not in text
