"""The way in: a clock that waits for consent, for staff and for the student's own word; practice; races."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from app.core.clock import now
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.violations import Observation, ViolationKind
from tests.builders import make_exam, make_user
from tests.fakes import ScriptedEngine, shows
from tests.live import LiveServer
from tests.pictures import jpeg

CONSENT = {"version": "1", "camera": True, "sound": True, "screen": False, "identity": True}


async def posted(browser: httpx2.AsyncClient, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = await browser.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def held(browser: httpx2.AsyncClient, exam: Exam) -> dict[str, Any]:
    return dict(await posted(browser, "/proctoring/start-session", {"exam_id": exam.id, "hold": True}))


def sitting(found: dict[str, Any]) -> ExamSession:
    return ExamSession(id=found["id"])


@pytest.fixture
async def waiting_exam(sessions: Sessions, teacher: User) -> Exam:
    async with unit_of_work(sessions) as db:
        return await make_exam(db, teacher, waiting_room=True)


async def test_a_held_clock_waits_for_consent_and_the_students_word(
    server: LiveServer, exam: Exam, student: User, teacher: User
) -> None:
    server.use(engine=ScriptedEngine(shows(Observation(ViolationKind.MULTIPLE_FACES, 1.0))))
    page = await server.page(teacher, exam.id)
    async with server.browser(student) as browser:
        found = await held(browser, exam)
        assert (found["begun_at"], found["state"]) == (None, "created")
        line = await server.student(student, sitting(found))
        hello = line.heard[0]
        assert (hello["begun"], hello["admitted"], hello["paused"], hello["state"]) == (False, False, False, "created")
        for number in range(1, 8):  # what the camera shows meanwhile is held against nobody
            await line.show(number, jpeg(), number * 1000)
            assert (await line.answer_to(number))["report"] is not None
        await line.say(1, kind="tab_switch")
        await line.acknowledged(1)
        path = f"/exam-sessions/{found['id']}/begin"
        assert (await posted(browser, path, status=403))["code"] == "consent_required"
        assert (await browser.get(f"/exams/{exam.id}/consent")).status_code == 404
        await posted(browser, f"/exams/{exam.id}/consent", CONSENT)
        begun_at = now()
        begun = await posted(browser, path)
        told = await line.until("begun")
        assert told["ends_at"] == begun["ends_at"]
        assert await posted(browser, path) == begun
    left = await server.row(sitting(found))
    assert timedelta() <= left.start_time - begun_at < timedelta(minutes=1)
    assert left.ends_at == left.start_time + timedelta(minutes=exam.duration_minutes)
    assert (left.trust, await server.violations(left)) == (100.0, [])
    while not (await page.until("session.updated"))["session"]["begun"]:
        pass
    again = await server.student(student, left)
    assert (again.heard[0]["begun"], again.heard[0]["state"]) == (True, "active")
    await again.show(100, jpeg(), 200_000)
    await again.answer_to(100)
    live = server.live.get(left.id)
    assert live is not None
    assert live.clock.at < 10.0


async def test_the_waiting_room_opens_from_outside(
    server: LiveServer, waiting_exam: Exam, student: User, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        other = await make_user(db)
    page = await server.page(teacher, waiting_exam.id)
    async with server.browser(student) as browser, server.browser(teacher) as staff, server.browser(other) as beside:
        # Also one that does not ask for it waits here.
        found = await posted(browser, "/proctoring/start-session", {"exam_id": waiting_exam.id})
        second = await posted(beside, "/proctoring/start-session", {"exam_id": waiting_exam.id})
        line = await server.student(student, sitting(found))
        begin = f"/exam-sessions/{found['id']}/begin"
        assert (await posted(browser, begin, status=403))["code"] == "not_admitted"
        assert (await posted(staff, f"/exam-sessions/{found['id']}/pause", {}, status=409))["code"] == "not_begun"
        await posted(staff, f"/exam-sessions/{found['id']}/admit")
        await line.until("admitted")
        while not (await page.until("session.updated"))["session"]["admitted"]:
            pass
        assert (await posted(browser, begin))["begun_at"] is not None
        assert await posted(staff, f"/exams/{waiting_exam.id}/admit-all") == {"told": 1}
        assert await posted(staff, f"/exams/{waiting_exam.id}/admit-all") == {"told": 0}
        assert (await posted(beside, f"/exam-sessions/{second['id']}/begin"))["state"] == "active"


async def test_who_objects_is_let_in_by_staff_alone(
    server: LiveServer, exam: Exam, student: User, teacher: User
) -> None:
    async with server.browser(student) as browser, server.browser(teacher) as staff:
        found = await held(browser, exam)
        await posted(browser, f"/exams/{exam.id}/consent", CONSENT | {"sound": False, "objection": "I share a room."})
        begin = f"/exam-sessions/{found['id']}/begin"
        assert (await posted(browser, begin, status=403))["code"] == "not_admitted"
        answers = (await staff.get(f"/exams/{exam.id}/consents")).json()
        assert [(one["student_id"], one["objection"]) for one in answers] == [(student.id, "I share a room.")]
        await posted(staff, f"/exam-sessions/{found['id']}/admit")
        await posted(browser, begin)


async def test_fifty_at_once_start_begin_and_submit_once(
    server: LiveServer, exam: Exam, student: User, sessions: Sessions
) -> None:
    """T15."""

    async def at_once(path: str, body: Any = None) -> list[dict[str, Any]]:
        async with server.browser(student) as browser:
            answers = await asyncio.gather(*(browser.post(path, json=body) for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        return [answer.json() for answer in answers]

    started = await at_once("/proctoring/start-session", {"exam_id": exam.id, "hold": True})
    assert len({one["id"] for one in started}) == 1
    async with server.browser(student) as browser:
        await posted(browser, f"/exams/{exam.id}/consent", CONSENT)
    begun = await at_once(f"/exam-sessions/{started[0]['id']}/begin")
    assert len({(one["begun_at"], one["ends_at"]) for one in begun}) == 1
    ended = await at_once(f"/proctoring/end-session/{started[0]['id']}")
    assert len({(one["end_time"], one["state"]) for one in ended}) == 1
    assert ended[0]["state"] == "submitted"


async def test_a_held_sitting_ends_with_the_window(
    server: LiveServer, student: User, sessions: Sessions, teacher: User
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, end_time=now() + timedelta(hours=1))
    async with server.browser(student) as browser:
        found = await held(browser, exam)
        await posted(browser, f"/exams/{exam.id}/consent", CONSENT)
        async with unit_of_work(sessions) as db:
            await db.execute(update(ExamSession).where(ExamSession.id == found["id"]).values(ends_at=now()))
        async with asyncio.timeout(10):
            while (await server.row(sitting(found))).state != "expired":
                await server.live.sweep_once()
        answer = await posted(browser, f"/exam-sessions/{found['id']}/begin", status=409)
        assert answer["code"] == "exam_session_ended"


async def test_practice_is_the_same_pipeline_and_nobody_elses(
    server: LiveServer, student: User, teacher: User, admin: User, exam: Exam
) -> None:
    async with server.browser(student) as browser:
        first = await posted(browser, "/practice")
        line = await server.student(student, sitting(first))
        await line.show(1, jpeg(), 1000)
        assert (await line.answer_to(1))["report"]["faces"] is not None
        second = await posted(browser, "/practice", {"hold": True})
        assert await line.code() == 4410
        assert (second["id"], second["begun_at"]) == (first["id"] + 1, None)
        await posted(browser, f"/exams/{second['exam_id']}/consent", CONSENT)
        assert (await posted(browser, f"/exam-sessions/{second['id']}/begin"))["begun_at"] is not None
        listed = (await browser.get("/students/me/exams")).json()
        assert [one["exam"]["id"] for one in listed] == [exam.id]
        assert second["exam_id"] not in [one["id"] for one in (await browser.get("/exams")).json()]
    for nosy in (teacher, admin):
        async with server.browser(nosy) as browser:
            assert (await browser.get(f"/exam-sessions/{second['id']}")).status_code == 404
            assert (await browser.get(f"/exams/{second['exam_id']}")).status_code == 404
            assert second["exam_id"] not in [one["id"] for one in (await browser.get("/exams")).json()]
