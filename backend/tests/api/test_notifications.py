"""Notifications: who is told what, once; in the reader's language; after the commit."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.core.events import Bus
from app.db.models import AuditEntry, Exam, ExamSession, Notification, User
from app.db.session import Sessions, unit_of_work
from app.domain.exams import Enrolment, ExamStatus
from app.domain.notifications import NotificationType, Priority
from app.domain.roles import Language
from app.domain.violations import ViolationKind
from app.schemas.notifications import NotificationRaised, user_topic
from app.services.news import tell_of_decision, tell_of_grave_violation, tell_of_message, tell_of_results
from app.services.notifications import raise_notifications, wording_of
from tests.builders import make_enrolment, make_exam, make_user

LIST = "/api/v1/notifications/"


async def tell(sessions: Sessions, *readers: User, template: str = "exam_published", key: str | None = None) -> int:
    async with unit_of_work(sessions) as db:
        return await raise_notifications(db, [one.id for one in readers], wording_of(template, exam="Physics"), key=key)


async def tell_and_fail(sessions: Sessions, reader: User) -> None:
    async with unit_of_work(sessions) as db:
        await raise_notifications(db, [reader.id], wording_of("maintenance"))
        raise ZeroDivisionError


async def listed(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(LIST, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_it_is_announced_after_the_commit_and_never_without_one(
    sessions: Sessions, bus: Bus, student: User
) -> None:
    heard: list[NotificationRaised] = []
    with bus.listening(user_topic(student.id), lambda _topic, message: heard.append(message)):
        with pytest.raises(ZeroDivisionError):
            await tell_and_fail(sessions, student)
        assert heard == []
        async with unit_of_work(sessions) as db:
            await raise_notifications(db, [student.id], wording_of("maintenance"))
            assert heard == []
        assert [one.notification.template for one in heard] == ["maintenance"]


async def test_the_same_thing_is_told_once(sessions: Sessions, student: User, teacher: User) -> None:
    assert await tell(sessions, student, key="one") == 1
    assert await tell(sessions, student, teacher, key="one") == 1
    assert await tell(sessions, student) == await tell(sessions, student) == 1


async def test_disabled_people_are_not_told(sessions: Sessions, student: User) -> None:
    async with unit_of_work(sessions) as db:
        gone = await make_user(db, is_active=False)
    assert await tell(sessions, student, gone) == 1


async def test_each_reads_in_their_own_language(
    sessions: Sessions, student_client: httpx2.AsyncClient, student: User
) -> None:
    await tell(sessions, student)
    assert (await listed(student_client))[0]["title"] == "New exam: Physics"
    await student_client.put("/api/v1/users/me", json={"preferred_language": Language.BANGLA})
    assert (await listed(student_client))[0]["title"] == "নতুন পরীক্ষা: Physics"


async def test_filters_counts_reading_and_dismissing(
    sessions: Sessions, student_client: httpx2.AsyncClient, student: User, teacher: User
) -> None:
    await tell(sessions, student, teacher)
    await tell(sessions, student, template="exam_moved")
    await tell(sessions, student, template="maintenance")
    moved = (await listed(student_client, priority="high", type="exam"))[0]
    assert moved["title"] == "New time: Physics"
    assert (await student_client.get(f"{LIST}unread-count")).json() == {"unread_count": 3, "urgent": 0}
    assert {one["priority"] for one in await listed(student_client, priority="medium")} == {"normal"}
    first = (await student_client.put(f"{LIST}{moved['id']}/read")).json()
    again = (await student_client.post(f"{LIST}{moved['id']}/read")).json()
    assert first["is_read"] is True
    assert first["read_at"] == again["read_at"]
    assert [one["type"] for one in await listed(student_client, unread_only=True)] == ["system", "exam"]
    assert [one["type"] for one in await listed(student_client, type="system")] == ["system"]
    assert (await student_client.post(f"{LIST}{moved['id']}/dismiss")).json()["is_dismissed"] is True
    assert len(await listed(student_client)) == 2
    assert (await student_client.post(f"{LIST}mark-all-read")).json() == {"count": 2}
    assert (await student_client.post(f"{LIST}mark-all-read")).json() == {"count": 0}
    counts = (await student_client.get(f"{LIST}statistics")).json()
    assert {name: counts[name] for name in ("total", "unread", "read", "dismissed", "last_24_hours")} == {
        "total": 3,
        "unread": 0,
        "read": 3,
        "dismissed": 1,
        "last_24_hours": 3,
    }
    assert counts["by_type"] == {"exam": 2, "system": 1}
    assert counts["by_priority"] == {"normal": 1, "high": 2}
    assert (await student_client.delete(f"{LIST}{moved['id']}")).json() == {"ok": True}
    assert (await student_client.get(f"{LIST}statistics")).json()["total"] == 2


@pytest.mark.parametrize("query", ["type=rumour", "priority=extreme", "limit=0", "unread_only=perhaps"])
async def test_odd_filters_are_422(student_client: httpx2.AsyncClient, query: str) -> None:
    assert (await student_client.get(f"{LIST}?{query}")).status_code == 422


async def test_students_hear_of_a_published_exam_once(
    sessions: Sessions,
    teacher_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    teacher: User,
    student: User,
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, status=ExamStatus.DRAFT, enrolment=Enrolment.LIST)
        late = await make_user(db)
        await make_enrolment(db, exam, student)
    for status in ("published", "draft", "published"):
        assert (await teacher_client.put(f"/api/v1/exams/{exam.id}", json={"status": status})).status_code == 200
    assert [one["template"] for one in await listed(student_client)] == ["exam_published"]
    both = {"students": [student.id, late.email]}
    assert (await teacher_client.put(f"/api/v1/exams/{exam.id}/enrolments", json=both)).status_code == 200
    async with sessions() as db:
        told = await db.scalars(select(Notification.user_id).where(Notification.exam_id == exam.id))
        assert sorted(told) == sorted([student.id, late.id])


async def test_a_grave_violation_is_one_matter_however_often(
    sessions: Sessions, teacher_client: httpx2.AsyncClient, taken: ExamSession
) -> None:
    for kind in (ViolationKind.MULTIPLE_FACES, ViolationKind.MULTIPLE_FACES, ViolationKind.DEVTOOLS):
        async with unit_of_work(sessions) as db:
            await tell_of_grave_violation(db, exam_session_id=taken.id, kind=kind)
    told = await listed(teacher_client)
    assert [one["priority"] for one in told] == ["urgent", "urgent"]
    assert told[1]["exam_session_id"] == taken.id
    assert told[1]["title"].startswith("More than one person: ")


async def test_results_decision_and_message_reach_the_student(
    sessions: Sessions, student_client: httpx2.AsyncClient, taken: ExamSession, exam: Exam
) -> None:
    async with unit_of_work(sessions) as db:
        taken.exam = exam
        await tell_of_results(db, exam)
        await tell_of_decision(db, taken, decision_id=1)
        await tell_of_message(db, exam, [taken.student_id], sender_id=exam.creator_id, words="Sit upright. {exam}")
    told = await listed(student_client)
    assert [one["template"] for one in told] == ["staff_message", "decision_made", "results_released"]
    assert told[0]["message"] == "Sit upright. {exam}"


async def test_sending_by_template_and_in_own_words(
    sessions: Sessions,
    teacher_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    taken: ExamSession,
    student: User,
) -> None:
    names = [one["name"] for one in (await teacher_client.get(f"{LIST}templates")).json()]
    assert "exam_reminder" in names
    assert "grave_violation" not in names
    by_name = {"user_ids": [student.id], "template": "exam_reminder", "exam_id": taken.exam_id}
    assert (await teacher_client.post(f"{LIST}send", json=by_name)).json() == {"sent": 1}
    own = {"user_ids": [student.id, student.id], "title": "<b>Hi</b>", "message": "Room 4", "priority": "high"}
    assert (await teacher_client.post(f"{LIST}send", json=own)).json() == {"sent": 1}
    told = await listed(student_client)
    assert [one["title"] for one in told] == ["<b>Hi</b>", "Reminder: Physics"]
    async with sessions() as db:
        audited = await db.scalars(select(AuditEntry.action).where(AuditEntry.action == "notification.send"))
        assert len(audited.all()) == 2


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"template": "grave_violation", "title": None, "message": None}, 422, "template_unknown"),
        ({"template": "exam_reminder", "title": None, "message": None}, 422, "template_incomplete"),
        ({"template": "exam_reminder"}, 422, "validation_failed"),
        ({"title": None}, 422, "validation_failed"),
        ({"message": " "}, 422, "validation_failed"),
        ({"message": "x" * 4001}, 422, "validation_failed"),
        ({"user_ids": []}, 422, "validation_failed"),
        ({"user_ids": [2**31 - 1]}, 404, "not_found"),
        ({"sender_id": 1}, 422, "validation_failed"),
        ({"exam_id": 2**31 - 1}, 404, "not_found"),
    ],
)
async def test_odd_notices(
    teacher_client: httpx2.AsyncClient,
    taken: ExamSession,
    student: User,
    change: dict[str, Any],
    status: int,
    code: str,
) -> None:
    body = {"user_ids": [student.id], "title": "Hello", "message": "World"} | change
    answer = await teacher_client.post(f"{LIST}send", json={k: v for k, v in body.items() if v is not None})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_who_may_broadcast_to_whom(
    teacher_client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, taken: ExamSession, teacher: User
) -> None:
    words = {"title": "Hello", "message": "World"}
    refused = await teacher_client.post(f"{LIST}broadcast", json=words)
    assert (refused.status_code, refused.json()["code"]) == (403, "broadcast_needs_exam")
    own = await teacher_client.post(f"{LIST}broadcast", json=words | {"exam_id": taken.exam_id})
    assert own.json() == {"sent": 1}
    assert (await admin_client.post(f"{LIST}broadcast", json=words)).json() == {"sent": 3}
    assert (await admin_client.post(f"{LIST}broadcast", json=words | {"role": "teacher"})).json() == {"sent": 1}
    everyones = (await admin_client.get(f"{LIST}statistics")).json()
    assert everyones["total"] == 5
    assert everyones["by_type"] == {NotificationType.MESSAGE: 5}
    assert everyones["by_priority"] == {Priority.NORMAL: 5}


async def test_what_was_read_in_the_exam_room_is_read_here(
    teacher_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, taken: ExamSession
) -> None:
    session = f"/api/v1/exam-sessions/{taken.id}"
    assert (await teacher_client.post(f"{session}/message", json={"text": "Ten minutes left"})).is_success
    assert (await teacher_client.post(f"/api/v1/exams/{taken.exam_id}/message", json={"text": "All fine?"})).is_success
    told = await listed(student_client, unread_only=True)
    assert [one["message"] for one in told] == ["All fine?", "Ten minutes left"]
    assert (await student_client.get(f"{session}/messages")).is_success
    assert await listed(student_client, unread_only=True) == []
    assert len(await listed(student_client)) == 2
