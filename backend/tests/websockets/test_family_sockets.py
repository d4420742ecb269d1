"""The seed family's side sockets: the proctor's monitor, the general line with and without envelopes, notifications."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect

from app.core.clock import now
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from app.domain.violations import Observation, ViolationKind
from app.websockets import family_sockets
from tests.builders import make_exam, make_exam_session, make_user
from tests.fakes import ScriptedEngine, shows
from tests.live import Line, LiveServer
from tests.pictures import jpeg

FRAME = "data:image/jpeg;base64," + base64.b64encode(jpeg()).decode()


@asynccontextmanager
async def dialled(server: LiveServer, path: str, user: User | None, ticket: str | None = None) -> AsyncIterator[Line]:
    """A line to one of these sockets, with an access token or with a ticket."""
    token = f"?token={ticket or server.token(user)}" if user else ""
    address = f"{server.url.replace('http', 'ws', 1)}{path}{token}"
    async with connect(address, compression=None, proxy=None, close_timeout=1) as connection:
        yield Line(connection)


async def ask(line: Line, **message: Any) -> dict[str, Any]:
    await line.send(message)
    return await line.read() or {}


@pytest.mark.parametrize("path", ["/api/v1/realtime/proctoring/{}", "/api/v1/realtime/proctor/monitor/{}"])
async def test_a_proctor_monitors_flags_and_notes(
    server: LiveServer, teacher: User, student: User, taken: ExamSession, path: str
) -> None:
    seed = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await seed.send({"frame": FRAME})
    await seed.read()
    async with dialled(server, path.format(taken.id), teacher) as line:
        begun = await line.read() or {}
        assert begun["type"] == "monitoring_started"
        assert (begun["violation_summary"], begun["total_violations"], begun["recent_violations"]) == ({}, 0, [])
        await seed.send({"tab_active": False})
        opened = await line.until("violation_opened")
        assert opened["violation"]["alert_type"] == "tab_switch"
        flagged = await ask(line, command="flag_session", proctor_id=teacher.id, reason="looks odd")
        assert (flagged["type"], flagged["reason"]) == ("session_flagged", "looks odd")
        assert (await ask(line, command="add_note", note="phone on the table?"))["type"] == "note_added"
        assert (await ask(line, command="add_note", note=" "))["code"] == "bad_message"
        assert (await ask(line, command="request_screenshot"))["type"] == "screenshot_requested"
        assert (await ask(line, command="dance"))["type"] == "unknown_command"
    assert (await server.row(taken)).flag_reason == "looks odd"


async def test_the_monitor_is_for_the_exams_staff(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession
) -> None:
    async with unit_of_work(sessions) as db:
        stranger = await make_user(db, Role.TEACHER)
    for user in (student, stranger, None):
        async with dialled(server, f"/api/v1/realtime/proctoring/{taken.id}", user) as line:
            assert await line.code() == 1008


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
async def test_the_general_line(server: LiveServer, teacher: User, prefix: str) -> None:
    async with dialled(server, f"{prefix}/ws/teacher/{teacher.id}", teacher) as line:
        assert (await ask(line, type="ping"))["type"] == "pong"
        assert (await ask(line, type="heartbeat"))["type"] == "heartbeat_response"
        data = (await ask(line, type="analytics_request"))["data"]
        assert data.keys() >= {"total_exams", "total_students", "total_sessions", "total_violations"}
        assert (await ask(line, type="subscribe_analytics"))["analytics"] is True
        assert (await ask(line, type="unsubscribe_analytics"))["analytics"] is False
        assert (await ask(line, type="notification_read", notification_id=999_999))["code"] == "not_found"
        assert (await ask(line, type="sing"))["code"] == "unknown_type"


async def test_type_and_id_must_be_ones_own(server: LiveServer, student: User, teacher: User) -> None:
    for path in (f"/ws/teacher/{student.id}", f"/ws/student/{teacher.id}", "/ws/student/x", f"/ws/robot/{student.id}"):
        async with dialled(server, path, student) as line:
            assert await line.code() == 1008


async def test_a_students_report_over_the_general_line(server: LiveServer, student: User, taken: ExamSession) -> None:
    server.use(engine=ScriptedEngine(shows(Observation(ViolationKind.FROZEN_VIDEO, 1.0))))
    async with dialled(server, f"/ws/student/{student.id}", student) as line:
        told = {"session_id": taken.id, "violation": {"type": "copy_paste_attempt", "severity": "low"}}
        alert = await ask(line, type="violation_report", data=told)
        assert (alert["type"], alert["counted"]) == ("violation_alert", True)
        assert (await ask(line, type="analytics_request"))["code"] == "staff_only"
        lost = await ask(line, type="violation_report", data={**told, "session_id": 999_999})
        assert lost["code"] == "not_found"
    assert [row.kind for row in await server.violations(taken)] == ["copy_paste"]


async def test_envelopes_rooms_and_what_happens_in_an_exam(
    server: LiveServer, student: User, teacher: User, exam: Exam, taken: ExamSession
) -> None:
    seed = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await seed.send({"tab_active": True})
    await seed.read()
    async with dialled(server, "/ws", teacher) as line, dialled(server, "/ws", student) as other:
        joined = await ask(other, type="join_room", payload=f"exam_{exam.id}")
        assert joined["payload"] == {"exam_id": exam.id, "subscribed": True}
        subscribed = await ask(line, type="subscribe_exam", payload={"examId": exam.id})
        assert subscribed["payload"] == {"exam_id": exam.id, "subscribed": True}
        await seed.send({"tab_active": False})
        for one in (line, other):
            told = (await one.until("violation"))["payload"]
            assert (told["alert_type"], told["session_id"]) == ("tab_switch", taken.id)
            assert told["trust_score"] == pytest.approx(1 - told["trust_score_impact"], abs=1e-3)
        async with server.browser(teacher) as staff:
            await staff.put(f"/exams/{exam.id}", json={"title": "Physics II"})
            for one in (line, other):
                assert (await one.until("exam_update"))["payload"]["title"] == "Physics II"
        gone = await ask(line, type="leave_room", payload={"room": f"exam_{exam.id}"})
        while gone["type"] != "exam_update":
            gone = await line.read() or {}
        assert gone["payload"]["subscribed"] is False
        assert (await ask(line, type="subscribe_exam", payload={"examId": 999_999}))["code"] == "not_found"


async def test_notifications_arrive_as_they_are_made(server: LiveServer, student: User, admin: User) -> None:
    async with server.browser(student) as browser:
        ticket = (await browser.post("/notifications/ticket")).json()["ticket"]
    line_of_student = dialled(server, "/api/v1/notifications/ws", student, ticket)
    async with line_of_student as line, server.browser(admin) as browser:
        assert (await ask(line, type="ping"))["type"] == "pong"
        told = {"user_ids": [student.id], "title": "Tomorrow", "message": "পরীক্ষা কাল ১০টায়"}
        sent = await browser.post("/notifications/send", json=told)
        assert sent.is_success, sent.text
        heard = await line.until("notification")
        assert heard["message"] == "পরীক্ষা কাল ১০টায়"
        assert (await ask(line, type="notification_read", notification_id=heard["id"]))["success"]


async def test_a_student_hears_of_nobody_else(
    server: LiveServer, sessions: Sessions, student: User, exam: Exam, taken: ExamSession, other_sitting: Any
) -> None:
    other, others = other_sitting
    async with dialled(server, "/ws", student) as line:
        await ask(line, type="subscribe_exam", payload={"examId": exam.id})
        for who, sitting in ((other, others), (student, taken)):
            seed = await server.dial(f"ws/{sitting.id}", server.token(who), native=False)
            await seed.send({"type": "browser_event", "event": {"type": "copy_paste"}})
            await seed.until("browser_event_processed")
        await line.until("violation")
        await ask(line, type="ping")
        assert {one["payload"]["session_id"] for one in line.of("violation")} == {taken.id}
        assert {one["payload"]["student_id"] for one in line.of("student_status")} <= {student.id}
    async with unit_of_work(sessions) as db:
        draft = await make_exam(db, await make_user(db, Role.TEACHER), status="draft")
    async with dialled(server, "/ws", student) as line:
        assert (await ask(line, type="subscribe_exam", payload={"examId": draft.id}))["code"] == "not_found"


async def test_staff_on_the_general_line_are_alerted_without_asking(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, taken: ExamSession
) -> None:
    """`violation_report` of a student reaches the exam's teacher as `violation_alert`, and no other teacher."""
    async with unit_of_work(sessions) as db:
        stranger = await make_user(db, Role.TEACHER)
    staff, beside = f"/ws/proctor/{teacher.id}", f"/ws/teacher/{stranger.id}"
    async with (
        dialled(server, staff, teacher) as line,
        dialled(server, beside, stranger) as other,
        dialled(server, f"/ws/student/{student.id}", student) as mine,
    ):
        for one in (line, other):
            await ask(one, type="analytics_request")  # later than the look for exams that are going on
        told = {"exam_id": taken.exam_id, "violation_type": "tab_switching", "severity": "high"}
        assert (await ask(mine, type="violation_report", **told))["counted"]
        alert = await line.until("violation_alert")
        assert (alert["alert_type"], alert["session_id"]) == ("tab_switch", taken.id)
        await ask(other, type="ping")
        assert other.of("violation_alert") == []


async def looked_again(line: Line) -> None:
    """The line has since looked for exams that are going on."""
    for _ in range(2):
        await line.until("analytics_update")


async def notes(server: LiveServer, student: User, sitting: ExamSession, kind: str = "copy_paste") -> None:
    """Something an exam's staff is told of."""
    seed = await server.dial(f"ws/{sitting.id}", server.token(student), native=False)
    await ask(seed, type="browser_event", event={"type": kind})


async def test_an_exam_that_is_left_stays_left_while_it_goes_on(
    server: LiveServer, student: User, teacher: User, taken: ExamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(family_sockets, "ANALYTICS_SECONDS", 0.05)
    async with dialled(server, f"/ws/teacher/{teacher.id}", teacher) as line:
        await ask(line, type="subscribe_analytics")
        await line.send({"type": "unsubscribe_exam", "exam_id": taken.exam_id})
        await line.until("exam_update")
        await looked_again(line)
        await notes(server, student, taken)
        await looked_again(line)
        assert line.of("violation_alert") == []
        await line.send({"type": "subscribe_exam", "exam_id": taken.exam_id})
        await line.until("exam_update")
        await notes(server, student, taken, "right_click")
        await line.until("violation_alert")


async def test_an_exam_that_ended_gives_its_place_to_one_that_goes_on(
    server: LiveServer,
    sessions: Sessions,
    student: User,
    teacher: User,
    exam: Exam,
    taken: ExamSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(family_sockets, "ANALYTICS_SECONDS", 0.05)
    monkeypatch.setattr(family_sockets, "MOST_EXAMS", 1)
    async with dialled(server, f"/ws/teacher/{teacher.id}", teacher) as line:
        await ask(line, type="subscribe_analytics")
        await looked_again(line)
        async with unit_of_work(sessions) as db:
            (await db.get_one(Exam, exam.id)).end_time = now()
        await looked_again(line)
        await notes(server, student, taken)  # who has more time than others
        assert (await line.until("violation_alert"))["session_id"] == taken.id
        async with unit_of_work(sessions) as db:
            sitting = await make_exam_session(db, await make_exam(db, teacher), student)
        await looked_again(line)
        await notes(server, student, sitting)
        assert (await line.until("violation_alert"))["session_id"] == sitting.id


@pytest.mark.parametrize(
    "told",
    [
        {"violation_type": "copy_paste_attempt", "severity": "low"},
        {"data": {"violation_type": "copy_paste_attempt"}},
        {"violation": "copy_paste_attempt"},
        {"violation": {"alert_type": "copy_paste_attempt", "severity": "critical"}},
    ],
)
async def test_a_report_is_understood_in_each_shape(
    server: LiveServer, student: User, taken: ExamSession, told: dict[str, Any]
) -> None:
    named = {"data": {**told["data"], "sessionId": taken.id}} if "data" in told else {**told, "session_id": taken.id}
    async with dialled(server, f"/ws/student/{student.id}", student) as line:
        assert (await ask(line, type="violation_report", **named))["counted"]
    seed = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await seed.send({"type": "violation_report", **told})
    assert (await seed.until("violation_acknowledged"))["counted"]
    assert [(row.kind, row.count) for row in await server.violations(taken)] == [("copy_paste", 2)]


async def test_a_picture_in_an_envelope_of_an_exam(server: LiveServer, student: User, taken: ExamSession) -> None:
    async with dialled(server, "/ws", student) as line:
        sent = {"exam_id": taken.exam_id, "frame": FRAME}
        alert = await ask(line, type="proctoring_data", payload=sent)
        assert (alert["type"], alert["payload"]["session_id"]) == ("proctoring_alert", taken.id)
        assert alert["payload"]["ai_results"].keys() >= {"face_detection", "frame_quality"}


async def test_the_monitor_shows_the_newest_picture_and_the_newest_ten(
    server: LiveServer, teacher: User, student: User, taken: ExamSession
) -> None:
    seed = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    words = ("tab_switch", "window_blur", "right_click", "copy_paste", "fullscreen_exit", "keyboard_shortcut")
    more = ("devtools", "second_screen", "screen_share_stopped", "virtual_camera")
    for word in (*words, *more):
        await seed.send({"type": "browser_event", "event": {"type": word}})
        await seed.until("browser_event_processed")
    await seed.send({"type": "frame_data", "frame": FRAME})
    await seed.until("frame_analysis")
    async with dialled(server, f"/api/v1/realtime/proctoring/{taken.id}", teacher) as line:
        begun = await line.read() or {}
        assert begun["total_violations"] == sum(begun["violation_summary"].values()) == 10
        recent = begun["recent_violations"]
        assert len(recent) == 10
        ids = {row.id for row in await server.violations(taken)}
        assert {one["violation_id"] for one in recent} == ids
        shown = await ask(line, command="request_screenshot")
        assert shown["available"]
        assert shown["image"].startswith("data:image/jpeg;base64,")
