"""One-use tickets for sockets."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Unauthenticated
from app.db.models import RefreshToken, SocketTicket, User
from app.db.session import Sessions, unit_of_work
from app.services import tickets
from app.services.auth import open_login
from app.services.spent_tokens import forget_spent
from app.services.tickets import Guest
from tests.conftest import Login

AUDIENCE = "student:5"


async def issued(sessions: Sessions, who: User, settings: Settings) -> str:
    async with unit_of_work(sessions) as db:
        token, seconds = await tickets.issue(db, who, audience=AUDIENCE, settings=settings)
    assert seconds <= 60
    return token


async def entered(sessions: Sessions, token: str, settings: Settings, audience: str = AUDIENCE) -> str:
    """Who came in, or the code of the refusal."""
    try:
        async with unit_of_work(sessions) as db:
            user, _ = await tickets.enter(db, token, audience=audience, settings=settings)
            return f"user {user.id}"
    except Unauthenticated as refused:
        return refused.code


async def test_a_ticket_is_good_once_for_its_own_socket(sessions: Sessions, student: User, settings: Settings) -> None:
    token = await issued(sessions, student, settings)
    assert await entered(sessions, token, settings, "student:6") == "token_invalid"
    assert await entered(sessions, token, settings, "live:5") == "token_invalid"
    assert await entered(sessions, token, settings) == f"user {student.id}"
    assert await entered(sessions, token, settings) == "ticket_used"


async def test_of_many_at_once_one_comes_in(sessions: Sessions, student: User, settings: Settings) -> None:
    token = await issued(sessions, student, settings)
    outcomes = await asyncio.gather(*(entered(sessions, token, settings) for _ in range(8)))
    assert sorted(outcomes) == ["ticket_used"] * 7 + [f"user {student.id}"]


async def test_a_refused_entry_does_not_use_the_ticket_up(
    sessions: Sessions, student: User, settings: Settings
) -> None:
    token = await issued(sessions, student, settings)
    async with sessions() as db:  # what went wrong afterwards rolls everything back
        await tickets.enter(db, token, audience=AUDIENCE, settings=settings)
    assert await entered(sessions, token, settings) == f"user {student.id}"


async def test_a_ticket_whose_row_is_gone_or_old_is_refused(
    sessions: Sessions, student: User, settings: Settings
) -> None:
    token = await issued(sessions, student, settings)
    async with unit_of_work(sessions) as db:
        await db.execute(update(SocketTicket).values(expires_at=now()))
    assert await entered(sessions, token, settings) == "ticket_used"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_active": False}, "token_revoked"),
        ({"token_version": 1}, "token_revoked"),
        ({"must_change_password": True}, "password_change_required"),
    ],
    ids=str,
)
async def test_who_may_no_longer_come_in_does_not(
    sessions: Sessions, student: User, settings: Settings, change: dict[str, object], code: str
) -> None:
    token = await issued(sessions, student, settings)
    async with unit_of_work(sessions) as db:
        await db.execute(update(User).values(**change))
    assert await entered(sessions, token, settings) == code


async def test_plain_access_tokens_where_the_settings_allow_them(
    sessions: Sessions, student: User, settings: Settings, login: Login
) -> None:
    token = login(student)["Authorization"].removeprefix("Bearer ")
    assert await entered(sessions, token, settings) == f"user {student.id}"
    assert await entered(sessions, token, settings) == f"user {student.id}"
    settings.WS_ALLOW_ACCESS_TOKEN = False
    assert await entered(sessions, token, settings) == "token_invalid"
    for junk in ("", "x", "a.b.c", "৭" * 50, "x" * 100_000):
        assert await entered(sessions, junk, settings) == "token_invalid"


async def test_who_may_stay_is_asked_for_many_at_once(sessions: Sessions, student: User, teacher: User) -> None:
    mine, changed, other = Guest(student.id, 0, None), Guest(student.id, 1, None), Guest(teacher.id, 0, None)
    logged_out, nobody = Guest(teacher.id, 0, uuid.uuid4()), Guest(0, 0, None)
    everybody = {mine, changed, other, logged_out, nobody}
    async with unit_of_work(sessions) as db:
        assert await tickets.gone(db, everybody) == {changed, logged_out, nobody}
        await db.execute(update(User).where(User.id == student.id).values(is_active=False))
        assert await tickets.gone(db, everybody) == {mine, changed, logged_out, nobody}


async def test_what_has_ended_is_forgotten(sessions: Sessions, student: User, settings: Settings) -> None:
    await issued(sessions, student, settings)
    async with unit_of_work(sessions) as db:
        await open_login(db, student, settings=settings)
        await db.execute(update(SocketTicket).values(expires_at=now() - timedelta(hours=2)))
        await db.execute(update(RefreshToken).values(expires_at=now() - timedelta(seconds=1)))
        await open_login(db, student, settings=settings)
    await issued(sessions, student, settings)
    assert await forget_spent(sessions) == 2
    async with sessions() as db:
        for table in (SocketTicket, RefreshToken):
            assert await db.scalar(select(func.count()).select_from(table)) == 1
