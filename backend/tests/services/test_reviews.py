"""Review: the queue's order, the timeline, notes no student learns of, decisions that stay, looks that are told."""

import asyncio
import hashlib
import re
from typing import Any

import httpx2
import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.db.models import AuditEntry, Evidence, Exam, ExamSession, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.roles import Role
from app.domain.violations import ViolationKind
from app.services.standing import rescore
from app.storage import LocalStore
from tests.builders import make_exam_session, make_user, make_violation
from tests.conftest import Login
from tests.fakes import ScriptedEngine
from tests.live import LiveServer

AWAY, FACES, PHONE = ViolationKind.LOOKING_AWAY, ViolationKind.MULTIPLE_FACES, ViolationKind.PHONE_DETECTED
PICTURE = b"\xff\xd8 a picture \xff\xd9"


async def over(sessions: Sessions, exam: Exam, *noted: dict[str, Any]) -> ExamSession:
    """A sitting of somebody that is over and settled, with these violations."""
    async with unit_of_work(sessions) as db:
        taken = await make_exam_session(
            db, exam, await make_user(db), state=SessionState.SUBMITTED, settled=True, end_time=now()
        )
        rows = [await make_violation(db, taken, **one) for one in noted]
        taken.exam = await db.get_one(Exam, exam.id)
        rescore(db, taken, rows)
    return taken


async def ended(sessions: Sessions, taken: ExamSession) -> None:
    """The sitting is over."""
    async with unit_of_work(sessions) as db:
        row = await db.get_one(ExamSession, taken.id)
        row.state, row.settled, row.end_time = SessionState.SUBMITTED, True, now()


async def picture(sessions: Sessions, store: LocalStore, violation: Violation, role: str) -> int:
    """A picture of a violation, on disk and in the database; its id."""
    name = f"{violation.exam_session_id}/{violation.id}-{role}.jpg"
    await store.put(name, PICTURE)
    async with unit_of_work(sessions) as db:
        row = Evidence(
            exam_session_id=violation.exam_session_id,
            violation_id=violation.id,
            role=role,
            captured_at=now(),
            path=name,
            sha256=hashlib.sha256(PICTURE).hexdigest(),
            size=len(PICTURE),
        )
        db.add(row)
        await db.flush()
        return row.id


@pytest.fixture
def store(settings: Settings, app: Any) -> LocalStore:
    """The test server's evidence."""
    app.state.store = LocalStore(settings.evidence_dir)
    store: LocalStore = app.state.store
    return store


# --- the queue --------------------------------------------------------------------------------------------------------


async def test_the_queue_begins_where_a_look_would_change_most(
    teacher_client: httpx2.AsyncClient, sessions: Sessions, exam: Exam, taken: ExamSession
) -> None:
    clean = await over(sessions, exam)
    sure = await over(sessions, exam, {"kind": FACES, "seconds": 30.0, "confidence": 1.0})
    doubtful = await over(sessions, exam, {"kind": FACES, "seconds": 30.0, "confidence": 0.55})
    found = (await teacher_client.get(f"/api/v1/review/queue?exam_id={exam.id}")).json()
    assert [row["exam_session_id"] for row in found] == [doubtful.id, sure.id, clean.id]
    assert all(row["scored"] for row in found)
    gains = [row["gain"] for row in found]
    assert gains == sorted(gains, reverse=True)
    assert gains[2] == 0.0
    (reason,) = found[0]["reasons"]
    assert (reason["kind"], reason["count"], reason["seconds"], reason["open"]) == ("multiple_faces", 1, 30.0, 1)
    assert reason["cost"] == pytest.approx(100 - found[0]["trust"])
    assert taken.id not in gains  # still going on


async def test_a_decision_moves_it_out_of_the_queue(
    teacher_client: httpx2.AsyncClient, sessions: Sessions, exam: Exam
) -> None:
    one = await over(sessions, exam, {"kind": AWAY, "confidence": 0.5})
    other = await over(sessions, exam, {"kind": AWAY, "confidence": 0.6})
    decision = {"decision": "suspicious", "text": "Please come and see me.", "note": "third time"}
    assert (await teacher_client.post(f"/api/v1/exam-sessions/{one.id}/decision", json=decision)).status_code == 200
    ids = {
        status: [
            row["exam_session_id"] for row in (await teacher_client.get(f"/api/v1/review/queue?status={status}")).json()
        ]
        for status in ("open", "decided", "all")
    }
    assert (ids["open"], ids["decided"], set(ids["all"])) == ([other.id], [one.id], {one.id, other.id})
    (row,) = (await teacher_client.get("/api/v1/review/queue?status=decided")).json()
    assert row["decided"]["decision"] == "suspicious"
    assert (await teacher_client.get("/api/v1/review/queue?status=odd")).status_code == 422


# --- the timeline -----------------------------------------------------------------------------------------------------


async def test_the_timeline_of_a_real_sitting(
    server: LiveServer, teacher: User, student: User, taken: ExamSession
) -> None:
    server.use(engine=ScriptedEngine())
    line = await server.student(student, taken)
    await line.say(1, kind="devtools")
    await line.say(2, "answer", question_id=5, value="a", client_seq=1)
    await line.say(3, kind="keyboard_shortcut", composing=True)
    await line.acknowledged(3)
    (row,) = await server.violations(taken)
    async with server.browser(student) as browser:
        await browser.post(f"/violations/{row.id}/comments", json={"text": "F12 by mistake"})
    async with server.browser(teacher) as browser:
        await browser.post(f"/exam-sessions/{taken.id}/extend", json={"minutes": 5})
        await browser.post(f"/violations/{row.id}/verdict", json={"verdict": "dismissed", "reason": "slip"})
        await browser.post(f"/exam-sessions/{taken.id}/notes", json={"text": "nervous"})
        await browser.post(f"/exam-sessions/{taken.id}/terminate", json={"reason": "fire"})
        found = (await browser.get(f"/exam-sessions/{taken.id}/review")).json()
    assert found["session"]["id"] == taken.id
    assert (found["session"]["trust"], found["measured_trust"]) == (100.0, 75.0)
    (violation,) = found["violations"]
    assert [(one["verdict"], one["reason"], one["trust_after"]) for one in violation["history"]] == [
        ("dismissed", "slip", 100.0)
    ]
    assert [one["text"] for one in violation["comments"]] == ["F12 by mistake"]
    assert [(one["kind"], one["counted"]) for one in found["events"]] == [
        ("devtools", True),
        ("keyboard_shortcut", False),
    ]
    assert [(one["question_id"], one["late"]) for one in found["answers"]] == [(5, False)]
    assert [one["text"] for one in found["notes"]] == ["nervous"]
    deeds = [one["action"] for one in found["history"]]
    assert deeds == [
        "student.comment",
        "exam_session.extend",
        "violation.verdict",
        "exam_session.note",
        "exam_session.terminate",
    ]


async def test_who_reviews_does_not_learn_of_an_accommodation(
    teacher_client: httpx2.AsyncClient, sessions: Sessions, exam: Exam, student: User, taken: ExamSession
) -> None:
    wanted = {"extra_minutes": 1337, "disabled_kinds": ["looking_away"], "preset": "lenient"}
    answer = await teacher_client.put(f"/api/v1/exams/{exam.id}/accommodations/{student.id}", json=wanted)
    assert answer.status_code == 200
    await ended(sessions, taken)
    for path in (
        f"exam-sessions/{taken.id}/review",
        "review/queue",
        f"exams/{exam.id}/export?format=json",
        f"exam-sessions/{taken.id}/decision",
    ):
        shown = (await teacher_client.get(f"/api/v1/{path}")).text
        # Whole words: four figures may well stand inside a digest or a moment's microseconds.
        assert not re.findall(r"accommodation|extra_minutes|lenient|(?<![\w.])1337(?![\w.])", shown), path


async def test_when_we_could_not_see_is_on_the_timeline_and_told_to_the_student(
    teacher_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, sessions: Sessions, taken: ExamSession
) -> None:
    coverage = {
        "longest_gap": 6.0,
        "last": 40.0,
        "anything_seen": True,
        "observed": 20.0,
        "lost": {"link_lost": 20.0},
        "spans": [[10.0, 30.0, "link_lost"]],
    }
    async with unit_of_work(sessions) as db:
        row = await db.get_one(ExamSession, taken.id)
        row.analysis = {"coverage": coverage}
    found = (await teacher_client.get(f"/api/v1/exam-sessions/{taken.id}/review")).json()
    (span,) = found["unobserved"]
    assert span["states"] == ["link_lost"]
    assert span["from"] < span["to"]
    assert (await student_client.get(f"/api/v1/exam-sessions/{taken.id}/unobserved")).json() == [span]


# --- notes, decisions, comments ---------------------------------------------------------------------------------------


async def test_a_student_learns_the_decision_and_both_values_but_no_note(
    teacher_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, sessions: Sessions, taken: ExamSession
) -> None:
    async with unit_of_work(sessions) as db:
        await make_violation(db, taken, FACES, seconds=30.0)
        wrong = await make_violation(db, taken, AWAY, seconds=60.0)
    await ended(sessions, taken)
    path = f"/api/v1/exam-sessions/{taken.id}"
    assert (await student_client.get(f"{path}/decision")).json()["decision"] is None
    await teacher_client.post(f"/api/v1/violations/{wrong.id}/verdict", json={"verdict": "dismissed"})
    await teacher_client.post(f"{path}/notes", json={"text": "SECRET-NOTE"})
    decision = {"decision": "violation", "text": "We saw a second person.", "note": "SECRET-NOTE"}
    assert (await teacher_client.post(f"{path}/decision", json=decision)).json()["note"] == "SECRET-NOTE"
    answer = await student_client.post(f"{path}/decision/comment", json={"text": "It was my brother."})
    assert answer.status_code == 200
    told = (await student_client.get(f"{path}/decision")).json()
    assert (told["decision"], told["text"]) == ("violation", "We saw a second person.")
    assert (told["measured_trust"], told["trust"]) == (pytest.approx(29.25), pytest.approx(45.0))
    assert [(one["kind"], one["verdict"]) for one in told["changed"]] == [("looking_away", "dismissed")]
    assert [one["text"] for one in told["comments"]] == ["It was my brother."]
    for readable in ("", "/decision", "/violations"):
        assert "SECRET-NOTE" not in (await student_client.get(path + readable)).text
    for hidden in ("/review", "/decisions", "/notes"):
        assert (await student_client.get(path + hidden)).status_code in (403, 405)


async def test_decisions_are_added_never_replaced(
    teacher_client: httpx2.AsyncClient, sessions: Sessions, taken: ExamSession
) -> None:
    path = f"/api/v1/exam-sessions/{taken.id}"
    early = await teacher_client.post(f"{path}/decision", json={"decision": "clean"})
    assert (early.status_code, early.json()["code"]) == (409, "exam_session_open")
    await ended(sessions, taken)
    for decision in ("suspicious", "clean"):
        await teacher_client.post(f"{path}/decision", json={"decision": decision})
    all_of_them = (await teacher_client.get(f"{path}/decisions")).json()
    assert [(one["decision"], one["stage"]) for one in all_of_them] == [("suspicious", 1), ("clean", 1)]
    assert (await teacher_client.get(f"{path}/decision")).json()["decision"] == "clean"


async def test_nobody_alone_removes_what_a_verdict_rests_on(
    teacher_client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, login: Login,
    sessions: Sessions, exam: Exam, taken: ExamSession,
) -> None:  # fmt: skip
    async with unit_of_work(sessions) as db:
        row = await make_violation(db, taken, AWAY)
        another = await make_user(db, Role.ADMIN)
    await ended(sessions, taken)
    await admin_client.post(f"/api/v1/violations/{row.id}/verdict", json={"verdict": "dismissed"})
    for client in (teacher_client, admin_client):
        answer = await client.delete(f"/api/v1/exams/{exam.id}")
        assert (answer.status_code, answer.json()["code"]) == (403, "second_person_needed")
    answer = await admin_client.delete(f"/api/v1/exams/{exam.id}", headers=login(another))
    assert answer.status_code == 200


async def test_comments_have_an_end(student_client: httpx2.AsyncClient, sessions: Sessions, taken: ExamSession) -> None:
    async with unit_of_work(sessions) as db:
        row = await make_violation(db, taken, AWAY)
    path = f"/api/v1/violations/{row.id}/comments"
    assert (await student_client.post(path, json={"text": " "})).status_code == 422
    codes = [(await student_client.post(path, json={"text": f"{n}"})).status_code for n in range(21)]
    assert codes == [200] * 20 + [409]


# --- who looked -------------------------------------------------------------------------------------------------------


async def test_the_hundred_and_first_look_within_an_hour_is_refused(
    teacher_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    sessions: Sessions,
    taken: ExamSession,
    store: LocalStore,
    db: AsyncSession,
    engine: AsyncEngine,
) -> None:
    async with unit_of_work(sessions) as work:
        rows = [await make_violation(work, taken, AWAY) for _ in range(2)]
    ids = [await picture(sessions, store, rows[0], role) for role in ("before", "best", "after")]
    other = await picture(sessions, store, rows[1], "best")

    async def look(evidence_id: int, client: httpx2.AsyncClient = teacher_client) -> int:
        return (await client.get(f"/api/v1/evidence/{evidence_id}")).status_code

    # The strip of one violation is one look.
    assert await asyncio.gather(*map(look, ids)) == [200] * 3
    answers = await asyncio.gather(*(look(ids[0]) for _ in range(105)))
    assert sorted(answers) == [200] * 99 + [429] * 6
    assert await look(other) == 429
    assert await look(other, student_client) == 200
    served = 3 + 99 + 1
    noted = select(func.count()).where(AuditEntry.action == "evidence.view")
    assert await db.scalar(noted) == served
    views = (await student_client.get(f"/api/v1/evidence-views?exam_session_id={taken.id}&limit=500")).json()
    assert len(views) == served
    assert {view["role"] for view in views} == {"teacher", "student"}
    async with engine.begin() as owner:  # as if an hour had passed; the server's own account may not do this
        await owner.execute(delete(AuditEntry))
    assert await look(other) == 200
