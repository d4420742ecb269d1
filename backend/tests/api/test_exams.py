"""Exams: who sees them, who changes them, and what can follow what."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from app.core.clock import now
from app.db.models import Exam, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import Enrolment, ExamStatus
from app.domain.roles import Role
from tests.builders import make_enrolment, make_exam, make_exam_session, make_user

WANTED = {
    "title": "Physics",
    "start_time": "2027-01-01T09:00:00+06:00",
    "end_time": "2027-01-01T12:00:00+06:00",
    "duration_minutes": 60,
}
SEED_DEFAULTS = {
    "status": "draft",
    "enable_face_detection": True,
    "enable_multiple_face_detection": True,
    "enable_eye_tracking": True,
    "enable_audio_detection": True,
    "enable_tab_switch_detection": True,
    "enable_phone_detection": True,
    "warning_threshold": 0.7,
    "critical_threshold": 0.5,
    "description": "",
}


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize("path", ["/api/v1/exams", "/api/v1/exams/"])
async def test_create_and_read_with_the_seeds_defaults(
    teacher_client: httpx2.AsyncClient, teacher: User, path: str
) -> None:
    made = await teacher_client.post(path, json=WANTED)
    assert made.status_code == 200
    exam = made.json()
    assert {name: exam[name] for name in SEED_DEFAULTS} == SEED_DEFAULTS
    assert (exam["creator_id"], exam["start_time"]) == (teacher.id, "2027-01-01T03:00:00Z")
    assert (await teacher_client.get(f"/api/v1/exams/{exam['id']}")).json() == exam
    listed = await teacher_client.get(path)
    assert (listed.status_code, listed.json()) == (200, [exam])


async def test_update_changes_only_what_is_sent(teacher_client: httpx2.AsyncClient) -> None:
    exam = (await teacher_client.post("/api/v1/exams/", json=WANTED)).json()
    change = {"title": "পদার্থবিজ্ঞান", "weights": {"tab_switch": 0.25}, "show_trust": True, "max_attempts": 2}
    changed = (await teacher_client.put(f"/api/v1/exams/{exam['id']}", json=change)).json()
    assert changed == exam | change | {"updated_at": changed["updated_at"]}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"end_time": "2026-01-01T00:00:00Z"}, "exam_window_invalid"),
        ({"start_time": "2028-01-01T00:00:00Z"}, "exam_window_invalid"),
        ({"warning_threshold": 0.4}, "exam_thresholds_invalid"),
        ({"title": None}, "null_not_allowed"),
        ({"creator_id": 1}, "validation_failed"),
        ({"id": 1}, "validation_failed"),
    ],
)
async def test_update_refuses(teacher_client: httpx2.AsyncClient, change: dict[str, Any], refusal: str) -> None:
    exam = (await teacher_client.post("/api/v1/exams/", json=WANTED)).json()
    assert code(await teacher_client.put(f"/api/v1/exams/{exam['id']}", json=change)) == (422, refusal)
    assert (await teacher_client.get(f"/api/v1/exams/{exam['id']}")).json() == exam


async def test_a_student_sees_what_can_be_sat(
    student_client: httpx2.AsyncClient, student: User, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        visible = [
            await make_exam(db, teacher),
            await make_exam(db, teacher, status=ExamStatus.ACTIVE),
            await make_exam(db, teacher, enrolment=Enrolment.LIST),
        ]
        await make_enrolment(db, visible[2], student)
        hidden = [
            await make_exam(db, teacher, status=status)
            for status in (ExamStatus.DRAFT, ExamStatus.COMPLETED, ExamStatus.CANCELLED)
        ]
        hidden.append(await make_exam(db, teacher, enrolment=Enrolment.LIST))
    listed = (await student_client.get("/api/v1/exams/")).json()
    assert {exam["id"] for exam in listed} == {exam.id for exam in visible}
    for exam in hidden:
        assert code(await student_client.get(f"/api/v1/exams/{exam.id}")) == (404, "not_found")


async def test_lists_are_paged_newest_first(
    admin_client: httpx2.AsyncClient, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        exams = [await make_exam(db, teacher, start_time=now() - timedelta(days=age)) for age in range(3)]
    page = (await admin_client.get("/api/v1/exams/?skip=1&limit=1")).json()
    assert [exam["id"] for exam in page] == [exams[1].id]


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("draft", "published", True),
        ("draft", "completed", False),
        ("published", "active", True),
        ("published", "draft", True),
        ("active", "completed", True),
        ("completed", "active", False),
        ("completed", "completed", True),
        ("cancelled", "draft", True),
        ("cancelled", "active", False),
    ],
)
async def test_statuses_follow_their_order(
    teacher_client: httpx2.AsyncClient, teacher: User, sessions: Sessions, before: str, after: str, allowed: bool
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, status=before)
    answer = await teacher_client.put(f"/api/v1/exams/{exam.id}", json={"status": after})
    assert code(answer) == ((200, "") if allowed else (409, "exam_status_order"))


async def test_publish_twice_is_once(teacher_client: httpx2.AsyncClient) -> None:
    exam = (await teacher_client.post("/api/v1/exams/", json=WANTED)).json()
    for _ in range(2):
        answer = await teacher_client.post(f"/api/v1/exams/{exam['id']}/publish")
        assert (answer.status_code, answer.json()["status"]) == (200, "published")


async def _sat(sessions: Sessions, teacher: User, student: User, **fields: Any) -> Exam:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher)
        await make_exam_session(db, exam, student, **fields)
    return exam


async def test_f28_an_exam_being_sat_is_not_deleted_or_withdrawn(
    teacher_client: httpx2.AsyncClient, teacher: User, student: User, sessions: Sessions
) -> None:
    exam = await _sat(sessions, teacher, student)
    path = f"/api/v1/exams/{exam.id}"
    assert code(await teacher_client.delete(path)) == (409, "exam_has_open_sessions")
    for status in ("draft", "cancelled", "completed"):
        assert code(await teacher_client.put(path, json={"status": status})) == (409, "exam_has_open_sessions")


async def test_an_exam_nobody_sits_any_more_is_deleted_with_its_records(
    teacher_client: httpx2.AsyncClient, teacher: User, student: User, sessions: Sessions
) -> None:
    exam = await _sat(sessions, teacher, student, state=SessionState.SUBMITTED, end_time=now())
    assert (await teacher_client.delete(f"/api/v1/exams/{exam.id}")).json() == {"ok": True}
    assert code(await teacher_client.get(f"/api/v1/exams/{exam.id}")) == (404, "not_found")


async def test_the_list_is_replaced_by_ids_and_addresses(
    teacher_client: httpx2.AsyncClient, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, enrolment=Enrolment.LIST)
        students = [await make_user(db) for _ in range(3)]
    path = f"/api/v1/exams/{exam.id}/enrolments"
    first = await teacher_client.put(path, json={"students": [students[0].id, students[1].email.upper()]})
    assert {one["id"] for one in first.json()} == {students[0].id, students[1].id}
    second = await teacher_client.put(path, json={"students": [students[2].id, students[1].id]})
    assert {one["id"] for one in second.json()} == {students[1].id, students[2].id}
    assert (await teacher_client.get(path)).json() == second.json()
    assert (await teacher_client.put(path, json={"students": []})).json() == []


async def test_c13_one_wrong_line_and_nothing_changes(
    teacher_client: httpx2.AsyncClient, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher)
        students = [await make_user(db) for _ in range(2)]
        other_teacher = await make_user(db, Role.TEACHER)
    path = f"/api/v1/exams/{exam.id}/enrolments"
    await teacher_client.put(path, json={"students": [students[0].id]})
    lines = [students[1].id, 999_999, other_teacher.email, students[1].email, "nobody@example.org"]
    answer = await teacher_client.put(path, json={"students": lines})
    assert code(answer) == (422, "enrolments_invalid")
    assert answer.json()["errors"] == [
        {"line": 2, "code": "student_unknown"},
        {"line": 3, "code": "student_unknown"},
        {"line": 4, "code": "duplicate_line"},
        {"line": 5, "code": "student_unknown"},
    ]
    assert [one["id"] for one in (await teacher_client.get(path)).json()] == [students[0].id]


@pytest.mark.parametrize("students", [[True], [1.5], [None], [0], "x", {}, [[]], [2**40]])
async def test_odd_lists_are_refused(
    teacher_client: httpx2.AsyncClient, teacher: User, sessions: Sessions, students: Any
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher)
    answer = await teacher_client.put(f"/api/v1/exams/{exam.id}/enrolments", json={"students": students})
    assert code(answer) == (422, "validation_failed")
