"""Enrolling a face: only one's own sitting, only one good face, sealed in the database, gone when it is over."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import cv2
import httpx2
import numpy as np
import pytest
import skimage.data
from fastapi import FastAPI
from sqlalchemy import delete, select

from app.ai.engine import ProcessEngine
from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.types import TEMPLATE_BYTES, FrameReport, FrameRequest
from app.core.config import Settings
from app.core.events import Bus
from app.core.sealing import Unsealable
from app.db.models import ExamSession, FaceTemplate, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.roles import Role
from app.domain.shelves import Shelf
from app.services.data_keys import session_key
from app.services.exam_sessions import end_exam_session
from app.services.face_templates import context_of
from app.services.kept_sitting import Services
from app.services.live_exam_sessions import LiveExamSessions
from app.storage import open_storage
from tests.builders import make_exam, make_exam_session, make_user
from tests.fakes import ScriptedEngine

JPEG = {"Content-Type": "image/jpeg"}


@dataclass(frozen=True)
class Sitting:
    """An open exam session of `student`."""

    id: int
    path: str


@pytest.fixture(scope="module")
async def engine_with_models() -> AsyncIterator[ProcessEngine]:
    """One real worker."""
    engine = ProcessEngine(workers=1)
    await engine.start()
    yield engine
    await engine.close()


@pytest.fixture
async def sitting(sessions: Sessions, student: User) -> Sitting:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, await make_user(db, Role.TEACHER))
        taken = await make_exam_session(db, exam, student, state=SessionState.ACTIVE)
        return Sitting(taken.id, f"/api/v1/exam-sessions/{taken.id}/enrolment")


@pytest.fixture
def live(app: FastAPI, settings: Settings, sessions: Sessions, bus: Bus) -> LiveExamSessions:
    """Live exam sessions over an engine that gives a template whenever it is asked for one."""
    services = Services(sessions, ScriptedEngine(sees_somebody), open_storage(settings), bus.publish)
    app.state.live = live = LiveExamSessions(services, bus)
    return live


@pytest.fixture
def ready(app: FastAPI, live: LiveExamSessions, engine_with_models: ProcessEngine) -> FastAPI:
    """The app with what its lifespan would have opened."""
    app.state.engine = engine_with_models
    return app


def sees_somebody(request: FrameRequest) -> FrameReport:
    """One and the same face."""
    template = np.linspace(-1, 1, TEMPLATE_BYTES // 2).astype(np.float16).tobytes() if request.enrol else None
    return FrameReport(at=request.at, width=640, height=480, template=template)


def face(side: int = 320) -> Picture:
    """The astronaut's face, about half of the picture."""
    part = skimage.data.astronaut()[0:230, 110:340]  # type: ignore[no-untyped-call]
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


PICTURES = {
    "enrolment_no_face": np.random.default_rng(1).integers(60, 200, (240, 320, 3)).astype(np.uint8),
    "enrolment_several_faces": np.hstack([face(), face()]),
    "enrolment_too_small": np.pad(face(130), ((100, 100), (150, 150), (0, 0)), constant_values=128),
    "enrolment_too_dark": (face() * 0.2).astype(np.uint8),
    "enrolment_blurred": np.asarray(cv2.GaussianBlur(face(), (0, 0), 4), np.uint8),
}


async def test_a_good_picture_is_enrolled_once(
    ready: FastAPI, student_client: httpx2.AsyncClient, sitting: Sitting, sessions: Sessions
) -> None:
    answer = await student_client.post(sitting.path, content=encode(face(), 85), headers=JPEG)
    assert (answer.status_code, answer.json()["session_id"]) == (200, sitting.id)
    assert set(answer.json()) == {"session_id", "enrolled_at"}
    again = await student_client.post(sitting.path, content=encode(face(), 85), headers=JPEG)
    assert (again.status_code, again.json()["code"]) == (409, "already_enrolled")


@pytest.mark.parametrize("code", PICTURES)
async def test_a_picture_that_will_not_do_says_why(
    ready: FastAPI, student_client: httpx2.AsyncClient, sitting: Sitting, sessions: Sessions, code: str
) -> None:
    answer = await student_client.post(sitting.path, content=encode(PICTURES[code], 85), headers=JPEG)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"] != code
    async with sessions() as db:
        assert await db.scalar(select(FaceTemplate.id)) is None


@pytest.mark.parametrize("body", [b"", b"GIF89a", b"\xff\xd8\xff", b"x" * 300_000])
async def test_bytes_that_are_no_picture_are_refused(
    ready: FastAPI, student_client: httpx2.AsyncClient, sitting: Sitting, body: bytes
) -> None:
    answer = await student_client.post(sitting.path, content=body, headers=JPEG)
    assert (answer.status_code, answer.json()["code"]) == (422, "picture_refused")


async def test_pictures_are_taken_nowhere_else(student_client: httpx2.AsyncClient) -> None:
    answer = await student_client.put("/api/v1/users/me", content=b"\xff\xd8\xff", headers=JPEG)
    assert answer.status_code == 415


async def test_the_database_cannot_read_it(
    ready: FastAPI, student_client: httpx2.AsyncClient, sitting: Sitting, sessions: Sessions
) -> None:
    await student_client.post(sitting.path, content=encode(face(), 85), headers=JPEG)
    async with unit_of_work(sessions) as db:
        row = (await db.scalars(select(FaceTemplate))).one()
        key = await session_key(db, sitting.id, Shelf.PICTURES)
        other = await session_key(db, sitting.id, Shelf.RECORD)
    template = key.open(row.sealed, context_of(sitting.id))
    assert len(template) == TEMPLATE_BYTES
    assert template[:64] not in row.sealed
    assert row.source == "picture"
    with pytest.raises(Unsealable):
        key.open(row.sealed, context_of(sitting.id + 1))
    with pytest.raises(Unsealable):
        other.open(row.sealed, context_of(sitting.id))


async def test_an_exam_without_the_switch_enrols_nobody(
    ready: FastAPI, student_client: httpx2.AsyncClient, student: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, await make_user(db, Role.TEACHER), enable_identity_check=False)
        taken = await make_exam_session(db, exam, student, state=SessionState.ACTIVE)
    path = f"/api/v1/exam-sessions/{taken.id}/enrolment"
    answer = await student_client.post(path, content=encode(face(), 85), headers=JPEG)
    assert (answer.status_code, answer.json()["code"]) == (409, "identity_check_off")
    live: LiveExamSessions = ready.state.live
    entered = await live.enter(taken.id)
    assert not entered.recognition.enrolling
    await live.leave(entered)


async def test_the_stream_enrols_by_itself_and_expects_the_face_again(
    live: LiveExamSessions, sitting: Sitting, sessions: Sessions
) -> None:
    entered = await live.enter(sitting.id)
    for number in range(4):
        assert entered.recognition.enrolling
        await entered.judge(b"", 1_000 * number)
    expected = entered.recognition.reference
    assert expected is not None
    await live.leave(entered)
    entered = await live.enter(sitting.id)
    assert entered.recognition.reference == expected
    await live.leave(entered)


async def test_it_is_gone_when_the_sitting_is_over(
    live: LiveExamSessions, sitting: Sitting, sessions: Sessions, student: User
) -> None:
    await enrolled_by_stream(live, sitting)
    async with unit_of_work(sessions) as db:
        await end_exam_session(db, student, sitting.id)
    await live.settle(sitting.id)
    async with sessions() as db:
        assert await db.scalar(select(FaceTemplate.id)) is None


async def test_it_goes_with_its_exam_session(live: LiveExamSessions, sitting: Sitting, sessions: Sessions) -> None:
    await enrolled_by_stream(live, sitting)
    async with unit_of_work(sessions) as db:
        assert await db.scalar(select(FaceTemplate.id)) is not None
        await db.execute(delete(ExamSession).where(ExamSession.id == sitting.id))
        assert await db.scalar(select(FaceTemplate.id)) is None


async def enrolled_by_stream(live: LiveExamSessions, sitting: Sitting) -> None:
    """Four good pictures."""
    entered = await live.enter(sitting.id)
    for number in range(4):
        await entered.judge(b"", 1_000 * number)
    await live.leave(entered)
