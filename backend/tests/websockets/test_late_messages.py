"""F14: what a client could not send before the end is kept; what was written in time counts, and is marked."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.core.clock import now
from app.db.models import Answer, ClientMessage, Exam, ExamSession, Question, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from tests.builders import make_exam, make_exam_session, make_question
from tests.live import PATIENCE, LiveServer

MINUTES = timedelta(minutes=1)
TEXT = {"type": "short_text", "text": {"en": "Why?"}, "body": {"max_length": 100}, "key": {"accepted": ["so"]}}


@pytest.fixture
async def question(sessions: Sessions, exam: Exam) -> Question:
    async with unit_of_work(sessions) as db:
        return await make_question(db, exam, TEXT)


def answer(
    seq: int, question: Question, at: datetime, *, wrong: timedelta = timedelta(), **fields: Any
) -> dict[str, Any]:
    """As the client would have sent it, whose clock may be wrong."""
    t = int((at + wrong).timestamp() * 1000)
    message = {"seq": seq, "type": "answer", "t": t, "question_id": question.id, "value": f"v{seq}", "client_seq": seq}
    return message | fields


async def hand_in(browser: httpx2.AsyncClient, taken: ExamSession, messages: list[Any], *, status: int = 200) -> Any:
    found = await browser.post(f"/exam-sessions/{taken.id}/late-messages", json={"messages": messages})
    assert found.status_code == status, found.text
    return found.json()


async def over_since(server: LiveServer, sessions: Sessions, taken: ExamSession, ago: timedelta) -> datetime:
    """The deadline was so long ago, and the sweep has ended the sitting."""
    end = now() - ago
    async with unit_of_work(sessions) as db:
        row = await db.get_one(ExamSession, taken.id)
        row.start_time = row.begun_at = end - timedelta(hours=1)
        row.ends_at = end
    async with asyncio.timeout(PATIENCE):  # a line that was just hung up may still be on its way out
        while True:
            await server.live.sweep_once()
            row = await server.row(taken)
            if (row.state, row.settled) == (SessionState.EXPIRED, True):
                return row.ends_at


async def stored(sessions: Sessions, taken: ExamSession) -> list[tuple[int, bool, str | None]]:
    async with unit_of_work(sessions) as db:
        query = select(ClientMessage).where(ClientMessage.exam_session_id == taken.id).order_by(ClientMessage.seq)
        return [(row.seq, row.late, row.refused) for row in await db.scalars(query)]


@pytest.mark.parametrize("wrong", [timedelta(), timedelta(days=1), timedelta(days=-1)])
async def test_ten_minutes_cut_over_the_deadline(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession, question: Question, wrong: timedelta
) -> None:
    line = await server.student(student, taken)
    async with server.browser(student) as browser:
        assert (await browser.get(f"/exam-sessions/{taken.id}/paper")).status_code == 200
        await line.send(answer(1, question, now(), wrong=wrong))  # while the line was up: the clocks are compared
        await line.acknowledged(1)
        await line.connection.close()
        end = await over_since(server, sessions, taken, 10 * MINUTES)
        in_time = [answer(seq, question, end - (5 - seq) * MINUTES, wrong=wrong) for seq in (2, 3, 4)]
        too_late = [answer(seq, question, end + seq * MINUTES, wrong=wrong) for seq in (5, 6)]
        found = await hand_in(browser, taken, [*in_time, *too_late])
        assert found == {"upto": 6, "accepted": 3, "late": 3, "refused": {"5": "after_deadline", "6": "after_deadline"}}
        again = await hand_in(browser, taken, [*in_time, *too_late])
        assert again == {"upto": 6, "accepted": 0, "late": 0, "refused": {}}
    assert await stored(sessions, taken) == [
        (1, False, None),
        *((seq, True, None) for seq in (2, 3, 4)),
        *((seq, True, "after_deadline") for seq in (5, 6)),
    ]
    async with unit_of_work(sessions) as db:
        kept = (await db.scalars(select(Answer).where(Answer.exam_session_id == taken.id))).one()
        assert (kept.value, kept.late) == ("v4", True)
    row = await server.row(taken)
    assert (row.state, row.trust, row.last_seq) == (SessionState.EXPIRED, 100.0, 6)


async def test_what_comes_in_the_wrong_order_waits_for_the_gap(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession
) -> None:
    end = await over_since(server, sessions, taken, MINUTES)
    event = {"type": "event", "t": int(end.timestamp() * 1000), "kind": "tab_switch"}
    async with server.browser(student) as browser:
        found = await hand_in(browser, taken, [{"seq": 2, **event}, {"seq": 4, **event}, {"seq": 1, **event}])
        assert (found["upto"], found["accepted"]) == (2, 2)
        chat = {"seq": 3, "type": "chat", "text": "My line was down"}
        assert (await hand_in(browser, taken, [chat, {"seq": 4, **event}]))["upto"] == 4
        assert [one["text"] for one in (await browser.get(f"/exam-sessions/{taken.id}/messages")).json()] == [
            "My line was down"
        ]
    assert await server.violations(taken) == []  # what is told after the end is kept, and held against nobody


@pytest.mark.parametrize(
    ("ago", "code"), [(timedelta(minutes=-30), "exam_session_goes_on"), (timedelta(minutes=11), "late_sync_over")]
)
async def test_only_for_a_while_after_the_end(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, ago: timedelta, code: str
) -> None:
    async with unit_of_work(sessions) as db:
        taken = await make_exam_session(db, await make_exam(db, teacher, late_sync_minutes=10), student)
    if ago > timedelta():
        await over_since(server, sessions, taken, ago)
    async with server.browser(student) as browser:
        assert (await hand_in(browser, taken, [], status=409))["code"] == code


@pytest.mark.parametrize("bad", [{}, {"seq": 0, "type": "answer"}, {"seq": "1", "type": "answer"}, {"seq": 1}])
async def test_what_is_no_message_stores_nothing(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession, bad: dict[str, Any]
) -> None:
    await over_since(server, sessions, taken, MINUTES)
    async with server.browser(student) as browser:
        good = {"seq": 1, "type": "status"}
        assert (await hand_in(browser, taken, [good, bad], status=422))["code"] == "bad_message"
    assert await stored(sessions, taken) == []


async def test_two_devices_hand_in_at_once(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession
) -> None:
    """F18: the outboxes merge by number, the first of a number stays."""
    await over_since(server, sessions, taken, MINUTES)
    boxes = [[{"seq": seq, "type": "status", "device": at} for seq in range(1, 51)] for at in range(10)]
    async with server.browser(student) as browser:
        found = await asyncio.gather(*(hand_in(browser, taken, box) for box in boxes))
    assert {one["upto"] for one in found} == {50}
    assert sum(one["accepted"] for one in found) == 50
    assert len({str(payload) for _, payload in await server.stored(taken)}) == 1


async def test_the_page_counts_answers(
    server: LiveServer, student: User, teacher: User, taken: ExamSession, exam: Exam, question: Question
) -> None:
    page, line = await server.page(teacher, exam.id), await server.student(student, taken)

    async def shows(answered: int, total: int) -> None:
        while True:
            row = (await page.until("session.updated"))["session"]
            if (row["answered"], row["total"]) == (answered, total):
                return

    async with server.browser(student) as browser:
        await browser.get(f"/exam-sessions/{taken.id}/paper")
    await shows(0, 1)
    await line.send(answer(1, question, now()))
    await shows(1, 1)
    await line.send(answer(2, question, now(), value=None))
    await shows(0, 1)
    await line.send(answer(3, question, now()))
    await shows(1, 1)
    assert (await server.page(teacher, exam.id)).heard[0]["sessions"][0]["answered"] == 1
