"""What staff do to a sitting: told to the student, on the audit log, seen by the other teachers; and the way back."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.db.models import AuditEntry, Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.violations import ViolationKind
from tests.builders import make_exam, make_exam_session
from tests.live import Line, LiveServer
from tests.pictures import jpeg


async def posted(browser: httpx2.AsyncClient, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = await browser.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def deeds(sessions: Sessions, subject: str) -> list[str]:
    async with unit_of_work(sessions) as db:
        query = select(AuditEntry.action).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
        return list(await db.scalars(query))


async def head(page: Line, **fields: Any) -> dict[str, Any]:
    """The next head of the only sitting that says so."""
    while True:
        row = (await page.until("session.updated"))["session"]
        if all(row[name] == value for name, value in fields.items()):
            return dict(row)


async def test_staff_and_student_talk(
    server: LiveServer, student: User, taken: ExamSession, teacher: User, exam: Exam, sessions: Sessions
) -> None:
    line, page = await server.student(student, taken), await server.page(teacher, exam.id)
    path = f"/exam-sessions/{taken.id}"
    async with server.browser(teacher) as staff, server.browser(student) as browser:
        written = await posted(staff, f"{path}/message", {"text": "জানালাটা খুলে দিন"})
        told = await line.until("message")
        assert (told["from"], told["text"], told["warning"]) == ("staff", "জানালাটা খুলে দিন", False)
        await posted(staff, f"{path}/warn", {"text": "Please sit upright."})
        assert (await line.until("message"))["warning"] is True
        assert await posted(staff, f"/exams/{exam.id}/message", {"text": "Ten minutes left"}) == {"told": 1}
        assert (await line.until("message"))["text"] == "Ten minutes left"
        await line.say(1, "chat", text="  May I leave? ")
        await line.say(2, "hand", raised=True)
        await line.acknowledged(2)
        await head(page, unread=1, hand=True)
        listed = (await browser.get(f"{path}/messages")).json()
        assert listed[0] == written | {"read": True}
        assert [(one["from"], one["text"], one["read"]) for one in listed][3] == ("student", "May I leave?", False)
        assert [one["read"] for one in (await staff.get(f"{path}/messages")).json()] == [True] * 4
        await head(page, unread=0)
        await line.say(3, "hand", raised=False)
        await head(page, hand=False)
    assert await deeds(sessions, f"exam_session:{taken.id}") == ["exam_session.message", "exam_session.warn"]
    assert await deeds(sessions, f"exam:{exam.id}") == ["exam.message"]


async def test_staff_read_and_take_the_hand_down(
    server: LiveServer, student: User, taken: ExamSession, teacher: User, exam: Exam, sessions: Sessions
) -> None:
    line, page = await server.student(student, taken), await server.page(teacher, exam.id)
    path = f"/exam-sessions/{taken.id}"
    async with server.browser(teacher) as staff, server.browser(student) as browser:
        await line.say(1, "hand", raised=True)
        await line.say(2, "chat", text="May I leave?")
        await line.acknowledged(2)
        for reader in (staff, browser):
            found = (await reader.get(path)).json()
            assert (found["hand_raised"], found["unread"]) == (True, 1)
        await browser.get(f"{path}/messages")
        listed = (await staff.get(f"{path}/messages")).json()
        assert (await line.until("read"))["at"] >= listed[-1]["at"]
        assert await posted(staff, f"{path}/hand/lower") == await posted(staff, f"{path}/hand/lower")
        assert (await line.until("hand"))["raised"] is False
        await head(page, hand=False, unread=0)
        await staff.get(f"{path}/messages")
        found = (await browser.get(path)).json()
        assert (found["hand_raised"], found["unread"]) == (False, 0)
        await line.say(3, "hand", raised=True)
        await head(page, hand=True)
        await posted(staff, f"{path}/terminate", {"reason": "over"})
        assert (await posted(staff, f"{path}/hand/lower", status=409))["code"] == "exam_session_ended"
    assert len(line.of("hand")) == len(line.of("read")) == 1  # nothing new, nothing told
    assert (await deeds(sessions, f"exam_session:{taken.id}")).count("exam_session.hand_lowered") == 1


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("chat", {}),
        ("chat", {"text": "  "}),
        ("chat", {"text": 7}),
        ("chat", {"text": "x" * 2001}),
        ("hand", {"raised": "yes"}),
        ("hand", {}),
    ],
)
async def test_words_that_are_none_are_kept_and_refused(
    server: LiveServer, student: User, taken: ExamSession, kind: str, payload: dict[str, Any]
) -> None:
    line = await server.student(student, taken)
    await line.say(1, kind, **payload)
    await line.acknowledged(1)
    assert line.errors() == [f"{kind}_invalid"]
    assert await server.stored(taken) == [(1, payload)]
    async with server.browser(student) as browser:
        assert (await browser.get(f"/exam-sessions/{taken.id}/messages")).json() == []


async def test_an_end_is_announced_and_undone(
    server: LiveServer, student: User, taken: ExamSession, teacher: User, exam: Exam, sessions: Sessions
) -> None:
    line, page = await server.student(student, taken), await server.page(teacher, exam.id)
    path = f"/exam-sessions/{taken.id}/terminate"
    async with server.browser(teacher) as staff:
        await posted(staff, path, {"reason": "left the room", "delay_seconds": 30})
        ending = await line.until("ending")
        assert (ending["reason"], (await head(page, flagged=False))["state"]) == ("left the room", "active")
        await posted(staff, f"{path}/undo")
        await line.until("ending_cancelled")
        assert (await posted(staff, f"{path}/undo", status=409))["code"] == "nothing_to_undo"
        await server.live.sweep_once()
        assert (await server.row(taken)).state == SessionState.ACTIVE
        await posted(staff, path, {"reason": "again", "delay_seconds": 61}, status=422)
    actions = await deeds(sessions, f"exam_session:{taken.id}")
    assert actions == ["exam_session.terminate", "exam_session.terminate_undone"]


async def test_a_planned_end_comes_even_after_a_restart(
    server: LiveServer, student: User, taken: ExamSession, teacher: User, sessions: Sessions
) -> None:
    async with server.browser(teacher) as staff:
        await posted(staff, f"/exam-sessions/{taken.id}/terminate", {"reason": "left", "delay_seconds": 1})
    server.restart()
    async with asyncio.timeout(10):
        while (row := await server.row(taken)).state == SessionState.CREATED:
            await server.live.sweep_once()
    assert (row.state, row.end_reason, row.ending_at) == (SessionState.TERMINATED, "left", None)
    actions = await deeds(sessions, f"exam_session:{taken.id}")
    assert actions == ["exam_session.terminate", "exam_session.terminated"]


async def test_a_room_is_shown_by_who_is_there(
    server: LiveServer, student: User, taken: ExamSession, teacher: User
) -> None:
    async with server.browser(teacher) as staff:
        path = f"/exam-sessions/{taken.id}/room-view"
        assert (await posted(staff, path, status=409))["code"] == "student_not_connected"
        line = await server.student(student, taken)
        await posted(staff, path)
        await line.until("room_view")


async def test_one_tab_switch_too_many_flags_and_ends_nothing(
    server: LiveServer, student: User, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, max_tab_switches=1)
        taken = await make_exam_session(db, exam, student)
    line, page = await server.student(student, taken), await server.page(teacher, exam.id)
    live = server.live.get(taken.id)
    assert live is not None
    for seq in (1, 3):
        assert line.of("flagged") == []
        await line.say(seq, kind="tab_switch", phase="begin")
        await line.say(seq + 1, kind="tab_switch", phase="end")
        await line.acknowledged(seq + 1)
        live.sitting.began -= timedelta(seconds=30)  # half a minute passes
    assert [one["reason"] for one in line.of("flagged")] == ["too_many_tab_switches"]
    await head(page, flagged=True, state="active")
    row = await server.row(taken)
    assert (row.flag_reason, row.state) == ("too_many_tab_switches", SessionState.ACTIVE)
    assert {one.kind for one in await server.violations(taken)} == {ViolationKind.TAB_SWITCH}


async def test_a_page_watches_what_is_on_its_screen(
    server: LiveServer,
    teacher: User,
    exam: Exam,
    student: User,
    taken: ExamSession,
    other_sitting: tuple[User, ExamSession],
) -> None:
    other, beside = other_sitting
    lines = [await server.student(student, taken), await server.student(other, beside)]
    page = await server.page(teacher, exam.id)
    await page.send({"type": "watch", "session_ids": [beside.id]})
    await page.send({"type": "watch", "session_ids": "all"})
    await page.until("error", code="bad_message")
    for number, line in enumerate(lines, start=1):
        await line.show(number, jpeg(), 1000)
        await line.answer_to(number)
    while not page.pictures:
        await page.read()
    assert [number for number, _, _ in page.pictures] == [beside.id]
    await page.send({"type": "watch", "session_ids": None})
    while len(page.pictures) < 2:
        await page.read()
    assert [number for number, _, _ in page.pictures] == [beside.id, taken.id]
