"""The administrator's pages: settings that hold, pictures that go when they are due, an audit log one can search."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.db.models import AuditEntry, Document, Evidence, ExamSession, UploadedFile, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.documents import DocumentKind
from app.domain.exam_sessions import SessionState
from app.domain.uploads import Purpose
from app.domain.violations import ViolationKind
from app.services.retention import keep_running
from app.storage import LocalStore
from tests.builders import make_exam, make_exam_session, make_violation
from tests.fakes import ScriptedEngine
from tests.live import LiveServer

SECRET = b"\xff\xd8 the face of a student \xff\xd9"
INSTITUTION = "/api/v1/institution"


@pytest.fixture
def store(app: FastAPI, settings: Settings) -> LocalStore:
    """The test server's evidence."""
    app.state.store = LocalStore(settings.evidence_dir)
    store: LocalStore = app.state.store
    return store


def on_disk(folder: Path) -> int:
    """Files that hold the picture."""
    return sum(path.is_file() and SECRET in path.read_bytes() for path in folder.rglob("*"))


async def old_sitting(
    sessions: Sessions, store: LocalStore, teacher: User, student: User, *, released_days: int | None, ended_days: int
) -> int:
    """A sitting of an exam that ended so many days ago, with a picture and an identity document; the exam's id."""
    async with unit_of_work(sessions) as db:
        ended = now() - timedelta(days=ended_days)
        released = None if released_days is None else now() - timedelta(days=released_days)
        exam = await make_exam(
            db, teacher, start_time=ended - timedelta(hours=2), end_time=ended, results_released_at=released
        )
        taken = await make_exam_session(
            db, exam, student, state=SessionState.SUBMITTED, settled=True, end_time=ended, ends_at=ended
        )
        violation = await make_violation(db, taken, ViolationKind.LOOKING_AWAY)
        digest = hashlib.sha256(SECRET).hexdigest()
        for name in (
            f"{taken.id}/picture.jpg",
            f"{taken.id}/document.jpg",
            f"{taken.id}/recording.webm",
            f"{taken.id}/answer",
        ):
            await store.put(name, SECRET)
        common: dict[str, Any] = {"exam_session_id": taken.id, "sha256": digest, "size": len(SECRET)}
        db.add(
            Evidence(
                **common, violation_id=violation.id, role="best", captured_at=ended, path=f"{taken.id}/picture.jpg"
            )
        )
        db.add(Document(**common, kind=DocumentKind.ID, path=f"{taken.id}/document.jpg"))
        uploaded = {**common, "owner_id": student.id, "exam_id": exam.id, "name": "x", "media_type": "video/webm"}
        db.add(UploadedFile(**uploaded, purpose=Purpose.SESSION_RECORDING, path=f"{taken.id}/recording.webm"))
        db.add(UploadedFile(**uploaded, purpose=Purpose.ANSWER_FILE, path=f"{taken.id}/answer"))
        return exam.id


# --- retention --------------------------------------------------------------------------------------------------------


async def test_what_is_due_goes_and_the_rest_stays(
    admin_client: httpx2.AsyncClient, sessions: Sessions, store: LocalStore, teacher: User, student: User,
    db: AsyncSession,
) -> None:  # fmt: skip
    gone = await old_sitting(sessions, store, teacher, student, released_days=200, ended_days=210)
    for released, ended in ((100, 400), (None, 200), (None, 1)):
        await old_sitting(sessions, store, teacher, student, released_days=released, ended_days=ended)
    shown = (await admin_client.get("/api/v1/retention/preview")).json()
    assert [(one["exam_id"], one["exam_sessions"], one["pictures"], one["documents"]) for one in shown["exams"]] == [
        (gone, 1, 1, 1)
    ]
    assert (shown["pictures"], shown["documents"], shown["recordings"]) == (1, 1, 1)
    assert shown["bytes"] == 3 * len(SECRET)
    assert on_disk(store.root) == 16
    for changed in ({"pictures": 2}, {"documents": 0}, {"recordings": 0}):
        expected = {"pictures": 1, "documents": 1, **changed}
        wrong = await admin_client.post("/api/v1/retention/run", json=expected)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "retention_changed")
    assert on_disk(store.root) == 16
    done = await admin_client.post("/api/v1/retention/run", json={"pictures": 1, "documents": 1})
    gone_bytes = 3 * len(SECRET)
    assert done.json() == {
        "pictures": 1,
        "documents": 1,
        "recordings": 1,
        "movements": 0,
        "bytes": gone_bytes,
        "left": 0,
    }
    assert on_disk(store.root) == 13
    assert await db.scalar(select(func.count(Evidence.id))) == 3
    assert await db.scalar(select(func.count(Violation.id))) == 4
    assert await db.scalar(select(func.count()).where(AuditEntry.action == "retention.run")) == 1
    assert (await admin_client.get("/api/v1/retention/preview")).json()["pictures"] == 0


async def test_other_days_hold_and_a_decision_keeps_its_pictures(
    admin_client: httpx2.AsyncClient, teacher_client: httpx2.AsyncClient, sessions: Sessions, store: LocalStore,
    teacher: User, student: User, db: AsyncSession,
) -> None:  # fmt: skip
    for days in (20, 40):
        await old_sitting(sessions, store, teacher, student, released_days=days, ended_days=days)
    assert (await admin_client.get("/api/v1/retention/preview")).json()["exams"] == []
    assert (await admin_client.put(INSTITUTION, json={"evidence_days": 10})).status_code == 200
    assert (await admin_client.get("/api/v1/retention/preview")).json()["pictures"] == 2
    (first, _) = await db.scalars(select(ExamSession.id).order_by(ExamSession.id))
    await teacher_client.post(f"/api/v1/exam-sessions/{first}/decision", json={"decision": "suspicious"})
    assert (await admin_client.get("/api/v1/retention/preview")).json()["pictures"] == 1


async def test_it_runs_by_itself_only_when_told_to(
    admin_client: httpx2.AsyncClient, sessions: Sessions, store: LocalStore, teacher: User, student: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await old_sitting(sessions, store, teacher, student, released_days=200, ended_days=210)

    class Slept(Exception):
        """One round is over."""

    async def sleep(_seconds: float) -> None:
        raise Slept

    monkeypatch.setattr("app.services.retention.asyncio.sleep", sleep)
    for told, left in ((False, 4), (True, 1)):
        await admin_client.put(INSTITUTION, json={"retention_automatic": told})
        with pytest.raises(Slept):
            await keep_running(sessions, store)
        assert on_disk(store.root) == left


# --- the institution --------------------------------------------------------------------------------------------------


async def test_settings_hold_at_once(
    server: LiveServer, admin: User, student: User, taken: ExamSession, client: httpx2.AsyncClient
) -> None:
    server.use(engine=ScriptedEngine())
    wanted = {"name": "Dhaka College", "password_min_length": 20, "max_fps": 0.5, "timezone": "Asia/Dhaka"}
    async with server.browser(admin) as browser:
        answer = await browser.put("/institution", json=wanted)
        assert answer.status_code == 200, answer.text
        assert (await browser.get("/institution")).json()["timezone"] == "Asia/Dhaka"
    assert (await client.get("/api/v1/institution/public")).json() == {
        "name": "Dhaka College",
        "languages": ["en", "bn"],
        "password_min_length": 20,
        "evidence_days": 180,
        "evidence_days_unreleased": 365,
    }
    line = await server.student(student, taken)
    assert line.heard[0]["limits"]["max_fps"] == 0.5
    new = {"email": "new@example.org", "password": "mango lantern 77", "full_name": "New"}
    answer = await client.post("/api/v1/auth/register", json=new)
    assert (answer.status_code, answer.json()["code"]) == (422, "password_too_short")


async def test_languages_that_are_not_offered(
    client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient
) -> None:
    await admin_client.put(INSTITUTION, json={"languages": ["bn"]})
    new = {"email": "new@example.org", "password": "mango lantern 77", "full_name": "New", "preferred_language": "en"}
    answer = await client.post("/api/v1/auth/register", json=new)
    assert answer.json()["preferred_language"] == "bn"
    answer = await student_client.put("/api/v1/users/me", json={"preferred_language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (422, "language_not_offered")


async def test_mails_come_from_the_institution(app: FastAPI, admin_client: httpx2.AsyncClient) -> None:
    sender = "Dhaka College <exams@example.org>"
    assert (await admin_client.put(INSTITUTION, json={"mail_from": sender})).status_code == 200
    assert sender == app.state.settings.MAIL_FROM
    entries = (await admin_client.get("/api/v1/audit?action=institution.update")).text
    assert "exams@example.org" not in entries


async def test_the_institution_cannot_weaken_the_server(
    app: FastAPI, admin_client: httpx2.AsyncClient, settings: Settings
) -> None:
    await admin_client.put(INSTITUTION, json={"max_fps": 30.0, "max_frame_bytes": 262144})
    assert settings.MAX_FPS == app.state.settings.MAX_FPS
    await admin_client.put(INSTITUTION, json={})
    assert app.state.settings == settings


@pytest.mark.parametrize(
    "body",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"timezone": "America"},
        {"timezone": ""},
        {"languages": []},
        {"languages": ["en", "en"]},
        {"languages": ["fr"]},
        {"evidence_days": 0},
        {"evidence_views_per_hour": 1},
        {"password_min_length": 4},
        {"secret_key": "x"},
        {"max_fps": 0},
        {"mail_from": "not an address"},
        {"mail_from": "Exams\r\nBcc: x@example.org <y@example.org>"},
    ],
)
async def test_bad_settings(admin_client: httpx2.AsyncClient, body: dict[str, object]) -> None:
    assert (await admin_client.put(INSTITUTION, json=body)).status_code == 422
    assert (await admin_client.get(INSTITUTION)).json()["evidence_days"] == 180


# --- audit and system -------------------------------------------------------------------------------------------------


async def test_the_audit_log_is_searched(
    admin_client: httpx2.AsyncClient, teacher_client: httpx2.AsyncClient, sessions: Sessions, teacher: User,
    taken: ExamSession,
) -> None:  # fmt: skip
    odd = "fire\r\n2026 admin \u001b[31mlog% in_"
    async with unit_of_work(sessions) as work:
        (await work.get_one(ExamSession, taken.id)).state = SessionState.ACTIVE
    await teacher_client.post(f"/api/v1/exam-sessions/{taken.id}/pause", json={"reason": odd})
    await teacher_client.post(f"/api/v1/exam-sessions/{taken.id}/resume")
    await admin_client.put(INSTITUTION, json={"name": "Dhaka"})

    async def found(**wanted: str | int) -> list[str]:
        answer = await admin_client.get("/api/v1/audit", params=wanted)
        assert answer.status_code == 200, answer.text
        return [row["action"] for row in answer.json()]

    assert await found() == ["institution.update", "exam_session.resume", "exam_session.pause"]
    assert await found(action="exam_session.") == ["exam_session.resume", "exam_session.pause"]
    assert await found(action="exam_session.pause", actor_id=teacher.id) == ["exam_session.pause"]
    assert await found(subject=f"exam_session:{taken.id}", limit=1, skip=1) == ["exam_session.pause"]
    assert await found(q=teacher.email) == ["exam_session.resume", "exam_session.pause"]
    assert await found(q="log% in_") == ["exam_session.pause"]
    assert await found(q="l_g%") == []
    assert await found(since=(now() + timedelta(hours=1)).isoformat()) == []
    assert await found(q="' OR 1=1 --") == []
    raw = (await admin_client.get("/api/v1/audit?action=exam_session.pause")).text
    assert "\u001b" not in raw
    assert "\n" not in raw
    listed = (await admin_client.get("/api/v1/audit/actions")).json()
    assert listed == ["exam_session.pause", "exam_session.resume", "institution.update"]
    for bad in ("since=yesterday", "actor_id=x", "limit=100000", f"q={'x' * 300}"):
        assert (await admin_client.get(f"/api/v1/audit?{bad}")).status_code == 422


async def test_the_system_page(server: LiveServer, admin: User, student: User, taken: ExamSession) -> None:
    line = await server.student(student, taken)
    async with server.browser(admin) as browser:
        found = (await browser.get("/system")).json()
    assert (found["status"], found["failing"]) == ("ok", [])
    assert found["load"]["live_exam_sessions"] == 1
    assert [one["alive"] for one in found["workers"]] == [True]
    assert found["database"]["revision"] == found["database"]["newest_revision"]
    assert found["storage"]["disk_free"] > 0
    assert found["counts"]["open_exam_sessions"] == 1
    await line.connection.close()
