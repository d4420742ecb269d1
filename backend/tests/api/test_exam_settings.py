"""Exam settings that act: the password, the networks, the lockdown, groups on the list."""

from typing import Any

import httpx2
import pytest

from app.db.models import Exam, User
from app.db.session import Sessions, unit_of_work
from tests.api.test_exams import WANTED, code
from tests.builders import make_exam

DEFAULTS: dict[str, Any] = {
    "instructions": "",
    "group": "",
    "passing_score": None,
    "randomize_questions": False,
    "randomize_options": False,
    "navigation": "free",
    "question_language": "both",
    "allow_calculator": False,
    "show_results_immediately": False,
    "allow_review": True,
    "anonymous_grading": False,
    "results_released_at": None,
    "has_password": False,
    "ip_restrictions": [],
    "browser_lockdown": False,
    "require_fullscreen": False,
    "block_clipboard": False,
    "block_right_click": False,
    "block_shortcuts": False,
    "max_tab_switches": None,
    "enable_screen_recording": False,
    "waiting_room": False,
    "require_id_document": False,
    "require_room_view": False,
    "time_credit_minutes": 0,
    "late_sync_minutes": 1440,
}
LOCKED = dict.fromkeys(("require_fullscreen", "block_clipboard", "block_right_click", "block_shortcuts"), True)


async def made(client: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/exams/", json=WANTED | fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def put(client: httpx2.AsyncClient, exam: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = await client.put(f"/api/v1/exams/{exam['id']}", json=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_defaults(teacher_client: httpx2.AsyncClient) -> None:
    exam = await made(teacher_client)
    assert {name: exam[name] for name in DEFAULTS} == DEFAULTS


async def test_the_password_is_never_read_back(teacher_client: httpx2.AsyncClient, sessions: Sessions) -> None:
    exam = await made(teacher_client, exam_password="sesame")
    assert exam["has_password"]
    assert "sesame" not in str(exam)
    async with unit_of_work(sessions) as db:
        row = await db.get_one(Exam, exam["id"])
        assert row.exam_password_hash is not None
        assert "sesame" not in row.exam_password_hash
    assert not (await put(teacher_client, exam, exam_password=None))["has_password"]


async def test_the_lockdown_is_four_switches(teacher_client: httpx2.AsyncClient) -> None:
    exam = await made(teacher_client, browser_lockdown=True, block_clipboard=False)
    assert {name: exam[name] for name in LOCKED} == LOCKED
    exam = await put(teacher_client, exam, browser_lockdown=False, block_shortcuts=True)
    assert [exam[name] for name in LOCKED] == [True, True, True, True]  # what was named stays as named
    exam = await put(teacher_client, exam, browser_lockdown=True)
    exam = await put(teacher_client, exam, browser_lockdown=False)
    assert not any(exam[name] for name in LOCKED)


@pytest.mark.parametrize(
    "change",
    [
        {"navigation": "backward"},
        {"passing_score": 101},
        {"ip_restrictions": ["10.0.0.0/33"]},
        {"ip_restrictions": ["school"]},
        {"max_tab_switches": -1},
        {"time_credit_minutes": -1},
        {"late_sync_minutes": 10**6},
        {"question_language": "fr"},
        {"results_released_at": "2027-01-01T00:00:00Z"},
        {"practice": True},
        {"exam_password_hash": "x"},
        {"group": None},
    ],
)
async def test_refused(teacher_client: httpx2.AsyncClient, change: dict[str, Any]) -> None:
    exam = await made(teacher_client)
    assert (await teacher_client.put(f"/api/v1/exams/{exam['id']}", json=change)).status_code == 422


async def test_networks_are_kept_in_their_usual_spelling(teacher_client: httpx2.AsyncClient) -> None:
    exam = await made(teacher_client, ip_restrictions=["10.1.2.3/8", "2001:DB8::/32", "192.168.0.7"])
    assert exam["ip_restrictions"] == ["10.0.0.0/8", "2001:db8::/32", "192.168.0.7/32"]


@pytest.mark.parametrize(
    ("given", "answer"),
    [(None, (403, "exam_password_required")), ("Sesame", (403, "exam_password_wrong")), ("sesame", (200, ""))],
)
async def test_the_password_is_asked_for_at_the_start(
    teacher_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    exam: Exam,
    given: str | None,
    answer: tuple[int, str],
) -> None:
    await put(teacher_client, {"id": exam.id}, exam_password="sesame")
    wanted = {"exam_id": exam.id, "exam_password": given}
    assert code(await student_client.post("/api/v1/proctoring/start-session", json=wanted)) == answer


@pytest.mark.parametrize(("networks", "allowed"), [(["127.0.0.0/8"], True), (["10.0.0.0/8", "::1"], False), ([], True)])
async def test_the_network_is_asked_for_at_the_start(
    sessions: Sessions, student_client: httpx2.AsyncClient, teacher: User, networks: list[str], allowed: bool
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, ip_restrictions=networks)
    answer = await student_client.post(
        "/api/v1/proctoring/start-session", json={"exam_id": exam.id}, headers={"X-Forwarded-For": "10.0.0.1"}
    )
    assert code(answer) == ((200, "") if allowed else (403, "address_not_allowed"))


async def test_students_have_groups(teacher_client: httpx2.AsyncClient, exam: Exam, student: User) -> None:
    path = f"/api/v1/exams/{exam.id}/enrolments"

    async def listed(entry: Any) -> str:
        answer = await teacher_client.put(path, json={"students": [entry]})
        return str(answer.json()[0]["group"])

    assert await listed(student.id) == ""
    assert await listed({"student": student.email, "group": "Room 2"}) == "Room 2"
    assert await listed(student.id) == "Room 2"  # a list without groups leaves them
    assert await listed({"student": student.id, "group": ""}) == ""
