"""PostgreSQL crashes, restarts and throws us out under load: no false acknowledgement, no restart (F04, F05, F07)."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from app.db.embedded import EmbeddedPostgres
from tests.faults.conftest import Sit, broken_promises, in_thread, looking, rest, until
from tools.server_child import ServerChild

OURS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '360proctor'"


@pytest.mark.parametrize("request_to_stop", [signal.SIGQUIT, signal.SIGINT], ids=["immediate", "fast"])
async def test_a_restart_of_postgresql_under_load_loses_nothing(
    server: ServerChild, database: str, var_dir: Path, sit: Sit, request_to_stop: signal.Signals
) -> None:
    async with sit() as sitting:
        talking = asyncio.create_task(sitting.chatter())
        await until(lambda: sitting.history.acked > 10)
        os.kill(postmaster(var_dir), request_to_stop)
        await until(lambda: not (var_dir / "postgres" / "cluster" / "postmaster.pid").exists())
        acked, said = sitting.history.acked, len(sitting.history.sent)
        await until(lambda: len(sitting.history.sent) > said + 20)
        assert sitting.history.acked == acked, "acknowledged while there is no database"
        assert await in_thread(lambda: server.status_of("/health/live")) == 200
        assert await in_thread(lambda: server.status_of("/health/ready")) == 503
        again = EmbeddedPostgres(var_dir / "postgres")
        assert await in_thread(again.start) == database
        await until(lambda: sitting.history.acked > said, seconds=15)
        await rest(talking)
        await sitting.client.all_acknowledged()
        assert sitting.client.tally.reconnects == 0
        assert await broken_promises(database, sitting) == []
        assert await in_thread(lambda: server.status_of("/health/ready")) == 200
        await in_thread(again.stop)


async def test_a_storm_of_terminated_connections_loses_nothing(server: ServerChild, database: str, sit: Sit) -> None:
    ended = 0
    async with sit() as sitting:
        talking = asyncio.create_task(sitting.chatter())
        async with looking(database) as db:
            while ended < 200:
                ended += await db.fetchval(OURS)
                await asyncio.sleep(0.005)
        acked = sitting.history.acked
        await until(lambda: sitting.history.acked > acked)
        await rest(talking)
        await sitting.client.all_acknowledged()
        assert await broken_promises(database, sitting) == []
        assert sitting.history.acked == len(sitting.history.sent)


def postmaster(var_dir: Path) -> int:
    """PostgreSQL's process."""
    return int((var_dir / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])
