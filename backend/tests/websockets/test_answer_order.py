"""A question's own time and the way forward are held by the server; what is outside of them is kept, never lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.clock import now
from app.db.models import Answer, Exam, ExamSession, Outage, Question, QuestionOpening, User
from app.db.session import Sessions, unit_of_work
from app.domain.exams import Navigation
from app.services.papers import drawn_parts
from app.services.sitting_reads import reload
from tests.builders import make_question
from tests.live import Line, LiveServer

TEXT = {"type": "short_text", "text": {"en": "Why?"}, "body": {"max_length": 100}, "key": {"accepted": ["so"]}}


@pytest.fixture
async def asked(sessions: Sessions, exam: Exam, taken: ExamSession) -> list[Question]:
    """Three questions, the first with a minute of its own."""
    async with unit_of_work(sessions) as db:
        made = [await make_question(db, exam, TEXT | {"seconds": seconds}) for seconds in (60, None, None)]
        await drawn_parts(db, await reload(db, taken.id))
    return made


async def say(line: Line, seq: int, kind: str, ago: float = 0.0, **payload: Any) -> None:
    t = int((now() - timedelta(seconds=ago)).timestamp() * 1000)
    await line.send({"seq": seq, "type": kind, "t": t, **payload})


async def kept(sessions: Sessions, question: Question) -> tuple[Any, Any, Any]:
    async with unit_of_work(sessions) as db:
        row = (await db.scalars(select(Answer).where(Answer.question_id == question.id))).one()
        beside = row.outside or {}
        return row.value, beside.get("value"), beside.get("why")


async def shown_ago(sessions: Sessions, question: Question, seconds: float) -> None:
    """The question was shown so long ago."""
    async with unit_of_work(sessions) as db:
        at = now() - timedelta(seconds=seconds)
        await db.execute(update(QuestionOpening).where(QuestionOpening.question_id == question.id).values(at=at))


async def test_after_the_questions_time_an_answer_is_kept_beside(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, taken: ExamSession, asked: list[Question]
) -> None:
    line, one = await server.student(student, taken), asked[0]
    await say(line, 1, "status", opened={"question_id": one.id})
    await say(line, 2, "answer", question_id=one.id, value="in time", client_seq=1)
    await line.acknowledged(2)
    await shown_ago(sessions, one, 300)
    await say(line, 3, "answer", question_id=one.id, value="too late", client_seq=2)
    await line.acknowledged(3)
    while not line.errors():
        await line.read()
    assert [(one["code"], one["params"]["seq"]) for one in line.of("error")] == [("question_time_over", 3)]
    assert await kept(sessions, one) == ("in time", "too late", "late")
    async with server.browser(student) as browser:
        paper = (await browser.get(f"/exam-sessions/{taken.id}/paper")).json()
        assert [opening["question_id"] for opening in paper["opened"]] == [one.id]
        assert paper["answers"][0]["value"] == "in time"
        assert paper["answers"][0]["outside"]["why"] == "late"
    async with server.browser(teacher) as browser:
        [item] = (await browser.get(f"/exams/{taken.exam_id}/grading")).json()["items"]
        assert (item["value"], item["outside"]["value"]) == ("in time", "too late")
        [result] = (await browser.get(f"/exams/{taken.exam_id}/results")).json()["results"]
        assert result["to_mark"] == 1  # which of the two counts is for a person to say
        await browser.put(f"/answers/{item['answer_id']}/mark", json={"points": item["auto_points"]})
        assert (await browser.get(f"/exams/{taken.exam_id}/grading")).json()["items"] == []
    await say(line, 4, "answer", question_id=one.id, value="in time", client_seq=3)
    await line.acknowledged(4)
    async with server.browser(teacher) as browser:
        await browser.put(f"/answers/{item['answer_id']}/mark", json={"points": None})
        assert (await browser.get(f"/exams/{taken.exam_id}/grading")).json()["items"] == []  # the same once more
        [result] = (await browser.get(f"/exams/{taken.exam_id}/results")).json()["results"]
        assert result["to_mark"] == 0


async def test_a_late_answer_alone_waits_for_a_person(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, taken: ExamSession, asked: list[Question]
) -> None:
    line, one = await server.student(student, taken), asked[0]
    await say(line, 1, "status", opened={"question_id": one.id})
    await line.acknowledged(1)
    await shown_ago(sessions, one, 300)
    await say(line, 2, "answer", question_id=one.id, value="so", client_seq=7)
    await say(line, 3, "answer", question_id=one.id, value="so it is", client_seq=8)
    await line.acknowledged(3)
    assert await kept(sessions, one) == (None, "so it is", "late")
    async with server.browser(teacher) as browser:
        [result] = (await browser.get(f"/exams/{taken.exam_id}/results")).json()["results"]
        assert (result["score"], result["to_mark"]) == (0.0, 1)
        [item] = (await browser.get(f"/exams/{taken.exam_id}/grading")).json()["items"]
        marked = await browser.put(f"/answers/{item['answer_id']}/mark", json={"points": 1.0})
        assert marked.status_code == 200
        [result] = (await browser.get(f"/exams/{taken.exam_id}/results")).json()["results"]
        assert (result["score"], result["to_mark"]) == (1.0, 0)


@pytest.mark.parametrize("away", [True, False])
async def test_what_an_outbox_brings_is_judged_by_when_it_was_made(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession, asked: list[Question], away: bool
) -> None:
    line, one = await server.student(student, taken), asked[0]
    await say(line, 1, "status", opened={"question_id": one.id})
    await line.acknowledged(1)
    await shown_ago(sessions, one, 300)
    async with unit_of_work(sessions) as db:
        if away:  # the server itself noted that the line was down
            since, until = now() - timedelta(seconds=280), now() - timedelta(seconds=1)
            outage = {"exam_session_id": taken.id, "cause": "link", "paused_seconds": 0.0, "credited_seconds": 0.0}
            db.add(Outage(**outage, started_at=since, ended_at=until))
    await say(line, 2, "answer", 260.0, question_id=one.id, value="made in time", client_seq=1)
    await line.acknowledged(2)
    expected = ("made in time", None, None) if away else (None, "made in time", "late")
    assert await kept(sessions, one) == expected


async def test_forward_only_has_no_way_back(
    server: LiveServer, sessions: Sessions, student: User, exam: Exam, taken: ExamSession, asked: list[Question]
) -> None:
    async with unit_of_work(sessions) as db:
        await db.execute(update(Exam).where(Exam.id == exam.id).values(navigation=Navigation.FORWARD))
    line, (_, two, three) = await server.student(student, taken), asked
    await say(line, 1, "status", opened={"question_id": two.id})
    await say(line, 2, "answer", question_id=two.id, value="first", client_seq=1)
    await say(line, 3, "status", opened={"question_id": three.id})
    await line.acknowledged(3)
    await shown_ago(sessions, three, 60)
    await say(line, 4, "answer", question_id=two.id, value="came back", client_seq=2)
    await say(line, 5, "answer", question_id=three.id, value="goes on", client_seq=3)
    await line.acknowledged(5)
    assert await kept(sessions, two) == ("first", "came back", "out_of_order")
    assert await kept(sessions, three) == ("goes on", None, None)
    while not line.errors():
        await line.read()
    assert line.errors() == ["question_left"]


async def test_an_opening_is_taken_once_and_only_of_the_paper(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession, asked: list[Question]
) -> None:
    line, one = await server.student(student, taken), asked[0]
    odd: list[Any] = [{"question_id": 999_999}, {"question_id": "x"}, {"question_id": True}, [], 1, None]
    for seq, opened in enumerate([{"question_id": one.id}, *odd], 1):
        await say(line, seq, "status", opened=opened)
    await line.acknowledged(7)
    await shown_ago(sessions, one, 300)
    await say(line, 8, "status", opened={"question_id": one.id})
    await line.acknowledged(8)
    async with unit_of_work(sessions) as db:
        [row] = await db.scalars(select(QuestionOpening))
        assert now() - row.at > timedelta(seconds=299)


async def test_extra_minutes_lengthen_what_the_paper_says(
    server: LiveServer, teacher: User, student: User, taken: ExamSession, asked: list[Question]
) -> None:
    async with server.browser(teacher) as browser:
        wanted = {"extra_minutes": 30, "disabled_kinds": [], "preset": None}
        address = f"/exams/{taken.exam_id}/accommodations/{student.id}"
        assert (await browser.put(address, json=wanted)).status_code == 200
    async with server.browser(student) as browser:
        paper = (await browser.get(f"/exam-sessions/{taken.id}/paper")).json()
    assert [one["seconds"] for one in paper["sections"][0]["questions"]] == [90, None, None]
    assert asked
