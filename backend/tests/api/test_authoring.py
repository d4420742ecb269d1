"""Bank, copies, checklist, pictures in questions and files as answers, over HTTP."""

import json
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.core.config import Settings
from app.db.models import Answer, AuditEntry, Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.questions import QuestionType
from app.domain.roles import Role
from app.services.answers import record_answers
from app.storage import open_storage
from tests.builders import make_exam, make_question, make_user
from tests.conftest import Login
from tests.pictures import encoded
from tests.questions import CHOICE, EVERY_TYPE

API = "/api/v1"
UPLOAD = EVERY_TYPE[QuestionType.FILE_UPLOAD]


@pytest.fixture(autouse=True)
def store(app: FastAPI, settings: Settings) -> None:
    app.state.store = open_storage(settings)


@pytest.fixture
async def other_teacher(sessions: Sessions) -> User:
    async with unit_of_work(sessions) as db:
        return await make_user(db, Role.TEACHER)


def png() -> bytes:
    return encoded("PNG")


async def test_the_bank_keeps_copies(
    app: FastAPI, client: httpx2.AsyncClient, login: Login, teacher: User, other_teacher: User, exam: Exam
) -> None:
    headers = login(teacher)
    fruit = {**CHOICE, "tags": ["fruit", "ফল"]}
    banked = (await client.post(f"{API}/question-bank", json=fruit, headers=headers)).json()
    await client.post(f"{API}/question-bank", json={**EVERY_TYPE[QuestionType.ESSAY], "tags": ["sky"]}, headers=headers)

    required = app.openapi()["components"]["schemas"]["QuestionRead"]["required"]
    assert set(required) <= set(banked)  # what the document promises is there, also in the bank

    async def found(**query: str) -> list[int]:
        rows = (await client.get(f"{API}/question-bank", params=query, headers=headers)).json()
        return [one["id"] for one in rows]

    assert len(await found()) == 2
    assert await found(tag="ফল") == await found(q="জাতীয়") == await found(q="NATIONAL") == [banked["id"]]
    assert await found(q="%") == await found(tag="fru") == []
    assert (await client.get(f"{API}/question-bank", headers=login(other_teacher))).json() == []
    path = f"{API}/exams/{exam.id}/questions/from-bank"
    [copy] = (await client.post(path, json={"ids": [banked["id"]]}, headers=headers)).json()
    assert (copy["exam_id"], copy["text"], copy["key"]) == (exam.id, fruit["text"], fruit["key"])
    assert copy["id"] != banked["id"]
    unknown = await client.post(path, json={"ids": [banked["id"], copy["id"]]}, headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "question_unknown")
    again = (await client.post(f"{API}/questions/{copy['id']}/to-bank", headers=headers)).json()
    assert again["id"] == banked["id"]


async def test_a_copy_of_an_exam_has_its_questions_and_nobodys_answers(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, taken: ExamSession
) -> None:
    headers, path = login(teacher), f"{API}/exams/{exam.id}"
    section = (await client.post(f"{path}/sections", json={"title": {"bn": "ক"}, "pool": 1}, headers=headers)).json()
    await client.post(f"{path}/questions", json=CHOICE, headers=headers)
    await client.post(f"{path}/questions", json=UPLOAD | {"section_id": section["id"]}, headers=headers)
    copy = (await client.post(f"{path}/duplicate", headers=headers)).json()
    assert (copy["title"], copy["status"]) == (f"{exam.title} (copy)", "draft")
    copied = (await client.get(f"{API}/exams/{copy['id']}/questions", headers=headers)).json()
    [part] = (await client.get(f"{API}/exams/{copy['id']}/sections", headers=headers)).json()
    assert [(one["type"], one.get("section_id")) for one in copied] == [
        ("single_choice", None),
        ("file_upload", part["id"]),
    ]
    assert (part["pool"], part["id"] != section["id"]) == (1, True)
    assert (await client.get(f"{API}/exams/{copy['id']}/results", headers=headers)).json()["results"] == []


async def test_the_checklist_names_what_is_missing(
    client: httpx2.AsyncClient, login: Login, sessions: Sessions, teacher: User
) -> None:
    headers = login(teacher)
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, enrolment="list", duration_minutes=10_000)

    async def missing() -> set[str]:
        found = (await client.get(f"{API}/exams/{exam.id}/checklist", headers=headers)).json()
        codes = {one["code"] for one in found["items"] if not one["ok"]}
        assert found["ready"] is (not codes)
        return codes

    assert await missing() == {"students", "questions", "duration"}
    await client.post(f"{API}/exams/{exam.id}/sections", json={"pool": 3}, headers=headers)
    await client.post(f"{API}/exams/{exam.id}/questions", json={**CHOICE, "text": {"en": "Only?"}}, headers=headers)
    await client.put(f"{API}/exams/{exam.id}", json={"enrolment": "open", "duration_minutes": 60}, headers=headers)
    assert await missing() == {"languages", "sections"}


async def upload(client: httpx2.AsyncClient, path: str, body: bytes, headers: Any, **fields: Any) -> httpx2.Response:
    return await client.post(f"{API}{path}", files={"file": ("../../etc/<b>.exe", body)}, data=fields, headers=headers)


async def test_a_picture_is_seen_by_those_whose_question_shows_it(
    client: httpx2.AsyncClient,
    login: Login,
    sessions: Sessions,
    teacher: User,
    other_teacher: User,
    student: User,
    exam: Exam,
    taken: ExamSession,
) -> None:
    headers = login(teacher)
    made = (await upload(client, "/question-files", png(), headers)).json()
    assert (made["media_type"], "/" in made["name"]) == ("image/png", False)
    assert (await upload(client, "/question-files", png(), headers)).json()["id"] == made["id"]
    for body in (b"<svg onload='x'/>", b"%PDF-1.7", b"GIF89a", png()[:40]):
        assert (await upload(client, "/question-files", body, headers)).status_code == 422
    address = f"{API}/question-files/{made['id']}"
    shown = {**CHOICE, "text": {"en": f"Which? ![a map](file:{made['id']})"}}
    assert (await client.get(address, headers=login(student))).status_code == 404
    async with unit_of_work(sessions) as db:
        theirs = await make_exam(db, other_teacher)
    stolen = await client.post(f"{API}/exams/{theirs.id}/questions", json=shown, headers=login(other_teacher))
    assert (stolen.status_code, stolen.json()["code"]) == (422, "picture_unknown")
    await client.post(f"{API}/exams/{exam.id}/questions", json=shown, headers=headers)
    assert (await client.get(f"{API}/exam-sessions/{taken.id}/paper", headers=login(student))).status_code == 200
    seen = await client.get(address, headers=login(student))
    assert (seen.status_code, seen.headers["content-disposition"].split(";")[0]) == (200, "attachment")
    assert seen.content.startswith(b"\x89PNG")
    assert (await client.get(address, headers=login(other_teacher))).status_code == 404


@pytest.mark.parametrize("name", ["json", "moodle_xml", "qti"])
async def test_pictures_travel_in_files(
    client: httpx2.AsyncClient,
    login: Login,
    sessions: Sessions,
    teacher: User,
    other_teacher: User,
    exam: Exam,
    name: str,
) -> None:
    headers, theirs = login(teacher), login(other_teacher)
    made = (await upload(client, "/question-files", png(), headers)).json()
    options = [{"id": one, "text": {"en": f"![{one}](file:{made['id']})", "bn": one}} for one in "ab"]
    shown = {**CHOICE, "text": {"en": f"A\n![map](file:{made['id']})"}, "body": {"options": options}}
    async with unit_of_work(sessions) as db:
        await make_question(db, exam, shown)
        other = await make_exam(db, other_teacher, title=exam.title)
    file = (await client.get(f"{API}/exams/{exam.id}/questions/export?format={name}", headers=headers)).content
    path = f"/exams/{other.id}/questions/import"
    tried = await upload(client, path, file, theirs, dry_run="true")
    assert (tried.json()["imported"], tried.json()["errors"]) == (1, [])
    assert (await upload(client, path, file, theirs)).json()["imported"] == 1
    assert (await upload(client, path, file, theirs, dry_run="true")).json()["skipped_doubles"] == 1
    [copied] = (await client.get(f"{API}/exams/{other.id}/questions", headers=theirs)).json()
    number = int(copied["text"]["en"].partition("file:")[2].rstrip(")"))
    assert number != made["id"]
    assert (await client.get(f"{API}/question-files/{number}", headers=theirs)).status_code == 200
    back = (await client.get(f"{API}/exams/{other.id}/questions/export?format={name}", headers=theirs)).content
    assert back == file


async def test_files_are_answers_of_their_own_sitting_alone(
    client: httpx2.AsyncClient,
    login: Login,
    sessions: Sessions,
    teacher: User,
    student: User,
    exam: Exam,
    taken: ExamSession,
) -> None:
    async with unit_of_work(sessions) as db:
        question = await make_question(db, exam, UPLOAD)
        choice = await make_question(db, exam, CHOICE)
        stranger = await make_user(db, Role.STUDENT)
    headers, path = login(student), f"/exam-sessions/{taken.id}/files"
    assert (await upload(client, path, png(), headers, question_id=question.id)).json()["code"] == "unknown_question"
    await client.get(f"{API}/exam-sessions/{taken.id}/paper", headers=headers)
    made = (await upload(client, path, png(), headers, question_id=question.id)).json()
    assert (made["name"], made["media_type"]) == ("<b>.png", "image/png")
    refusals = [(choice.id, png(), "unknown_question"), (question.id, b"%PDF-1.7 x", "file_type_refused")]
    refusals += [(question.id, png() + bytes(1024 * 1024), "file_too_large"), (question.id, b"", "file_empty")]
    for question_id, body, code in refusals:
        answer = await upload(client, path, body, headers, question_id=question_id)
        assert answer.json()["code"] == code
    address = f"{API}/answer-files/{made['id']}"
    assert (await client.get(address, headers=login(stranger))).status_code == 404
    assert (await client.get(address, headers=login(teacher))).headers["content-disposition"].startswith("attachment")
    async with unit_of_work(sessions) as db:
        seen = await db.scalar(select(AuditEntry.actor_id).where(AuditEntry.action == "answer_file.view"))
        assert seen == teacher.id
        for seq, value in enumerate(([made["id"]], [made["id"] + 999], [True]), start=1):
            payload = {"question_id": question.id, "value": value, "client_seq": seq}
            await record_answers(db, taken.id, {seq: payload})
        kept = (await db.scalars(select(Answer.value).where(Answer.question_id == question.id))).all()
    assert json.dumps(kept) == json.dumps([[made["id"]]])
