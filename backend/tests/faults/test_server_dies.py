"""The server is killed, stopped and frozen in the middle of exams; nothing acknowledged is lost (F01, F02, F22)."""

import asyncio
import signal
import time

import pytest

from app.domain.incidents import BLIND_AFTER
from tests.faults.conftest import Sit, broken_promises, in_thread, looking, rest, until
from tools.server_child import ServerChild


async def violations(database: str, exam_session_id: int) -> list[tuple[str, bool, int]]:
    """Kind, whether it is over, and how often it was opened."""
    async with looking(database) as db:
        found = await db.fetch(
            "SELECT kind, ended_at IS NOT NULL AS over, count FROM violations WHERE exam_session_id = $1 ORDER BY id",
            exam_session_id,
        )
    return [(row["kind"], row["over"], row["count"]) for row in found]


async def causes(database: str, exam_session_id: int) -> list[str]:
    """Whose fault each outage was."""
    async with looking(database) as db:
        found = await db.fetch("SELECT cause FROM outages WHERE exam_session_id = $1 ORDER BY id", exam_session_id)
    return [row["cause"] for row in found]


async def test_kill_9_loses_nothing_and_the_open_violation_goes_on(
    server: ServerChild, database: str, sit: Sit
) -> None:
    async with sit() as sitting:
        ends_at = sitting.client.hello["ends_at"]
        talking = asyncio.create_task(sitting.chatter())
        await sitting.show(1, seconds=1)
        showing = asyncio.create_task(sitting.show(2, seconds=60))
        await until(lambda: any(m["type"] == "violation.opened" for m in sitting.heard))
        await until(lambda: sitting.history.acked > 20)
        judged, begun = sitting.client.tally.frames_done, time.monotonic()
        server.kill()
        assert await violations(database, sitting.client.exam_session_id) == [("multiple_faces", False, 1)]
        await in_thread(server.start)
        ready = time.monotonic()
        await until(lambda: sitting.client.tally.frames_done > judged)
        assert time.monotonic() - ready < 10
        unseen = time.monotonic() - begun
        assert sitting.client.hello["ends_at"] == ends_at
        heard = len(sitting.heard)
        await until(lambda: any(m["type"] == "violation.updated" for m in sitting.heard[heard:]))
        await rest(showing, talking)
        ended = await sitting.client.finish()
        assert ended["state"] == "submitted"
        assert await broken_promises(database, sitting) == []
        assert sitting.history.acked == len(sitting.history.sent)
        noted = await violations(database, sitting.client.exam_session_id)
        # On a machine so busy that nobody was seen for longer, the rules say that it is another violation.
        assert noted == [("multiple_faces", True, 1)] * (1 if unseen < BLIND_AFTER else len(noted))
        assert await causes(database, sitting.client.exam_session_id) == ["server"]


@pytest.mark.parametrize("instant", [0.003, 0.11])
async def test_kill_9_at_any_instant_loses_nothing(
    server: ServerChild, database: str, sit: Sit, instant: float
) -> None:
    async with sit() as sitting:
        talking = asyncio.create_task(sitting.chatter())
        await until(lambda: sitting.history.acked > 10)
        await asyncio.sleep(instant)
        server.kill()
        assert await broken_promises(database, sitting) == []
        await in_thread(server.start)
        acked = sitting.history.acked
        await until(lambda: sitting.history.acked > acked)
        await rest(talking)
        await sitting.client.all_acknowledged()
        assert await broken_promises(database, sitting) == []


async def test_sigterm_tells_clients_to_come_back_and_ends_in_time(
    server: ServerChild, database: str, sit: Sit
) -> None:
    async with sit() as sitting:
        talking = asyncio.create_task(sitting.chatter())
        await until(lambda: sitting.history.acked > 5)
        codes: list[int | None] = []
        begun = time.monotonic()
        server.send(signal.SIGTERM)
        await until(lambda: not sitting.client.connected.is_set())
        codes.append(sitting.client.close_code)
        status = await in_thread(server.wait)
        assert time.monotonic() - begun < 20
        assert (codes, status) == ([1012], -signal.SIGTERM)  # uvicorn cleans up, then ends by the signal it got
        await in_thread(server.start)
        await until(lambda: sitting.client.connected.is_set())
        await rest(talking)
        await sitting.client.all_acknowledged()
        assert await broken_promises(database, sitting) == []
        assert await causes(database, sitting.client.exam_session_id) == ["server"]


async def test_a_frozen_server_notes_nothing_against_the_student(server: ServerChild, database: str, sit: Sit) -> None:
    async with sit() as sitting:
        talking = asyncio.create_task(sitting.chatter())
        showing = asyncio.create_task(sitting.show(1, seconds=60))
        await until(lambda: sitting.client.tally.frames_done > 3)
        server.send(signal.SIGSTOP)
        await asyncio.sleep(5)
        server.send(signal.SIGCONT)
        done = sitting.client.tally.frames_done
        await until(lambda: sitting.client.tally.frames_done > done + 10)
        await rest(showing, talking)
        await sitting.client.finish()
        assert sitting.client.tally.reconnects == 0
        assert await violations(database, sitting.client.exam_session_id) == []
        assert "link" not in await causes(database, sitting.client.exam_session_id)
        assert await broken_promises(database, sitting) == []
