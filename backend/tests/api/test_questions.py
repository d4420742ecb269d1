"""Questions over HTTP: every type is taken, what does not fit together is refused, papers show no key."""

from typing import Any

import httpx2
import pytest

from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.questions import QuestionType
from tests.builders import make_question
from tests.conftest import Login
from tests.questions import CHOICE, EVERY_TYPE, choices

OPTIONS = CHOICE["body"]["options"]


async def test_every_type_is_kept_as_it_came(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam
) -> None:
    path = f"/api/v1/exams/{exam.id}/questions"
    for content in EVERY_TYPE.values():
        made = await client.post(path, json=content, headers=login(teacher))
        assert made.status_code == 200, made.text
        found = (await client.get(f"/api/v1/questions/{made.json()['id']}", headers=login(teacher))).json()
        assert {name: found[name] for name in content} == content
    listed = (await client.get(path, headers=login(teacher))).json()
    assert [one["type"] for one in listed] == list(EVERY_TYPE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": {}}, "question_without_text"),
        ({"text": {"en": "  "}}, "question_without_text"),
        ({"body": {}}, "question_needs_more"),
        ({"body": {"options": OPTIONS[:1]}}, "question_needs_more"),
        ({"body": {"options": [*OPTIONS, OPTIONS[0]]}}, "question_id_twice"),
        ({"key": {}}, "question_without_key"),
        ({"key": {"option": "z"}}, "question_key_unknown"),
        ({"body": {"options": [*OPTIONS, {"id": "d", "text": {}}]}}, "question_part_without_text"),
        (EVERY_TYPE[QuestionType.FILL_IN] | {"text": {"en": "No gap."}}, "question_blanks_differ"),
        (EVERY_TYPE[QuestionType.ORDERING] | {"key": {"order": ["x", "y"]}}, "question_without_key"),
        (EVERY_TYPE[QuestionType.NUMBER] | {"key": {"value": True}}, "question_without_key"),
    ],
)
async def test_c15_what_does_not_fit_together_is_refused(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, change: dict[str, Any], code: str
) -> None:
    answer = await client.post(f"/api/v1/exams/{exam.id}/questions", json={**CHOICE, **change}, headers=login(teacher))
    assert answer.status_code == 422
    assert code in answer.text


async def test_a_section_of_another_exam_is_unknown(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam
) -> None:
    answer = await client.post(
        f"/api/v1/exams/{exam.id}/questions", json={**CHOICE, "section_id": 999_999}, headers=login(teacher)
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "section_unknown")


async def test_order_and_sections(client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam) -> None:
    path, headers = f"/api/v1/exams/{exam.id}", login(teacher)
    ids = [(await client.post(f"{path}/questions", json=CHOICE, headers=headers)).json()["id"] for _ in range(4)]
    section = (await client.post(f"{path}/sections", json={"title": {"bn": "ক"}, "pool": 1}, headers=headers)).json()
    wanted = {"ids": [ids[3], ids[1]], "section_id": section["id"]}
    listed = (await client.put(f"{path}/questions/order", json=wanted, headers=headers)).json()
    assert [one["id"] for one in listed] == [ids[0], ids[3], ids[2], ids[1]]
    assert {one["id"] for one in listed if one.get("section_id") == section["id"]} == {ids[3], ids[1]}
    shown = (await client.get(f"{path}/preview?seed=3", headers=headers)).json()
    assert [len(part["questions"]) for part in shown] == [2, 1]
    twice = await client.put(f"{path}/questions/order", json={"ids": [ids[0], ids[0]]}, headers=headers)
    assert twice.json()["code"] == "question_unknown"


async def test_a_paper_has_no_key_stays_the_same_and_keeps_its_questions(
    client: httpx2.AsyncClient,
    login: Login,
    sessions: Sessions,
    teacher: User,
    student: User,
    exam: Exam,
    taken: ExamSession,
) -> None:
    async with unit_of_work(sessions) as db:
        made = [await make_question(db, exam, content) for content in EVERY_TYPE.values()]
    path = f"/api/v1/exam-sessions/{taken.id}/paper"
    answer = await client.get(path, headers=login(student))
    paper = answer.json()
    shown = [question for part in paper["sections"] for question in part["questions"]]
    assert [question["id"] for question in shown] == [one.id for one in made]
    assert '"key"' not in answer.text
    assert '"rubric"' not in answer.text
    assert (await client.get(path, headers=login(student))).json()["sections"] == paper["sections"]
    removed = await client.delete(f"/api/v1/questions/{made[0].id}", headers=login(teacher))
    assert removed.json()["code"] == "question_in_use"
    other = {**CHOICE, "body": {"options": choices(("q", "x", "x"), ("b", "y", "y"))}}
    changed = await client.put(f"/api/v1/questions/{made[0].id}", json=other, headers=login(teacher))
    assert changed.json()["code"] == "question_in_use"
    mended = {**CHOICE, "key": {"option": "c"}, "points": 3.0}
    assert (await client.put(f"/api/v1/questions/{made[0].id}", json=mended, headers=login(teacher))).status_code == 200
