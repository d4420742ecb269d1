"""Accounts as administrators work with them."""

import uuid
from typing import Any

import httpx2
import pytest

from app.db.models import ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from tests.builders import PASSWORD, make_user

USERS = "/api/v1/users"


async def emails(client: httpx2.AsyncClient, path: str = "/", **query: Any) -> list[str]:
    answer = await client.get(f"{USERS}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return [one["email"] for one in answer.json()]


async def test_lists_are_filtered(admin_client: httpx2.AsyncClient, admin: User, sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        karim = await make_user(db, full_name="Karim 100%_sure", email="k1@example.org")
        rahim = await make_user(db, full_name="রহিম উদ্দিন", email="r@example.org", is_active=False)
        teacher = await make_user(db, Role.TEACHER, full_name="Karima", email="t@example.org")
    assert await emails(admin_client) == [admin.email, karim.email, rahim.email, teacher.email]
    assert await emails(admin_client, role="student") == [karim.email, rahim.email]
    assert await emails(admin_client, is_active="false") == [rahim.email]
    assert await emails(admin_client, search="KARIM") == [karim.email, teacher.email]
    assert await emails(admin_client, search="karim", role="teacher") == [teacher.email]
    assert await emails(admin_client, search="%_") == [karim.email]  # no wildcards from outside
    assert await emails(admin_client, "/search/", q="রহিম") == [rahim.email]
    assert await emails(admin_client, "/search", q="' OR 1=1 --") == []
    assert await emails(admin_client, "/search", q="example", skip=1, limit=2) == [karim.email, rahim.email]


@pytest.mark.parametrize("query", ["role=king", "is_active=perhaps", "search=%00", "limit=0", "skip=-1"])
async def test_odd_filters_are_422(admin_client: httpx2.AsyncClient, query: str) -> None:
    assert (await admin_client.get(f"{USERS}/?{query}")).status_code == 422


async def test_statistics(
    client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, student: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        await make_user(db, is_active=False)
    for _ in range(2):
        await client.post("/api/v1/auth/login", json={"email": student.email, "password": PASSWORD})
    expected = {
        "total_users": 3,
        "active_users": 2,
        "inactive_users": 1,
        "users_by_role": {"admin": 1, "teacher": 0, "student": 2},
        "new_users_30_days": 3,
        "logged_in_24_hours": 1,
    }
    for path in ("/stats", "/statistics/"):
        assert (await admin_client.get(f"{USERS}{path}")).json() == expected


async def test_deactivated_people_are_out_at_once_and_come_back(
    admin_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, student: User
) -> None:
    assert (await admin_client.post(f"{USERS}/{student.id}/deactivate")).json()["is_active"] is False
    assert (await student_client.get("/api/v1/auth/me")).json()["code"] == "token_revoked"
    assert (await admin_client.put(f"{USERS}/{student.id}/activate")).json()["is_active"] is True


async def test_the_last_admin_stays(admin_client: httpx2.AsyncClient, admin: User) -> None:
    answer = await admin_client.post(f"{USERS}/{admin.id}/deactivate")
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")


async def test_a_one_time_password_lets_in_and_must_be_changed(
    client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, student: User
) -> None:
    given = (await admin_client.post(f"{USERS}/{student.id}/reset-password")).json()
    assert (await student_client.get("/api/v1/auth/me")).status_code == 401
    body = {"email": student.email, "password": given["temporary_password"]}
    opened = (await client.post("/api/v1/auth/login", json=body)).json()
    assert opened["user"]["must_change_password"] is True
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    assert (await client.get("/api/v1/exams/", headers=headers)).json()["code"] == "password_change_required"
    change = {"current_password": given["temporary_password"], "new_password": "mango lantern 77"}
    assert (await client.put(f"{USERS}/me/password", headers=headers, json=change)).status_code == 200


async def test_activity_is_what_one_did_and_what_was_done_to_the_account(
    admin_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    teacher_client: httpx2.AsyncClient,
    student: User,
    taken: ExamSession,
) -> None:
    await admin_client.put(f"{USERS}/{student.id}", json={"full_name": "New Name"})
    await teacher_client.post(f"/api/v1/exam-sessions/{taken.id}/extend", json={"minutes": 5})
    await student_client.post(f"/api/v1/proctoring/end-session/{taken.id}")
    own = (await student_client.get(f"{USERS}/{student.id}/activity-logs")).json()
    assert "user.update" in [one["action"] for one in own]
    assert not any("extend" in one["action"] for one in own)  # what teachers do is not the student's log
    everything = (await admin_client.get(f"{USERS}/activity-logs")).json()
    assert len(everything) > len(own)
    assert (await admin_client.get(f"{USERS}/activity-logs", params={"user_id": student.id})).json() == own


async def test_logins_are_listed_and_ended(
    client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, student: User
) -> None:
    credentials = {"email": student.email, "password": PASSWORD}
    here, there = [(await client.post("/api/v1/auth/login", json=credentials)).json() for _ in range(2)]
    renewed = (await client.post("/api/v1/auth/refresh", json={"refresh_token": there["refresh_token"]})).json()
    path = f"{USERS}/{student.id}/sessions"
    listed = (await student_client.get(path)).json()
    assert len(listed) == 2
    newest = listed[0]
    assert newest["renewed_at"] > newest["began_at"]
    assert (await student_client.delete(f"{path}/{newest['id']}")).json() == {"ok": True}
    assert (await student_client.delete(f"{path}/{newest['id']}")).status_code == 404
    assert (await student_client.delete(f"{path}/{uuid.uuid4()}")).status_code == 404
    assert (await student_client.delete(f"{path}/1")).status_code == 422
    ended = await client.post("/api/v1/auth/refresh", json={"refresh_token": renewed["refresh_token"]})
    assert ended.status_code == 401
    assert len((await student_client.get(path)).json()) == 1
    assert (await student_client.delete(path)).json() == {"ok": True}
    assert (await student_client.get(path)).status_code == 401
    still = await client.post("/api/v1/auth/refresh", json={"refresh_token": here["refresh_token"]})
    assert still.status_code == 401


@pytest.mark.parametrize("field", ["role", "is_active", "id", "must_change_password", "token_version", "is_demo"])
async def test_nobody_raises_themselves(student_client: httpx2.AsyncClient, student: User, field: str) -> None:
    value = "admin" if field == "role" else True
    answer = await student_client.put(f"{USERS}/me", json={"full_name": "New", field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    me = (await student_client.get(f"{USERS}/me")).json()
    assert (me["role"], me["full_name"]) == ("student", student.full_name)
