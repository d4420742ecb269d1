"""T13: every HTTP route for every kind of person. A route that is missing here fails the test.

To add a route: one line in ROUTES with the status each kind gets, in the order of KINDS. 200 stands for any success.
`own` is the student of the sitting and the teacher of the exam, `other` one of the same role who has nothing to do
with it. The exam is published and open to the students of its list alone; `own` is on that list.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.db.models import Evidence, ExamSession, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import Enrolment
from app.domain.roles import Role
from app.domain.violations import Severity, ViolationKind
from app.storage import open_storage
from tests.builders import make_enrolment, make_exam, make_exam_session, make_user
from tests.conftest import Login
from tests.fakes import ScriptedEngine

KINDS = ("anonymous", "own student", "other student", "own teacher", "other teacher", "admin", "disabled")
Statuses = tuple[int, int, int, int, int, int, int]

ANYBODY: Statuses = (200, 200, 200, 200, 200, 200, 200)
LOGGED_IN: Statuses = (401, 200, 200, 200, 200, 200, 401)
ADMIN_ONLY: Statuses = (401, 403, 403, 403, 403, 200, 401)
STAFF: Statuses = (401, 403, 403, 200, 200, 200, 401)
EXAM_STAFF: Statuses = (401, 403, 403, 200, 404, 200, 401)
EXAM_READERS: Statuses = (401, 200, 404, 200, 404, 200, 401)
STAFF_OR_NOT_THERE: Statuses = (401, 404, 404, 200, 404, 200, 401)
"""For rows a student may see in part: what is for staff is simply not there."""

NEW_USER = {"email": "new@example.org", "password": "mango lantern 77", "full_name": "New"}
NEW_EXAM = {
    "title": "Chemistry",
    "start_time": "2027-01-01T09:00:00Z",
    "end_time": "2027-01-01T12:00:00Z",
    "duration_minutes": 60,
}


@dataclass(frozen=True)
class Case:
    """What each kind gets, and what they send."""

    statuses: Statuses
    body: dict[str, Any] | None = None
    session_state: SessionState = SessionState.ACTIVE


ROUTES: dict[tuple[str, str], Case] = {
    ("GET", "/api/v1/"): Case(ANYBODY),
    # Nobody's token is looked at here; a wrong password or refresh token is 401 for everybody.
    ("POST", "/api/v1/auth/login"): Case((401,) * 7, {"email": "nobody@example.org", "password": "x"}),
    ("POST", "/api/v1/auth/refresh"): Case((401,) * 7, {"refresh_token": "x"}),
    ("POST", "/api/v1/auth/register"): Case(ANYBODY, NEW_USER),
    ("POST", "/api/v1/auth/logout"): Case(LOGGED_IN),
    ("GET", "/api/v1/auth/me"): Case(LOGGED_IN),
    ("GET", "/api/v1/users/me"): Case(LOGGED_IN),
    ("PUT", "/api/v1/users/me"): Case(LOGGED_IN, {"full_name": "New"}),
    ("GET", "/api/v1/users/"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/users/"): Case(ADMIN_ONLY, NEW_USER),
    ("GET", "/api/v1/users/{user_id}"): Case((401, 200, 404, 404, 404, 200, 401)),
    ("PUT", "/api/v1/users/{user_id}"): Case(ADMIN_ONLY, {"full_name": "New"}),
    ("DELETE", "/api/v1/users/{user_id}"): Case((401, 403, 403, 403, 403, 409, 401)),
    ("GET", "/api/v1/exams/"): Case(LOGGED_IN),
    ("POST", "/api/v1/exams/"): Case(STAFF, NEW_EXAM),
    ("GET", "/api/v1/exams/{exam_id}"): Case(EXAM_READERS),
    ("PUT", "/api/v1/exams/{exam_id}"): Case(EXAM_STAFF, {"title": "New"}),
    ("DELETE", "/api/v1/exams/{exam_id}"): Case(EXAM_STAFF, session_state=SessionState.SUBMITTED),
    ("POST", "/api/v1/exams/{exam_id}/publish"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/enrolments"): Case(EXAM_STAFF),
    ("PUT", "/api/v1/exams/{exam_id}/enrolments"): Case(EXAM_STAFF, {"students": []}),
    ("GET", "/api/v1/exams/{exam_id}/accommodations"): Case(EXAM_STAFF),
    ("PUT", "/api/v1/exams/{exam_id}/accommodations/{student_id}"): Case(EXAM_STAFF, {"extra_minutes": 10}),
    ("DELETE", "/api/v1/exams/{exam_id}/accommodations/{student_id}"): Case(EXAM_STAFF),
    ("GET", "/api/v1/detection/presets"): Case(LOGGED_IN),
    ("POST", "/api/v1/proctoring/start-session"): Case((401, 200, 404, 403, 404, 403, 401), {"exam_id": "{exam_id}"}),
    ("POST", "/api/v1/proctoring/end-session/{session_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/proctoring/sessions/{exam_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/proctoring/alerts/{session_id}"): Case(EXAM_READERS),
    ("POST", "/api/v1/proctoring/sessions/{session_id}/ticket"): Case((401, 200, 404, 404, 404, 404, 401)),
    ("POST", "/api/v1/proctoring/live/{exam_id}/ticket"): Case(STAFF_OR_NOT_THERE),
    ("GET", "/api/v1/exam-sessions/{session_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/exam-sessions/{session_id}/violations"): Case(EXAM_READERS),
    ("POST", "/api/v1/exam-sessions/{session_id}/pause"): Case(EXAM_STAFF, {"reason": "fire drill"}),
    ("POST", "/api/v1/exam-sessions/{session_id}/resume"): Case(EXAM_STAFF, session_state=SessionState.PAUSED),
    ("POST", "/api/v1/exam-sessions/{session_id}/extend"): Case(EXAM_STAFF, {"minutes": 5}),
    # 409: staff may ask, but nobody is connected in this test.
    ("POST", "/api/v1/exam-sessions/{session_id}/challenge"): Case((401, 403, 403, 409, 404, 409, 401)),
    ("POST", "/api/v1/exam-sessions/{session_id}/terminate"): Case(EXAM_STAFF, {"reason": "asked to leave"}),
    # 422: a picture without a single byte.
    ("POST", "/api/v1/exam-sessions/{session_id}/enrolment"): Case((401, 422, 404, 404, 404, 404, 401)),
    # 409: the row is theirs to see, its file does not exist in this test.
    ("GET", "/api/v1/evidence/{evidence_id}"): Case((401, 409, 404, 409, 404, 409, 401)),
}


class NoLiveExamSessions:
    """Stands where the lifespan would put the live exam sessions; nothing is live here, so nothing is to settle."""

    async def settle(self, exam_session_id: int) -> None:
        """Nothing to do."""

    def get(self, exam_session_id: int) -> None:
        """Nobody is connected."""


@dataclass(frozen=True)
class World:
    """The people by kind, and the ids that paths and bodies name."""

    people: dict[str, User | None]
    ids: dict[str, int]


@pytest.fixture
async def closed_app(app: FastAPI, settings: Settings) -> FastAPI:
    """The app with what its lifespan would have opened, as far as these routes touch it."""
    app.state.live = NoLiveExamSessions()
    app.state.store = open_storage(settings)
    app.state.engine = ScriptedEngine()
    return app


def test_every_route_is_in_the_matrix(app: FastAPI) -> None:
    known = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/api/")
    }
    assert known == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
async def test_who_may(closed_app: FastAPI, sessions: Sessions, login: Login, route: tuple[str, str]) -> None:
    method, path = route
    case = ROUTES[route]
    answers: dict[str, int] = {}
    async with browser(closed_app) as client:
        for kind in KINDS:
            async with unit_of_work(sessions) as db:
                world = await make_world(db, case.session_state)
            person = world.people[kind]
            answer = await client.request(
                method,
                path.format(**world.ids),
                json=filled(case.body, world.ids),
                headers=login(person) if person else {},
            )
            answers[kind] = 200 if answer.is_success else answer.status_code
            async with unit_of_work(sessions) as db:
                await forget_new_user(db)
    assert answers == dict(zip(KINDS, case.statuses, strict=True))


def browser(app: FastAPI) -> httpx2.AsyncClient:
    """One client for all kinds; the headers tell who asks."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost")


def filled(body: dict[str, Any] | None, ids: dict[str, int]) -> dict[str, Any] | None:
    """The body with `{name}` replaced by the id of that name."""
    if body is None:
        return None
    return {
        name: ids[value.strip("{}")] if isinstance(value, str) and value.startswith("{") else value
        for name, value in body.items()
    }


async def make_world(db: AsyncSession, state: SessionState) -> World:
    """One exam with one sitting and one picture, and everybody around it."""
    student, teacher = await make_user(db), await make_user(db, Role.TEACHER)
    people: dict[str, User | None] = {
        "anonymous": None,
        "own student": student,
        "other student": await make_user(db),
        "own teacher": teacher,
        "other teacher": await make_user(db, Role.TEACHER),
        "admin": await make_user(db, Role.ADMIN),
        "disabled": await make_user(db, Role.ADMIN, is_active=False),
    }
    exam = await make_exam(db, teacher, enrolment=Enrolment.LIST)
    await make_enrolment(db, exam, student)
    paused_at = now() if state is SessionState.PAUSED else None
    taken = await make_exam_session(db, exam, student, state=state, paused_at=paused_at)
    evidence = await make_evidence(db, taken)
    ids = {
        "user_id": student.id,
        "student_id": student.id,
        "exam_id": exam.id,
        "session_id": taken.id,
        "evidence_id": evidence.id,
    }
    return World(people, ids)


async def make_evidence(db: AsyncSession, taken: ExamSession) -> Evidence:
    """A violation of the sitting and the row of its picture, whose file does not exist."""
    violation = Violation(
        exam_session_id=taken.id,
        key=1,
        kind=ViolationKind.LOOKING_AWAY,
        severity=Severity.WARNING,
        started_at=now() - timedelta(seconds=5),
        ended_at=now(),
        seconds=5.0,
        confidence=0.9,
    )
    db.add(violation)
    await db.flush()
    evidence = Evidence(
        exam_session_id=taken.id,
        violation_id=violation.id,
        role="best",
        captured_at=now(),
        path=f"{taken.id}/missing.jpg",
        sha256="0" * 64,
        size=1,
    )
    db.add(evidence)
    await db.flush()
    return evidence


async def forget_new_user(db: AsyncSession) -> None:
    """So that the next kind can make the same account."""
    await db.execute(delete(User).where(User.email == NEW_USER["email"]))
