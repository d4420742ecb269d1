"""Minors' mode: nobody looks for a face's identity or gaze, what is noted is kept and costs nothing."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.ai.types import FrameReport, FrameRequest
from app.core.clock import now
from app.core.config import Settings
from app.core.events import Bus
from app.db.models import Exam, ExamSession, FaceTemplate, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.minors import FACES
from app.domain.violations import Observation, ViolationKind
from app.schemas.realtime import Numbered
from app.services.client_messages import understand
from app.services.exam_sessions import activate
from app.services.kept_sitting import Services
from app.services.live_exam_sessions import LiveExamSessions
from app.storage import LocalStore
from tests.builders import make_exam_session
from tests.fakes import ScriptedEngine, shows
from tests.pictures import jpeg

WANTED: dict[str, Any] = {
    "title": "Class five",
    "start_time": (now() - timedelta(hours=1)).isoformat(),
    "end_time": (now() + timedelta(hours=2)).isoformat(),
    "duration_minutes": 60,
    "status": "published",
    "weights": {"tab_switch": 0.9},
}


def sees_another_face(request: FrameRequest) -> FrameReport:
    """As the pipeline: what is switched off is not looked for."""
    seen = [one for one in (Observation(ViolationKind.IDENTITY_MISMATCH, 0.9),) if one.kind not in request.disabled]
    return shows(*seen)(request)


async def scored_in_the_queue(sessions: Sessions, teacher: httpx2.AsyncClient, exam_session_id: int) -> bool:
    """What the review's queue says of the only sitting there is, once it is over."""
    async with unit_of_work(sessions) as db:
        row = await db.get_one(ExamSession, exam_session_id)
        row.state, row.settled, row.end_time = SessionState.SUBMITTED, True, now()
    (queued,) = (await teacher.get("/api/v1/review/queue")).json()
    assert queued["exam_session_id"] == exam_session_id
    return bool(queued["scored"])


async def test_a_childrens_exam_notes_without_scoring(
    app: FastAPI, settings: Settings, sessions: Sessions, bus: Bus, student: User,
    teacher_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient,
) -> None:  # fmt: skip
    made = (await teacher_client.post("/api/v1/exams/", json=WANTED | {"minors": True})).json()
    assert made["minors"] is True
    assert made["enable_identity_check"] is made["enable_eye_tracking"] is False
    assert set(made["disabled_kinds"]) == set(FACES)
    assert set(made["weights"].values()) == {0.0}
    async with unit_of_work(sessions) as db:
        taken = await make_exam_session(db, await db.get_one(Exam, made["id"]), student)
        await activate(db, taken)
    engine = ScriptedEngine(sees_another_face)
    app.state.live = lives = LiveExamSessions(
        Services(sessions, engine, LocalStore(settings.evidence_dir), bus.publish), bus
    )
    live = await lives.enter(taken.id)
    for at in range(0, 4000, 500):
        await live.judge(jpeg(), at)
    message = {"seq": 1, "type": "event", "kind": "devtools"}
    await live.hear([understand(Numbered.model_validate(message))])
    assert all(not request.enrol and request.reference is None for request in engine.seen)
    assert all(request.disabled >= FACES for request in engine.seen)
    assert live.trust == 100
    assert live.view().scored is False
    async with sessions() as db:
        assert await db.scalar(select(FaceTemplate.id)) is None
        kinds = set(await db.scalars(select(Violation.kind)))
        assert (await db.get_one(ExamSession, taken.id)).trust == 100
    assert kinds == {ViolationKind.DEVTOOLS}
    for client in (teacher_client, student_client):
        assert (await client.get(f"/api/v1/exam-sessions/{taken.id}")).json()["scored"] is False
    refused = await student_client.post(
        f"/api/v1/exam-sessions/{taken.id}/enrolment", content=jpeg(), headers={"Content-Type": "image/jpeg"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "identity_check_off")
    rescored = await teacher_client.post(f"/api/v1/exams/{made['id']}/rescore", json={"weights": {"devtools": 1}})
    assert (rescored.status_code, rescored.json()["code"]) == (409, "minors_not_scored")
    assert await scored_in_the_queue(sessions, teacher_client, taken.id) is False


@pytest.mark.parametrize(
    "change", [{"enable_identity_check": True}, {"weights": {"devtools": 1}}, {"disabled_kinds": []}]
)
async def test_what_is_off_for_children_cannot_be_switched_on(
    teacher_client: httpx2.AsyncClient, change: dict[str, Any]
) -> None:
    made = (await teacher_client.post("/api/v1/exams/", json=WANTED | {"minors": True})).json()
    changed = (await teacher_client.put(f"/api/v1/exams/{made['id']}", json=change)).json()
    assert changed["enable_identity_check"] is False
    assert set(changed["disabled_kinds"]) == set(FACES)
    assert set(changed["weights"].values()) == {0.0}
    grown = (await teacher_client.put(f"/api/v1/exams/{made['id']}", json={"minors": False})).json()
    assert (grown["minors"], grown["weights"]) == (False, {})


async def test_an_institution_of_children_makes_every_exam_one(
    admin_client: httpx2.AsyncClient, teacher_client: httpx2.AsyncClient
) -> None:
    assert (await admin_client.put("/api/v1/institution", json={"minors": True})).status_code == 200
    made = (await teacher_client.post("/api/v1/exams/", json=WANTED)).json()
    assert made["minors"] is True
    still = (await teacher_client.put(f"/api/v1/exams/{made['id']}", json={"minors": False})).json()
    assert still["minors"] is True
