"""`proctor storm`: a small class starts and hands in at once, against a real server; what it says is what is stored."""

import asyncio
import json
from typing import Any

from sqlalchemy import func, select
from typer.testing import CliRunner

from app.cli import app
from app.db.models import Exam, User
from app.db.session import Sessions, unit_of_work
from tests.builders import PASSWORD
from tests.live import LiveServer

STUDENTS = 3


async def typed(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit status and last line; the server, which is in this process, logs between."""
    done = await asyncio.to_thread(CliRunner().invoke, app, ["storm", "--json", *arguments])
    [line] = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return done.exit_code, json.loads(line)


async def test_a_small_class_in_one_second(server: LiveServer, admin: User, sessions: Sessions) -> None:
    who = ("--admin-email", admin.email, "--admin-password", PASSWORD, "--server", server.url)
    status, result = await typed("--students", str(STUDENTS), "--within", "1", *who)
    assert (status, result["complaints"]) == (0, [])
    for wave in ("start", "connect", "hand_in"):
        assert (result[wave]["done"], result[wave]["failed"]) == (STUDENTS, 0)
        assert 0 < result[wave]["p50_ms"] <= result[wave]["longest_ms"]
    async with unit_of_work(sessions) as db:  # it takes its exam and its students away again
        assert await db.scalar(select(func.count()).select_from(Exam)) == 0
        assert await db.scalar(select(func.count()).select_from(User)) == 1


async def test_it_storms_no_other_machine_and_says_who_was_refused(server: LiveServer, admin: User) -> None:
    status, result = await typed("--server", "http://192.0.2.1:8000")
    assert (status, result["error"]) == (2, "not_this_machine")
    who = ("--admin-email", admin.email, "--admin-password", "wrong", "--server", server.url)
    status, result = await typed("--students", "1", "--within", "1", *who)
    assert (status, result["error"]) == (1, "server_refused")
