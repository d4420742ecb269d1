"""Demonstration data: made by an administrator, whole and explained like real sittings, removed without a trace."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.clock import now
from app.core.config import Environment, Settings
from app.core.events import Bus
from app.core.signing import Verifier
from app.db.base import Base
from app.db.models import DemoRun, Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.db.trust_check import unexplained_scores
from app.domain.exams import ExamStatus
from app.services.custody_bundle import bundle_of
from app.services.custody_seal import seal_due
from app.services.custody_verify import verify_bundle
from app.services.demo_data.making import steps_to_make
from app.services.demo_data.runs import CUT_OFF
from app.services.demo_data.sittings import Place
from app.services.demo_data.work import DemoWork
from app.services.kept_sitting import Services
from app.services.live_exam_sessions import LiveExamSessions
from app.storage import LocalStore
from tests.fakes import ScriptedEngine

ADDRESS = "/api/v1/demo-data"
STAYS = {"audit_log", "custody_links", "custody_manifests", "demo_runs"}
"""What is only ever added, and the word about the work itself."""


@pytest.fixture
def work(app: FastAPI, settings: Settings, sessions: Sessions, bus: Bus) -> DemoWork:
    """As the lifespan makes it."""
    store = app.state.store = LocalStore(settings.evidence_dir)
    live = app.state.live = LiveExamSessions(Services(sessions, ScriptedEngine(), store, bus.publish), bus)
    work = app.state.demo = DemoWork(Place(sessions, store, live.settle), app.state.notary)
    return work


async def rows(engine: AsyncEngine) -> dict[str, int]:
    """Of every table, how many rows it has."""
    tables = [one.name for one in Base.metadata.sorted_tables if one.name not in STAYS]
    async with engine.connect() as connection:
        counts = [await connection.execute(text(f"SELECT count(*) FROM {table}")) for table in tables]
        return {table: found.scalar_one() for table, found in zip(tables, counts, strict=True)}


async def told(browser: httpx2.AsyncClient, method: str = "GET", *, status: int = 200) -> Any:
    answer = await browser.request(method, ADDRESS)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_made_cut_off_made_again_looked_at_and_removed(
    work: DemoWork, app: FastAPI, admin_client: httpx2.AsyncClient, sessions: Sessions, engine: AsyncEngine,
    taken: ExamSession, settings: Settings, tmp_path: Path,
) -> None:  # fmt: skip
    before = await rows(engine)
    assert (await told(admin_client))["progress"]["state"] == "none"
    assert (await told(admin_client, "POST", status=202))["progress"]["state"] == "running"
    assert (await told(admin_client, "POST", status=409))["code"] == "demo_data_running"
    async with asyncio.timeout(60):
        while (await told(admin_client))["progress"]["done"] < 9:  # noqa: ASYNC110 - as the page asks, again and again
            await asyncio.sleep(0.02)
    await work.close()  # the server ends in the middle of it
    cut = await told(admin_client)
    assert (cut["progress"]["state"], cut["exists"]) == ("failed", True)
    await told(admin_client, "POST", status=202)
    await work.finished()
    found = await told(admin_client)
    assert found["progress"]["state"] == "done", found
    assert (found["exams"], found["students"], found["exam_sessions"]) == (6, 12, 26)
    assert found["progress"]["done"] == found["progress"]["total"] > steps_to_make()
    assert (await told(admin_client, "POST", status=409))["code"] == "demo_data_exists"

    await looks_real(admin_client, sessions)
    await is_explained(app, sessions, engine, tmp_path)
    await told(admin_client, "DELETE")
    await work.finished()
    gone = await told(admin_client)
    assert (gone["progress"]["state"], gone["exists"]) == ("none", False)
    assert await rows(engine) == before
    pieces = [path for path in settings.evidence_dir.rglob("*") if path.is_file()]
    assert pieces == []


async def looks_real(admin: httpx2.AsyncClient, sessions: Sessions) -> None:
    """Every state, work for graders and reviewers, and results that are out."""
    exams = [one for one in (await admin.get("/api/v1/exams")).json() if one["demo_data"]]
    assert {one["status"] for one in exams} == set(ExamStatus)
    assert len({one["group"] for one in exams}) == 2
    released = next(one["id"] for one in exams if one["results_released_at"])
    results = (await admin.get(f"/api/v1/exams/{released}/results")).json()["results"]
    assert len(results) == 8
    assert {one["to_mark"] for one in results} == {0}
    assert {one["passed"] for one in results} == {True, False}
    queue = (await admin.get("/api/v1/review/queue", params={"status": "open", "limit": 100})).json()
    assert any(one["reasons"] for one in queue)
    waiting = next(one["id"] for one in exams if one["status"] == "completed" and one["id"] != released)
    assert (await admin.get(f"/api/v1/exams/{waiting}/grading", params={"waiting": True})).json()["items"]
    async with unit_of_work(sessions) as db:
        sat = (await db.scalars(select(ExamSession).join(ExamSession.exam).where(Exam.demo_data))).all()
    assert {one.state for one in sat} == {"created", "active", "submitted"}
    assert any(one.outage_seconds > 100 and one.credited_seconds > 100 for one in sat)
    assert any(one.trust < 70 for one in sat)
    assert any(one.trust > 99 for one in sat)
    busy = min((one for one in sat if one.state == "submitted"), key=lambda one: one.trust)
    review = (await admin.get(f"/api/v1/exam-sessions/{busy.id}/review")).json()
    assert review["violations"]
    assert review["events"]
    assert review["sound"]
    assert busy.end_time is not None
    assert all(one["at"] < busy.end_time.isoformat() for one in review["answers"])


async def is_explained(app: FastAPI, sessions: Sessions, engine: AsyncEngine, folder: Path) -> None:
    """`proctor db check` and `proctor verify` find nothing."""
    async with engine.connect() as connection:
        assert (await unexplained_scores(connection))[1] == []
    await seal_due(sessions, app.state.notary)
    async with unit_of_work(sessions) as db:
        settled = select(ExamSession.id).join(ExamSession.exam).where(Exam.demo_data, ExamSession.settled)
        ids = list(await db.scalars(settled.order_by(ExamSession.id)))
    assert len(ids) == 20
    for one in ids[::5]:
        async with unit_of_work(sessions) as db:
            body = await bundle_of(db, one, app.state.store, app.state.notary)
        (folder / "bundle.zip").write_bytes(body)
        found = verify_bundle(folder / "bundle.zip", Verifier(app.state.notary.signer.public_pem))
        assert found.problems == []


async def test_what_is_left_of_a_server_that_was_killed_does_not_block(
    work: DemoWork, admin_client: httpx2.AsyncClient, sessions: Sessions, app: FastAPI, exam: Exam, admin: User
) -> None:
    async with unit_of_work(sessions) as db:
        db.add(DemoRun(removes=False, total=9, done=3, beat_at=now() - 2 * CUT_OFF))
    assert (await told(admin_client))["progress"] == {"state": "failed", "removes": False, "done": 3, "total": 9}
    await told(admin_client, "DELETE")
    await work.finished()
    assert (await told(admin_client))["progress"]["state"] == "none"
    app.state.settings = app.state.settings.model_copy(update={"ENVIRONMENT": Environment.PRODUCTION})
    assert (await told(admin_client, "POST", status=403))["code"] == "demo_data_refused"
    assert (await told(admin_client))["allowed"] is False
    async with unit_of_work(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Exam)) == 1
