"""The seed's proctoring routes to the letter of their shapes, and evidence for those who may see it alone."""

from datetime import datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.db.models import AuditEntry, Evidence, Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from app.domain.violations import Observation, ViolationKind
from app.storage import LocalStore
from tests.builders import make_user
from tests.fakes import ScriptedEngine, shows
from tests.live import LiveServer
from tests.pictures import jpeg

SESSION = {
    "id": int,
    "exam_id": int,
    "student_id": int,
    "start_time": datetime,
    "end_time": datetime | None,
    "is_completed": bool,
    "final_trust_score": float | None,
    "created_at": datetime,
    "updated_at": datetime,
}
ALERT = {
    "id": int,
    "exam_session_id": int,
    "timestamp": datetime,
    "alert_type": str,
    "severity": str,
    "description": str,
    "screenshot_path": str | None,
    "trust_score_impact": float,
    "created_at": datetime,
    "updated_at": datetime,
}


def fits(found: dict[str, Any], shape: dict[str, Any]) -> None:
    """Every field of the seed's shape is there with its type; times carry their zone."""
    for name, kind in shape.items():
        value = found[name]
        if value is not None and kind in (datetime, datetime | None):
            assert datetime.fromisoformat(value).utcoffset() is not None, name
        else:
            assert isinstance(value, kind), (name, value)


@pytest.fixture
async def seen(server: LiveServer, student: User, taken: ExamSession) -> Evidence:
    """A violation's best picture, kept from a real frame."""
    server.use(engine=ScriptedEngine(shows(Observation(ViolationKind.FROZEN_VIDEO, 1.0))))
    line = await server.student(student, taken)
    await line.show(1, jpeg(), 1000)
    await line.answer_to(1)
    await line.connection.close()
    (evidence,) = await server.evidence(taken)
    return evidence


async def test_the_shapes_are_the_seeds(server: LiveServer, exam: Exam, student: User) -> None:
    async with server.browser(student) as browser:
        answer = await browser.post("/proctoring/start-session", json={"exam_id": exam.id})
        assert answer.status_code == 200
        begun = answer.json()
        fits(begun, SESSION)
        assert (begun["is_completed"], begun["end_time"], begun["final_trust_score"]) == (False, None, None)
        assert (begun["exam_id"], begun["student_id"]) == (exam.id, student.id)
        assert (await browser.post("/proctoring/start-session", json={"exam_id": exam.id})).json() == begun
        ended = (await browser.post(f"/proctoring/end-session/{begun['id']}")).json()
        fits(ended, SESSION)
        assert (ended["is_completed"], ended["final_trust_score"]) == (True, 1.0)
        assert [one["id"] for one in (await browser.get(f"/proctoring/sessions/{exam.id}")).json()] == [begun["id"]]
        assert (await browser.get(f"/proctoring/alerts/{begun['id']}")).json() == []
        again = await browser.post("/proctoring/start-session", json={"exam_id": exam.id})
        assert (again.status_code, again.json()["code"]) == (409, "no_attempts_left")


async def test_alerts_have_the_seeds_shape_and_the_readers_language(
    server: LiveServer, sessions: Sessions, exam: Exam, student: User, taken: ExamSession, teacher: User
) -> None:
    line = await server.student(student, taken)
    await line.say(1, kind="tab_switch")
    await line.say(2, kind="devtools")
    await line.acknowledged(2)
    async with unit_of_work(sessions) as db:
        (await db.get_one(User, teacher.id)).preferred_language = "bn"  # type: ignore[assignment]
    async with server.browser(student) as own, server.browser(teacher) as staff:
        english = (await own.get(f"/proctoring/alerts/{taken.id}")).json()
        bangla = (await staff.get(f"/proctoring/alerts/{taken.id}")).json()
    assert [one["alert_type"] for one in english] == ["tab_switch", "devtools"]
    for one in english:
        fits(one, ALERT)
        assert one["severity"] in ("info", "warning", "critical")
        assert 0 < one["trust_score_impact"] <= 1
    assert english[0]["description"].isascii()
    assert any("\u0980" <= letter <= "\u09ff" for letter in bangla[0]["description"])


async def test_lists_show_a_student_their_own_and_staff_all(
    server: LiveServer, sessions: Sessions, exam: Exam, student: User, teacher: User, admin: User
) -> None:
    async with unit_of_work(sessions) as db:
        other = await make_user(db)
        stranger = await make_user(db, Role.TEACHER)
    ids = {}
    for user in (student, other):
        async with server.browser(user) as browser:
            begun = await browser.post("/proctoring/start-session", json={"exam_id": exam.id})
            ids[user.id] = begun.json()["id"]
    for user, expected in ((student, [ids[student.id]]), (teacher, [*ids.values()]), (admin, [*ids.values()])):
        async with server.browser(user) as browser:
            rows = (await browser.get(f"/proctoring/sessions/{exam.id}")).json()
            assert sorted(row["id"] for row in rows) == sorted(expected)
    async with server.browser(stranger) as browser:
        assert (await browser.get(f"/proctoring/sessions/{exam.id}")).status_code == 404


async def look(server: LiveServer, user: User | None, evidence: Evidence) -> httpx2.Response:
    """Ask for a picture."""
    async with server.browser(user) as browser:
        return await browser.get(f"/evidence/{evidence.id}")


async def views(sessions: Sessions) -> list[int | None]:
    """Who looked, by the audit log."""
    async with sessions() as db:
        query = select(AuditEntry.actor_id).where(AuditEntry.action == "evidence.view").order_by(AuditEntry.id)
        return list(await db.scalars(query))


async def test_evidence_opens_for_its_people_and_every_look_is_noted(
    server: LiveServer, sessions: Sessions, seen: Evidence, student: User, teacher: User, admin: User
) -> None:
    """T16."""
    async with unit_of_work(sessions) as db:
        other, stranger = await make_user(db), await make_user(db, Role.TEACHER)
    for user in (teacher, student, admin):
        answer = await look(server, user, seen)
        assert (answer.status_code, answer.content) == (200, jpeg())
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"] == "sandbox"
    for user in (stranger, other):
        assert (await look(server, user, seen)).status_code == 404
    assert (await look(server, None, seen)).status_code == 401
    assert await views(sessions) == [teacher.id, student.id, admin.id]
    async with server.browser(teacher) as browser:
        (alert,) = (await browser.get(f"/proctoring/alerts/{seen.exam_session_id}")).json()
        assert alert["screenshot_path"] == f"/api/v1/evidence/{seen.id}"


async def test_a_picture_that_was_changed_or_is_gone_is_not_shown(
    server: LiveServer, sessions: Sessions, seen: Evidence, teacher: User
) -> None:
    """T19."""
    assert isinstance(server.store, LocalStore)
    path = server.store.root / seen.path
    body = bytearray(path.read_bytes())
    body[-10] ^= 1
    path.write_bytes(body)
    changed = await look(server, teacher, seen)
    assert (changed.status_code, changed.json()["code"]) == (409, "evidence_changed")
    path.unlink()
    missing = await look(server, teacher, seen)
    assert (missing.status_code, missing.json()["code"]) == (409, "evidence_missing")
    assert await views(sessions) == []
