"""Bangla names: listed as in the alphabet and found however they are typed (U01, U02, U14)."""

import random
import unicodedata

import httpx2

from app.db.models import Exam, User
from app.db.session import Sessions, unit_of_work
from app.domain.name_order import name_key
from tests.builders import make_enrolment, make_exam_session, make_user

WORDS = (
    "অংশুমান অঞ্জন আঁখি আবুল উৎপল ঐশী কংস কঙ্কণ করিম কাজী গৌড় ঘোষ ডলি ড়ুবি ডেভিড ঢাকী তৎসম তথাগত তমাল থমাস "
    "বাড়ই বাড়ৈ মাহমুদ যতীন য়ামিন যোগেন রহিম হাসিনা"
)
"""The same names as in the browser's `lib/folded.test.ts`, which asks Intl.Collator."""
IN_ORDER = WORDS.split()
LATIN = ["Anna", "Élodie", "emil", "Zoë"]


async def test_everybody_is_listed_in_the_order_of_the_alphabet(
    admin_client: httpx2.AsyncClient, teacher_client: httpx2.AsyncClient, exam: Exam, sessions: Sessions
) -> None:
    names = [unicodedata.normalize("NFC", name) for name in LATIN + IN_ORDER]
    async with unit_of_work(sessions) as db:
        for name in random.Random(14).sample(names, len(names)):
            student = await make_user(db, full_name=name)
            await make_enrolment(db, exam, student)
            await make_exam_session(db, exam, student)
    people = await admin_client.get("/api/v1/users/", params={"order": "name", "role": "student", "limit": 500})
    assert [one["full_name"] for one in people.json()] == names
    enrolled = await teacher_client.get(f"/api/v1/exams/{exam.id}/enrolments")
    assert [one["full_name"] for one in enrolled.json()] == names
    results = await teacher_client.get(f"/api/v1/exams/{exam.id}/results")
    assert [one["student"]["full_name"] for one in results.json()["results"]] == names
    sat = await teacher_client.get("/api/v1/analytics/students/performance", params={"exam_id": exam.id})
    assert [one["full_name"] for one in sat.json()] == names
    assert sorted(names, key=name_key) == names


async def test_a_name_is_found_however_it_is_typed(
    admin_client: httpx2.AsyncClient, student: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        await make_user(db, full_name=unicodedata.normalize("NFC", "সুমন বাড়ই"), email="n1@example.org")
        await make_user(db, full_name="বা\u09dcই সুমন", email="n2@example.org")  # as an older client may have stored it
        await make_user(db, full_name="গৌড় র\u200d্যাব", email="n3@example.org")
        await make_user(db, full_name="Élodie Ó Briain 7", email="n4@example.org")

    async def found(words: str) -> list[str]:
        answer = await admin_client.get("/api/v1/users/", params={"search": words})
        return [one["email"].partition("@")[0] for one in answer.json()]

    for typed in ("বা\u09dcই", "বা\u09a1\u09bcই", "বাডই"):
        assert await found(typed) == ["n1", "n2"]
    for typed in ("গ\u09ccড়", "গ\u09c7\u09d7\u09dc", "র্যাব", "র\u200d্যাব"):
        assert await found(typed) == ["n3"]
    for typed in ("élodie", "ELODIE", "ó briain ৭", "E\u0301lodie"):
        assert await found(typed) == ["n4"]
    assert await found("%") == []


async def test_exams_and_the_bank_are_searched_in_the_same_way(teacher_client: httpx2.AsyncClient, exam: Exam) -> None:
    await teacher_client.put(f"/api/v1/exams/{exam.id}", json={"title": "পড়া ও লেখা"})
    question = {"type": "essay", "text": {"bn": "আষা\u09ddের কবিতা"}, "points": 1, "body": {}, "key": {}}
    made = await teacher_client.post("/api/v1/question-bank", json=question)
    assert made.status_code == 200, made.text
    for typed in ("প\u09dcা", "প\u09a1\u09bcা"):
        exams = await teacher_client.get("/api/v1/exams/", params={"search": typed})
        assert [one["id"] for one in exams.json()] == [exam.id]
    for typed in ("আষা\u09ddের", "আষা\u09a2\u09bcের"):
        bank = await teacher_client.get("/api/v1/question-bank", params={"q": typed})
        assert [one["id"] for one in bank.json()] == [made.json()["id"]]
