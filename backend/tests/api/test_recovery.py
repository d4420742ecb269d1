"""Forgotten passwords, by a real mail server; changing passwords."""

import asyncio
import re
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.config import Settings
from app.core.mail import Mailer
from app.db.models import PasswordReset, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Language
from tests.builders import PASSWORD, make_user
from tests.live import LiveServer
from tests.mailbox import Mailbox, mailbox_open, mailing

FORGOT = "/api/v1/auth/forgot-password"
RESET = "/api/v1/auth/reset-password"
NEW = "mango lantern 77"


@pytest.fixture
def mailbox(app: FastAPI, settings: Settings) -> Iterator[Mailbox]:
    """The mail server that the app hands its mails to."""
    with mailbox_open() as mailbox:
        app.state.mailer = Mailer(mailing(settings, mailbox))
        yield mailbox


def secret_in(mailbox: Mailbox) -> str:
    found = re.search(r"http://localhost:8000/reset-password#token=(\S+)", mailbox.mails[-1].get_content())
    assert found is not None
    return found[1]


async def can_log_in(client: httpx2.AsyncClient, user: User, password: str) -> bool:
    answer = await client.post("/api/v1/auth/login", json={"email": user.email, "password": password})
    return answer.status_code == 200


async def test_a_mailed_link_is_good_once(
    client: httpx2.AsyncClient, mailbox: Mailbox, student: User, student_client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    answer = await client.post(FORGOT, json={"email": student.email.upper()})
    assert answer.json() == {"ok": True}
    assert str(mailbox.mails[0]["To"]) == student.email
    secret = secret_in(mailbox)
    async with sessions() as db:
        assert await db.scalar(select(PasswordReset.token_hash)) != secret
    weak = await client.post(RESET, json={"token": secret, "new_password": "student123"})
    assert (weak.status_code, weak.json()["code"]) == (422, "password_too_common")
    assert (await client.post(RESET, json={"token": secret, "new_password": NEW})).json() == {"ok": True}
    assert await can_log_in(client, student, NEW)
    assert not await can_log_in(client, student, PASSWORD)
    assert (await student_client.get("/api/v1/auth/me")).status_code == 401
    again = await client.post(RESET, json={"token": secret, "password": "violet kettle 95"})
    assert (again.status_code, again.json()["code"]) == (422, "reset_link_invalid")


async def test_r27_one_link_used_many_times_at_once_changes_the_password_once(
    client: httpx2.AsyncClient, mailbox: Mailbox, student: User
) -> None:
    await client.post(FORGOT, json={"email": student.email})
    body = {"token": secret_in(mailbox), "new_password": NEW}
    answers = await asyncio.gather(*(client.post(RESET, json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 5


async def test_nobody_learns_who_has_an_account(client: httpx2.AsyncClient, mailbox: Mailbox, student: User) -> None:
    known = await client.post(FORGOT, json={"email": student.email})
    for email in ("nobody@example.org", "not an address"):
        unknown = await client.post(FORGOT, json={"email": email})
        assert (unknown.status_code, unknown.content) == (known.status_code, known.content)
    assert len(mailbox.mails) == 1


async def test_t24_the_answer_does_not_wait_for_the_mail(
    server: LiveServer, app: FastAPI, mailbox: Mailbox, student: User
) -> None:
    mailbox.open.clear()
    async with httpx2.AsyncClient(base_url=server.url) as client, asyncio.timeout(10):
        assert (await client.post(FORGOT, json={"email": student.email})).json() == {"ok": True}
        assert mailbox.mails == []
        mailbox.open.set()
    await server.loopback.quiet()
    assert len(mailbox.mails) == 1


async def test_disabled_and_demo_accounts_get_no_mail(
    client: httpx2.AsyncClient, mailbox: Mailbox, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        people = [await make_user(db, is_active=False), await make_user(db, is_demo=True)]
    for one in people:
        assert (await client.post(FORGOT, json={"email": one.email})).status_code == 200
    assert mailbox.mails == []


async def test_three_mails_an_hour_and_the_language_of_the_reader(
    client: httpx2.AsyncClient, mailbox: Mailbox, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        user = await make_user(db, preferred_language=Language.BANGLA)
    for _ in range(5):
        assert (await client.post(FORGOT, json={"email": user.email})).status_code == 200
    assert [mail["Subject"] for mail in mailbox.mails] == ["360° Proctor: নতুন পাসওয়ার্ড"] * 3
    assert "৩০ মিনিটের মধ্যে" in mailbox.mails[0].get_content()


async def test_an_old_link_is_dead_and_a_used_one_kills_the_others(
    client: httpx2.AsyncClient, mailbox: Mailbox, student: User, sessions: Sessions
) -> None:
    await client.post(FORGOT, json={"email": student.email})
    old = secret_in(mailbox)
    async with unit_of_work(sessions) as db:
        await db.execute(update(PasswordReset).values(expires_at=now()))
    assert (await client.post(RESET, json={"token": old, "new_password": NEW})).json()["code"] == "reset_link_invalid"
    secrets = []
    for _ in range(2):
        await client.post(FORGOT, json={"email": student.email})
        secrets.append(secret_in(mailbox))
    assert (await client.post(RESET, json={"token": secrets[1], "new_password": NEW})).status_code == 200
    assert (await client.post(RESET, json={"token": secrets[0], "new_password": NEW})).status_code == 422


async def test_without_a_mail_server_it_says_so(client: httpx2.AsyncClient, student: User, sessions: Sessions) -> None:
    for email in (student.email, "nobody@example.org"):
        answer = await client.post(FORGOT, json={"email": email})
        assert (answer.status_code, answer.json()["code"]) == (501, "mail_off")
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(PasswordReset)) == 0


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/v1/auth/change-password"), ("PUT", "/api/v1/users/me/password")]
)
async def test_changing_ones_password(
    client: httpx2.AsyncClient, student_client: httpx2.AsyncClient, student: User, method: str, path: str
) -> None:
    async def change(current: str, wanted: str) -> httpx2.Response:
        return await student_client.request(method, path, json={"current_password": current, "new_password": wanted})

    assert (await change("wrong", NEW)).json()["code"] == "current_password_wrong"
    for demo in ("admin123", "teacher123", "student123"):
        assert (await change(PASSWORD, demo)).json()["code"] == "password_too_common"
    assert (await change(PASSWORD, "short")).json()["code"] == "password_too_short"
    assert (await change(PASSWORD, NEW)).json() == {"ok": True}
    assert (await student_client.get("/api/v1/auth/me")).json()["code"] == "token_revoked"
    assert await can_log_in(client, student, NEW)
