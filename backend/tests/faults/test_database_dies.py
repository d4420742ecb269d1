"""PostgreSQL crashes, restarts and throws us out under load: no false acknowledgement, no restart (F04, F05, F07)."""

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import Sit, broken_promises, in_thread, looking, rest, until
from tools.server_child import ServerChild

STORM_SECONDS = 4.0
OURS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '360proctor'"


@pytest.mark.parametrize("request_to_stop", [signal.SIGQUIT, signal.SIGINT, signal.SIGKILL])
async def test_postgresql_dies_under_load_and_comes_back_without_loss(
    server: ServerChild, database: str, var_dir: Path, sit: Sit, request_to_stop: signal.Signals
) -> None:
    async with sit() as sitting:
        talking = asyncio.create_task(sitting.chatter())
        await until(lambda: sitting.history.acked > 10)
        with nobody_may_start(var_dir):
            os.kill(postmaster(var_dir), request_to_stop)
            await until(lambda: is_down(var_dir))
            acked, said = sitting.history.acked, len(sitting.history.sent)
            await until(lambda: len(sitting.history.sent) > said + 20)
            assert sitting.history.acked == acked, "acknowledged while there is no database"
            assert await in_thread(lambda: server.status_of("/health/live")) == 200
            assert await in_thread(lambda: server.status_of("/health/ready")) == 503
        await until(lambda: sitting.history.acked > said, seconds=15)
        await rest(talking)
        await sitting.client.all_acknowledged()
        assert sitting.client.tally.reconnects == 0
        assert await broken_promises(database, sitting) == []
        assert await in_thread(lambda: server.status_of("/health/ready")) == 200


async def test_a_storm_of_terminated_connections_loses_nothing(server: ServerChild, database: str, sit: Sit) -> None:
    ended, begun = 0, time.monotonic()
    async with sit() as sitting:
        talking = asyncio.create_task(sitting.chatter())
        async with looking(database) as db:
            while ended < 5 or time.monotonic() - begun < STORM_SECONDS:
                ended += await db.fetchval(OURS)
                await asyncio.sleep(0.005)
        acked = sitting.history.acked
        await until(lambda: sitting.history.acked > acked)
        await rest(talking)
        await sitting.client.all_acknowledged()
        assert await broken_promises(database, sitting) == []
        assert sitting.history.acked == len(sitting.history.sent)


@contextmanager
def nobody_may_start(var_dir: Path) -> Iterator[None]:
    """Keep the embedded database down for a while; afterwards the server itself starts it again."""
    with (var_dir / "postgres" / "turn.lock").open("r+b") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def is_down(var_dir: Path) -> bool:
    """Whether nothing of PostgreSQL runs any more."""
    with (var_dir / "postgres" / "cluster.lock").open("r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def postmaster(var_dir: Path) -> int:
    """PostgreSQL's process."""
    return int((var_dir / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])
