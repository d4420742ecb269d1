"""`proctor demo`: the command as it is typed, on the test's own database; what it makes is tested with the service."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from app.cli import app
from app.core.config import get_settings
from app.db.models import DemoRun, Exam
from app.db.session import Sessions, unit_of_work


@pytest.fixture
def _here(engine: AsyncEngine, cluster_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("DATABASE_URL", cluster_url), ("ENVIRONMENT", "test"), ("VAR_DIR", str(tmp_path))):
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


async def typed(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["demo", *arguments])


@pytest.mark.usefixtures("_here")
async def test_status_off_and_refusal(sessions: Sessions, exam: Exam, monkeypatch: pytest.MonkeyPatch) -> None:
    async with unit_of_work(sessions) as db:
        (await db.get_one(Exam, exam.id)).demo_data = True
    shown = json.loads((await typed("status", "--json")).stdout)
    assert (shown["exists"], shown["exams"], shown["progress"]["state"]) == (True, 1, "none")
    off = await typed("off", "--json")
    assert off.exit_code == 0, off.output
    last = json.loads(off.stdout.splitlines()[-1])
    assert (last["exists"], last["progress"]["state"]) == (False, "none")
    async with unit_of_work(sessions) as db:
        assert await db.get(Exam, exam.id) is None
        db.add(DemoRun(removes=False, beat_at=exam.end_time))
    busy = await typed("on", "--json")
    assert (busy.exit_code, json.loads(busy.stdout)["error"]) == (1, "demo_data_running")
    monkeypatch.setenv("ENVIRONMENT", "production")
    get_settings.cache_clear()
    refused = await typed("on", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]) == (1, "demo_data_refused")
