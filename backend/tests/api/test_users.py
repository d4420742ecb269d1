"""Accounts: one's own, and an administrator's work."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.db.models import AuditEntry, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from tests.builders import PASSWORD, make_exam, make_exam_session, make_user
from tests.conftest import Login

NEW = {"email": "new@example.org", "password": "mango lantern 77", "full_name": "New Person"}


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def test_people_change_their_own_name_and_language(student_client: httpx2.AsyncClient, student: User) -> None:
    answer = await student_client.put("/api/v1/users/me", json={"full_name": "  করিম  ", "preferred_language": "bn"})
    assert answer.status_code == 200
    me = (await student_client.get("/api/v1/users/me")).json()
    assert (me["full_name"], me["preferred_language"], me["email"]) == ("করিম", "bn", student.email)


@pytest.mark.parametrize("field", ["role", "is_active", "id", "is_demo", "token_version", "hashed_password"])
async def test_t14_nobody_promotes_themselves(student_client: httpx2.AsyncClient, field: str) -> None:
    before = (await student_client.get("/api/v1/users/me")).json()
    value: Any = "admin" if field == "role" else 1
    answer = await student_client.put("/api/v1/users/me", json={"full_name": "X", field: value})
    assert code(answer) == (422, "validation_failed")
    assert (await student_client.get("/api/v1/users/me")).json() == before


async def test_errors_come_in_the_language_of_the_account(student_client: httpx2.AsyncClient) -> None:
    await student_client.put("/api/v1/users/me", json={"preferred_language": "bn"})
    answer = await student_client.get("/api/v1/exams/999999")
    assert answer.json()["detail"] == "এটি নেই, অথবা এটি আপনার নয়।"


async def test_a_new_password_or_address_needs_the_old_password(student_client: httpx2.AsyncClient) -> None:
    for change in ({"password": "mango lantern 77"}, {"email": "other@example.org"}):
        for wrong in ({}, {"current_password": "wrong"}):
            assert code(await student_client.put("/api/v1/users/me", json=change | wrong)) == (
                422,
                "current_password_wrong",
            )
    answer = await student_client.put(
        "/api/v1/users/me", json={"email": "Other@example.org", "current_password": PASSWORD}
    )
    assert answer.json()["email"] == "other@example.org"


async def test_j22_a_new_password_ends_old_logins(
    client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, student: User
) -> None:
    change = {"password": "mango lantern 77", "current_password": PASSWORD}
    assert (await student_client.put("/api/v1/users/me", json=change)).status_code == 200
    assert code(await student_client.get("/api/v1/users/me")) == (401, "token_revoked")
    login = {"email": student.email, "password": "mango lantern 77"}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200


async def test_null_changes_nothing(student_client: httpx2.AsyncClient) -> None:
    assert code(await student_client.put("/api/v1/users/me", json={"full_name": None})) == (422, "null_not_allowed")


async def test_an_administrator_makes_lists_and_pages(admin_client: httpx2.AsyncClient, admin: User) -> None:
    made = await admin_client.post("/api/v1/users/", json={**NEW, "role": "teacher"})
    assert (made.status_code, made.json()["role"]) == (200, "teacher")
    assert [user["id"] for user in (await admin_client.get("/api/v1/users")).json()] == [admin.id, made.json()["id"]]
    page = (await admin_client.get("/api/v1/users/?skip=1&limit=1")).json()
    assert [user["id"] for user in page] == [made.json()["id"]]
    assert code(await admin_client.post("/api/v1/users", json=NEW)) == (400, "email_taken")


async def test_changing_to_a_taken_address_is_400(admin_client: httpx2.AsyncClient, admin: User, student: User) -> None:
    answer = await admin_client.put(f"/api/v1/users/{student.id}", json={"email": admin.email})
    assert code(answer) == (400, "email_taken")


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": "teacher"}, {"password": "mango lantern 77"}], ids=str
)
async def test_j21_disabling_demoting_and_resetting_end_logins_at_once(
    admin_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, student: User, change: dict[str, Any]
) -> None:
    assert (await student_client.get("/api/v1/users/me")).status_code == 200
    assert (await admin_client.put(f"/api/v1/users/{student.id}", json=change)).status_code == 200
    assert code(await student_client.get("/api/v1/users/me")) == (401, "token_revoked")


async def test_other_changes_end_nothing(
    admin_client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, student: User
) -> None:
    change = {"full_name": "Other", "is_active": True, "role": "student"}
    assert (await admin_client.put(f"/api/v1/users/{student.id}", json=change)).status_code == 200
    assert (await student_client.get("/api/v1/users/me")).json()["full_name"] == "Other"


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "teacher"}, None], ids=str)
async def test_the_last_administrator_stays(
    admin_client: httpx2.AsyncClient, admin: User, sessions: Sessions, change: dict[str, Any] | None
) -> None:
    path = f"/api/v1/users/{admin.id}"

    async def change_it() -> httpx2.Response:
        return await (admin_client.put(path, json=change) if change else admin_client.delete(path))

    async with unit_of_work(sessions) as db:
        await make_user(db, Role.ADMIN, is_active=False)  # cannot log in, so does not count
    assert code(await change_it()) == (409, "last_admin")
    async with unit_of_work(sessions) as db:
        await make_user(db, Role.ADMIN)
    assert (await change_it()).status_code == 200


async def test_delete(admin_client: httpx2.AsyncClient, student: User, sessions: Sessions) -> None:
    assert (await admin_client.delete(f"/api/v1/users/{student.id}")).json() == {"ok": True}
    assert code(await admin_client.get(f"/api/v1/users/{student.id}")) == (404, "not_found")
    async with sessions() as db:
        assert await db.scalar(select(AuditEntry.subject).where(AuditEntry.action == "user.delete"))


async def test_people_with_exams_or_exam_sessions_stay(
    admin_client: httpx2.AsyncClient, student: User, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        await make_exam_session(db, await make_exam(db, teacher), student)
    for user in (student, teacher):
        assert code(await admin_client.delete(f"/api/v1/users/{user.id}")) == (409, "user_in_use")


async def test_t35_every_privileged_deed_has_one_audit_row(
    admin_client: httpx2.AsyncClient, admin: User, sessions: Sessions
) -> None:
    made = (await admin_client.post("/api/v1/users/", json=NEW)).json()
    await admin_client.put(f"/api/v1/users/{made['id']}", json={"full_name": "Evil\u202e name"})
    await admin_client.delete(f"/api/v1/users/{made['id']}")
    async with sessions() as db:
        rows = (await db.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    assert [row.action for row in rows] == ["user.create", "user.update", "user.delete"]
    assert {row.actor_id for row in rows} == {admin.id}
    assert "Evil" not in str([row.detail for row in rows])


async def test_a_refused_deed_leaves_no_row(admin_client: httpx2.AsyncClient, sessions: Sessions) -> None:
    await admin_client.post("/api/v1/users/", json={**NEW, "password": "password1"})
    async with sessions() as db:
        assert (await db.scalars(select(AuditEntry))).all() == []


async def test_j21_a_token_of_a_deleted_account(
    client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, student: User, login: Login
) -> None:
    headers = login(student)
    await admin_client.delete(f"/api/v1/users/{student.id}")
    assert code(await client.get("/api/v1/auth/me", headers=headers)) == (401, "token_revoked")
