"""T13: every HTTP route for every kind of person. A route that is missing here fails the test.

To add a route: one line in ROUTES of `tests/api/access/<noun>.py`, with the status each kind gets, in the order of
KINDS. 200 stands for any success. `own` is the student of the sitting and the teacher of the exam, `other` one of the
same role who has nothing to do with it. The exam is published and open to the students of its list alone; `own` is on
that list. A noun that needs rows of its own defines `add_to_world(db, world)`, which makes them and returns their ids
by the names that paths and bodies use.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Evidence, ExamSession, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import Enrolment
from app.domain.roles import Role
from app.domain.violations import Severity, ViolationKind
from tests.api import access
from tests.api.access.kinds import KINDS, NEW_USER, Routes, World
from tests.builders import make_enrolment, make_exam, make_exam_session, make_user
from tests.conftest import Login


class Nouns:
    """What the files of `tests/api/access` say, put together."""

    def __init__(self) -> None:
        self.routes: Routes = {}
        self.worlds: list[Callable[[AsyncSession, World], Awaitable[dict[str, Any]]]] = []
        for found in sorted(pkgutil.iter_modules(access.__path__), key=lambda one: one.name):
            noun = importlib.import_module(f"{access.__name__}.{found.name}")
            self.routes |= getattr(noun, "ROUTES", {})
            if hasattr(noun, "add_to_world"):
                self.worlds.append(noun.add_to_world)


NOUNS = Nouns()


def test_every_route_is_in_the_matrix(app: FastAPI) -> None:
    known = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/api/")
    }
    assert known == set(NOUNS.routes)


@pytest.mark.parametrize("route", NOUNS.routes, ids=" ".join)
async def test_who_may(closed_app: FastAPI, sessions: Sessions, login: Login, route: tuple[str, str]) -> None:
    method, path = route
    case = NOUNS.routes[route]
    answers: dict[str, int] = {}
    async with browser(closed_app) as client:
        world: World | None = None
        for kind in KINDS:
            if world is None or method != "GET":  # looking changes nothing that another kind would see
                async with unit_of_work(sessions) as db:
                    world = await make_world(db, case.session_state)
            person = world.people[kind]
            answer = await client.request(
                method,
                (path + case.query).format(**world.ids),
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


def filled(body: dict[str, Any] | None, ids: dict[str, Any]) -> dict[str, Any] | None:
    """The body with `{name}` replaced by the id of that name."""
    if body is None:
        return None

    def fill(value: Any) -> Any:
        if isinstance(value, list):
            return [fill(one) for one in value]
        return ids[value.strip("{}")] if isinstance(value, str) and value.startswith("{") else value

    return {name: fill(value) for name, value in body.items()}


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
    ids: dict[str, Any] = {
        "user_id": student.id,
        "student_id": student.id,
        "exam_id": exam.id,
        "session_id": taken.id,
        "evidence_id": evidence.id,
        "violation_id": evidence.violation_id,
    }
    world = World(people, exam, taken, ids)
    for add_to_world in NOUNS.worlds:
        ids.update(await add_to_world(db, world))
    return world


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
