"""Who gets through the student's door, and how those who do not are told: tokens, tickets, origins, ended sittings."""

import asyncio
from datetime import timedelta

import pytest
from websockets.exceptions import InvalidStatus

from app.core.clock import now
from app.core.config import Settings
from app.core.security import TokenKind, issue_token
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.roles import Role
from tests.builders import PASSWORD, make_exam_session, make_user
from tests.live import LiveServer

OTHER_KEY = "another-key-00112233445566778899aabbccddeeff"


async def ticket(server: LiveServer, user: User, taken: ExamSession) -> str:
    """A ticket as a client gets it."""
    async with server.browser(user) as browser:
        answer = await browser.post(f"/proctoring/sessions/{taken.id}/ticket")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["ticket"])


def signed(settings: Settings, user: User, *, kind: TokenKind, audience: str) -> str:
    """A token of any kind."""
    return issue_token(settings, kind=kind, audience=audience, user_id=user.id, token_version=user.token_version)[0]


async def refused(server: LiveServer, taken: ExamSession | int, token: str | None) -> int | None:
    """The close code of a line that must not get a hello."""
    key = taken if isinstance(taken, int) else taken.id
    line = await server.dial(f"ws/{key}", token)
    code = await line.code()
    assert line.heard == []
    return code


GARBAGE = {
    "none": None,
    "empty": "",
    "letter": "x",
    "three parts": "a.b.c",
    "alg none": "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "long": "x" * 5000,
    "nul": "%00",
    "not ascii": "%F0%9F%92%A9",
}


async def test_garbage_for_a_token_closes_4401(
    server: LiveServer, taken: ExamSession, subtests: pytest.Subtests
) -> None:
    for name, token in GARBAGE.items():
        with subtests.test(name):
            assert await refused(server, taken, token) == 4401


async def test_tokens_that_were_good_for_something_else_close_4401(
    server: LiveServer, settings: Settings, student: User, taken: ExamSession
) -> None:
    own = f"student:{taken.id}"
    forged = settings.model_copy(update={"SECRET_KEY": type(settings.SECRET_KEY)(OTHER_KEY)})  # type: ignore[misc]
    forged.__dict__.pop("secret_key", None)
    for token in (
        signed(forged, student, kind=TokenKind.TICKET, audience=own),
        signed(settings, student, kind=TokenKind.ACCESS, audience=own),
        signed(settings, student, kind=TokenKind.TICKET, audience=f"live:{taken.exam_id}"),
        signed(settings, student, kind=TokenKind.TICKET, audience=own),  # signed by us, but never issued
    ):
        assert await refused(server, taken, token) == 4401


async def test_an_expired_token_closes_4401(
    server: LiveServer, settings: Settings, student: User, taken: ExamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = now() - timedelta(hours=1)
    monkeypatch.setattr("app.core.security.now", lambda: long_ago)
    token = server.token(student)
    monkeypatch.undo()
    assert await refused(server, taken, token) == 4401


async def test_a_ticket_lets_in_once_and_only_where_it_was_issued_for(
    server: LiveServer, student: User, taken: ExamSession, sessions: Sessions, exam: Exam, teacher: User
) -> None:
    good = await ticket(server, student, taken)
    line = await server.dial(f"ws/{taken.id}", good)
    await line.until("hello")
    assert await refused(server, taken, good) == 4401
    async with unit_of_work(sessions) as db:
        elsewhere = await make_exam_session(db, exam, await make_user(db))
    another = await ticket(server, student, taken)
    assert await refused(server, elsewhere, another) == 4401


async def test_of_twenty_sockets_with_one_ticket_one_gets_in(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    good = await ticket(server, student, taken)
    lines = await asyncio.gather(*(server.dial(f"ws/{taken.id}", good) for _ in range(20)))
    await asyncio.gather(*(line.read() for line in lines), return_exceptions=True)
    assert len([line for line in lines if line.of("hello")]) == 1


async def test_where_access_tokens_are_off_only_tickets_open(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    server.change(WS_ALLOW_ACCESS_TOKEN=False)
    assert await refused(server, taken, server.token(student)) == 4401
    line = await server.dial(f"ws/{taken.id}", await ticket(server, student, taken))
    await line.until("hello")


async def test_somebody_elses_sitting_closes_4403_and_none_4404(
    server: LiveServer, taken: ExamSession, teacher: User, admin: User, other_sitting: tuple[User, ExamSession]
) -> None:
    other, _ = other_sitting
    for stranger in (other, teacher, admin):
        assert await refused(server, taken, server.token(stranger)) == 4403
        assert await refused(server, taken.id + 1000, server.token(stranger)) == 4404


async def test_an_id_that_is_none_closes_4404(server: LiveServer, student: User, subtests: pytest.Subtests) -> None:
    for path in ("0", "-1", "1e3", "٣", "abc", "99999999999", "%00"):
        with subtests.test(path):
            line = await server.dial(f"ws/{path}", server.token(student))
            assert await line.code() == 4404


async def test_another_path_is_no_socket(server: LiveServer, student: User) -> None:
    for path in ("ws/1/2", "ws/", "wss/1"):
        with pytest.raises(InvalidStatus) as refusal:
            await server.dial(path, server.token(student))
        assert refusal.value.response.status_code in (403, 404)


@pytest.mark.parametrize("state", [SessionState.SUBMITTED, SessionState.TERMINATED, SessionState.EXPIRED])
async def test_an_ended_sitting_closes_4410(
    server: LiveServer, student: User, exam: Exam, sessions: Sessions, state: SessionState
) -> None:
    async with unit_of_work(sessions) as db:
        ended = await make_exam_session(db, exam, student, state=state, end_time=now())
    assert await refused(server, ended, server.token(student)) == 4410


async def test_a_sitting_whose_time_is_up_closes_4410_before_any_sweep(
    server: LiveServer, student: User, exam: Exam, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        over = await make_exam_session(db, exam, student, ends_at=now() - timedelta(seconds=1))
    assert await refused(server, over, server.token(student)) == 4410


@pytest.mark.parametrize(
    "origin", ["null", "https://good.evil.tld", "http://localhost.evil.tld", "http://localhost:1", "file://"]
)
async def test_a_foreign_page_gets_no_socket_at_all(
    server: LiveServer, student: User, taken: ExamSession, origin: str
) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await server.dial(f"ws/{taken.id}", server.token(student), origin=origin)
    assert refusal.value.response.status_code == 403


async def test_our_own_page_and_the_listed_ones_get_one(server: LiveServer, student: User, taken: ExamSession) -> None:
    for origin in (server.url, "http://localhost:5173"):
        line = await server.student(student, taken, origin=origin)
        await line.connection.close()


async def test_a_disabled_account_is_closed_within_seconds(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession, admin: User
) -> None:
    """F28."""
    server.change(RECHECK_SECONDS=0.2)
    line = await server.student(student, taken)
    async with server.browser(admin) as browser:
        assert (await browser.put(f"/users/{student.id}", json={"is_active": False})).status_code == 200
    assert await line.code() == 4401
    assert await refused(server, taken, server.token(student)) == 4401


async def test_a_login_that_is_ended_closes_its_lines_and_no_others(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    server.change(RECHECK_SECONDS=0.2)
    async with server.browser(student) as browser:
        here, there = [
            (await browser.post("/auth/login", json={"email": student.email, "password": PASSWORD})).json()
            for _ in range(2)
        ]
        ticket = await browser.post(
            f"/proctoring/sessions/{taken.id}/ticket", headers={"Authorization": f"Bearer {here['access_token']}"}
        )
        line = await server.dial(f"ws/{taken.id}", ticket.json()["ticket"])
        await line.until("hello")
        body = {"refresh_token": there["refresh_token"]}
        await browser.post("/auth/logout", json=body)
        await line.say(1)
        await line.acknowledged(1)
        await browser.post("/auth/logout", json={"refresh_token": here["refresh_token"]})
        assert await line.code() == 4401
        assert await refused(server, taken, here["access_token"]) == 4401


async def test_somebody_who_must_change_their_password_does_not_get_in(
    server: LiveServer, sessions: Sessions, exam: Exam
) -> None:
    async with unit_of_work(sessions) as db:
        newcomer = await make_user(db, Role.STUDENT, must_change_password=True)
        theirs = await make_exam_session(db, exam, newcomer)
    assert await refused(server, theirs, server.token(newcomer)) == 4401
