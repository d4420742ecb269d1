"""Answers over the socket: stored before the acknowledgement, the newest by the client's count, kept as typed."""

import random
from typing import Any

import pytest

from app.db.models import Exam, ExamSession, Question, User
from app.db.session import Sessions, unit_of_work
from app.domain.questions import QuestionType
from app.services.papers import drawn_parts
from app.services.sitting_reads import reload
from tests.builders import make_question
from tests.live import LiveServer
from tests.questions import EVERY_TYPE, RIGHT


@pytest.fixture
async def asked(sessions: Sessions, exam: Exam, taken: ExamSession) -> dict[QuestionType, Question]:
    """One question of every type on the student's paper."""
    async with unit_of_work(sessions) as db:
        made = {kind: await make_question(db, exam, content) for kind, content in EVERY_TYPE.items()}
        await drawn_parts(db, await reload(db, taken.id))
    return made


async def answers(server: LiveServer, student: User, taken: ExamSession) -> dict[int, Any]:
    async with server.browser(student) as browser:
        paper = (await browser.get(f"/exam-sessions/{taken.id}/paper")).json()
    return {one["question_id"]: one for one in paper["answers"]}


async def test_every_type_comes_back_as_typed(
    server: LiveServer, student: User, taken: ExamSession, asked: dict[QuestionType, Question]
) -> None:
    line = await server.student(student, taken)
    for seq, (kind, question) in enumerate(asked.items(), 1):
        await line.say(seq, "answer", question_id=question.id, value=RIGHT[kind], client_seq=seq)
    await line.acknowledged(len(asked))
    found = await answers(server, student, taken)
    assert {key: one["value"] for key, one in found.items()} == {q.id: RIGHT[kind] for kind, q in asked.items()}
    assert line.errors() == []


async def test_the_highest_count_wins_whatever_comes_last(
    server: LiveServer, student: User, taken: ExamSession, asked: dict[QuestionType, Question]
) -> None:
    line, essay = await server.student(student, taken), asked[QuestionType.ESSAY].id
    counts = list(range(1, 41))
    random.Random(4).shuffle(counts)
    for seq, count in enumerate(counts, 1):
        await line.say(seq, "answer", question_id=essay, value=f"version {count}", client_seq=count)
    await line.say(5, "answer", question_id=essay, value=f"version {counts[4]}", client_seq=counts[4])
    await line.acknowledged(40)
    found = (await answers(server, student, taken))[essay]
    assert (found["value"], found["client_seq"]) == ("version 40", 40)


async def test_a_cleared_answer_is_known_to_be_cleared(
    server: LiveServer, student: User, taken: ExamSession, asked: dict[QuestionType, Question]
) -> None:
    line, question = await server.student(student, taken), asked[QuestionType.SINGLE_CHOICE].id
    await line.say(1, "answer", question_id=question, value="a", client_seq=1)
    await line.say(2, "answer", question_id=question, value=None, client_seq=2)
    await line.acknowledged(2)
    assert (await answers(server, student, taken))[question]["value"] is None


@pytest.mark.parametrize("value", ["z", ["a"], True, 1, {"a": "b"}])
async def test_what_cannot_answer_is_kept_as_a_message_and_told(
    server: LiveServer, student: User, taken: ExamSession, asked: dict[QuestionType, Question], value: Any
) -> None:
    line, question = await server.student(student, taken), asked[QuestionType.SINGLE_CHOICE].id
    await line.say(1, "answer", question_id=question, value="a", client_seq=1)
    await line.say(2, "answer", question_id=question, value=value, client_seq=2)
    await line.say(3, "answer", question_id=999_999, value="a", client_seq=3)
    await line.acknowledged(3)
    while len(line.errors()) < 2:
        await line.read()
    assert line.errors() == ["answer_invalid", "unknown_question"]
    assert (await answers(server, student, taken))[question]["value"] == "a"
    assert len(await server.stored(taken)) == 3


async def test_flags_are_kept(
    server: LiveServer, student: User, taken: ExamSession, asked: dict[QuestionType, Question]
) -> None:
    line, one, two = await server.student(student, taken), asked[QuestionType.CODE].id, asked[QuestionType.ESSAY].id
    await line.say(1, "status", flagged={"question_id": one, "on": True})
    await line.say(2, "status", flagged={"question_id": two, "on": True})
    await line.say(3, "status", flagged={"question_id": one, "on": False})
    await line.acknowledged(3)
    async with server.browser(student) as browser:
        assert (await browser.get(f"/exam-sessions/{taken.id}/paper")).json()["flags"] == [two]


async def test_an_answer_counts_although_no_paper_was_asked_for(
    server: LiveServer, sessions: Sessions, student: User, exam: Exam, taken: ExamSession
) -> None:
    async with unit_of_work(sessions) as db:
        question = await make_question(db, exam, EVERY_TYPE[QuestionType.SHORT_TEXT])
    line = await server.student(student, taken)
    await line.say(1, "answer", question_id=question.id, value="ঢাকা", client_seq=1)
    await line.acknowledged(1)
    assert (await answers(server, student, taken))[question.id]["value"] == "ঢাকা"
