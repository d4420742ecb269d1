"""Marks, release and statistics over HTTP: hand-counted numbers; what students and graders must not learn."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.core.clock import now
from app.db.models import Answer, Exam, ExamSession, Question, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.questions import QuestionType
from app.services.papers import drawn_parts
from app.services.sitting_reads import reload
from tests.builders import make_exam_session, make_question, make_user
from tests.conftest import Login
from tests.questions import CHOICE, EVERY_TYPE

ESSAY = EVERY_TYPE[QuestionType.ESSAY] | {"points": 4.0}


@pytest.fixture
async def world(sessions: Sessions, exam: Exam) -> dict[str, Any]:
    """Three ended sittings: all right, half, nothing; one choice of 2 points (−0.5) and one essay of 4."""
    async with unit_of_work(sessions) as db:
        choice, essay = await make_question(db, exam, CHOICE), await make_question(db, exam, ESSAY)
        sittings = []
        for number, values in enumerate((("b", "ভালো রচনা"), ("a", "short"), (None, None))):
            student = await make_user(db, full_name=f"Student {number}")
            taken = await make_exam_session(
                db, exam, student, state=SessionState.SUBMITTED, end_time=now(), begun_at=now()
            )
            await drawn_parts(db, await reload(db, taken.id))
            for question, value in zip((choice, essay), values, strict=True):
                if value is not None:
                    given = Answer(exam_session_id=taken.id, question_id=question.id, value=value, client_seq=1, seq=1)
                    db.add(given)
            sittings.append((taken, student))
        await db.flush()
    return {"choice": choice, "essay": essay, "sittings": sittings}


async def test_marks_add_up_and_results_wait_for_people(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, world: dict[str, Any]
) -> None:
    path, staff = f"/api/v1/exams/{exam.id}", login(teacher)
    results = (await client.get(f"{path}/results", headers=staff)).json()["results"]
    assert [(one["score"], one["max_score"], one["to_mark"]) for one in results] == [(2, 6, 1), (0, 6, 1), (0, 6, 0)]
    queue = (await client.get(f"{path}/grading", headers=staff)).json()
    assert (queue["total"], {item["value"] for item in queue["items"]}) == (2, {"ভালো রচনা", "short"})
    refused = await client.post(f"{path}/results/release", json={}, headers=staff)
    assert (refused.status_code, refused.json()["code"]) == (409, "results_to_mark")
    for item in queue["items"]:
        points = 3.0 if item["value"] == "short" else 4.0
        body = {"points": points, "comment": "seen", "internal_note": "between us", "rubric": {"r1": 1.0}}
        marked = await client.put(f"/api/v1/answers/{item['answer_id']}/mark", json=body, headers=staff)
        assert marked.json()["points"] == points
    results = (await client.post(f"{path}/results/release", json={}, headers=staff)).json()["results"]
    assert [(one["score"], one["percent"]) for one in results] == [(6, 100), (2.5, 41.67), (0, 0)]
    summary = (await client.get(f"{path}/grading/summary", headers=staff)).json()
    assert [(one["by_hand"], one["answers"], one["to_mark"]) for one in summary] == [(False, 2, 0), (True, 2, 0)]


async def test_a_student_sees_a_result_after_the_release_and_no_notes_between_graders(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, world: dict[str, Any]
) -> None:
    (taken, student), staff = world["sittings"][0], login(teacher)
    path = f"/api/v1/exam-sessions/{taken.id}/result"
    assert (await client.get(path, headers=login(student))).json()["score"] is None
    item = (await client.get(f"/api/v1/exams/{exam.id}/grading", headers=staff)).json()["items"][0]
    note = {"points": 1.0, "comment": "for you", "internal_note": "between us"}
    await client.put(f"/api/v1/answers/{item['answer_id']}/mark", json=note, headers=staff)
    await client.post(f"/api/v1/exams/{exam.id}/results/release", json={"anyway": True}, headers=staff)
    answer = await client.get(path, headers=login(student))
    shown = answer.json()
    assert shown["released"]
    assert shown["questions"][0]["key"]["option"] == "b"
    assert "between us" not in answer.text
    await client.put(f"/api/v1/exams/{exam.id}", json={"allow_review": False}, headers=staff)
    assert (await client.get(path, headers=login(student))).json()["questions"] is None
    await client.post(f"/api/v1/exams/{exam.id}/results/withdraw", headers=staff)
    assert not (await client.get(path, headers=login(student))).json()["released"]


async def test_graders_without_names_see_labels_that_tell_sittings_apart(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, world: dict[str, Any]
) -> None:
    await client.put(f"/api/v1/exams/{exam.id}", json={"anonymous_grading": True}, headers=login(teacher))
    answer = await client.get(f"/api/v1/exams/{exam.id}/grading?waiting=false", headers=login(teacher))
    items = answer.json()["items"]
    assert {item["student"] for item in items} == {None}
    assert "Student" not in answer.text
    assert len({item["label"] for item in items}) == 2


async def test_a_mended_key_counts_at_once(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, world: dict[str, Any]
) -> None:
    question: Question = world["choice"]
    mended = CHOICE | {"key": {"option": "a"}}
    await client.put(f"/api/v1/questions/{question.id}", json=mended, headers=login(teacher))
    results = (await client.get(f"/api/v1/exams/{exam.id}/results", headers=login(teacher))).json()["results"]
    assert [one["score"] for one in results] == [0, 2, 0]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"points": 4.5}, "mark_out_of_range"),
        ({"points": -1.0}, "mark_out_of_range"),
        ({"rubric": {"x": 1}}, "rubric_unknown"),
    ],
)
async def test_marks_stay_within_the_question(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, world: dict[str, Any], body: Any, code: str
) -> None:
    item = (await client.get(f"/api/v1/exams/{exam.id}/grading", headers=login(teacher))).json()["items"][0]
    answer = await client.put(f"/api/v1/answers/{item['answer_id']}/mark", json=body, headers=login(teacher))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_statistics_are_what_one_counts_by_hand(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, world: dict[str, Any], sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        for (taken, _), points in zip(world["sittings"], (4.0, 2.0), strict=False):
            taken = await db.get_one(ExamSession, taken.id)
            for answer in await _answers(db, taken, world["essay"]):
                answer.points = points
    found = (await client.get(f"/api/v1/exams/{exam.id}/question-statistics", headers=login(teacher))).json()
    choice, essay = found
    assert (choice["given"], choice["answered"], choice["choices"]) == (3, 2, {"a": 1, "b": 1})
    assert choice["difficulty"] == pytest.approx(1 / 3, abs=1e-3)
    assert essay["difficulty"] == pytest.approx(0.5)
    # Marks of the choice 2, −0.5, 0 against the rest 4, 2, 0.
    assert choice["discrimination"] == pytest.approx(0.7559, abs=1e-3)


async def _answers(db: Any, taken: ExamSession, question: Question) -> list[Answer]:
    query = select(Answer).where(Answer.exam_session_id == taken.id, Answer.question_id == question.id)
    return list(await db.scalars(query))
