"""What is wrong in the seed family's own servers, each as a test here (see also test_seed_family.py and D0's tests)."""

import asyncio
import base64
import contextlib
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Unauthenticated
from app.core.security import API_AUDIENCE, TokenKind, read_token
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import ExamStatus
from app.domain.violations import Observation, ViolationKind
from tests.builders import make_exam, make_exam_session, make_user
from tests.fakes import ScriptedEngine, shows
from tests.live import Line, LiveServer
from tests.pictures import jpeg

FRAME = "data:image/jpeg;base64," + base64.b64encode(jpeg()).decode()
FROZEN = Observation(ViolationKind.FROZEN_VIDEO, 1.0)
HOUR = timedelta(hours=1)


async def ask(line: Line, **message: Any) -> dict[str, Any]:
    """The answer to a message; a greeting is passed over."""
    await line.send(message)
    while (answer := await line.read() or {}).get("type") == "connection_established":
        pass
    return answer


@pytest.mark.parametrize("dialect", [{}, {"type": "frame_data"}], ids=["D0", "D1 and D2"])
async def test_ten_bad_frames_are_one_violation(
    server: LiveServer, student: User, taken: ExamSession, dialect: dict[str, str]
) -> None:
    server.use(engine=ScriptedEngine(shows(FROZEN)))
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    for _ in range(10):
        await ask(line, frame=FRAME, **dialect)
    assert [row.kind for row in await server.violations(taken)] == ["frozen_video"]


async def test_evidence_is_never_public(
    server: LiveServer, student: User, teacher: User, taken: ExamSession, other_sitting: tuple[User, ExamSession]
) -> None:
    server.use(engine=ScriptedEngine(shows(FROZEN)))
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    for _ in range(10):
        await ask(line, type="frame_data", frame=FRAME)
    async with server.browser(teacher) as staff:
        (noted,) = (await staff.get(f"/proctoring/violations/{taken.exam_id}")).json()
        path = noted["screenshot_path"]
        assert (await staff.get(server.url + path)).headers["content-type"] == "image/jpeg"
    async with server.browser(None) as anybody, server.browser(other_sitting[0]) as other:
        assert (await anybody.get(server.url + path)).status_code == 401
        assert (await other.get(server.url + path)).status_code == 404


async def test_an_exam_outlives_the_token_it_began_with(
    server: LiveServer, settings: Settings, student: User, taken: ExamSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hours later the token lets nobody in any more; the open line, looked at again and again, stays."""
    server.change(RECHECK_SECONDS=0.02)
    token = server.token(student)
    line = await server.dial(f"ws/{taken.id}", token, native=False)
    assert (await ask(line, type="ping"))["type"] == "pong"
    later = now() + 2 * HOUR
    monkeypatch.setattr("app.core.security.now", lambda: later)
    with pytest.raises(Unauthenticated, match="token_expired"):
        read_token(settings, token, kind=TokenKind.ACCESS, audience=API_AUDIENCE)
    for _ in range(3):
        await asyncio.sleep(0.03)  # a client's pace
        assert (await ask(line, type="ping"))["type"] == "pong"
    assert (await ask(line, type="frame_data", frame=FRAME))["type"] == "frame_analysis"
    assert await (await server.dial(f"ws/{taken.id}", token, native=False)).code() == 1008


WAYS = ["start-session", "sessions/{}/start"]


async def start(browser: httpx2.AsyncClient, way: str, exam: Exam) -> tuple[int, str]:
    """Status and code of starting."""
    body = {"exam_id": exam.id} if way == "start-session" else {}
    answer = await browser.post("/proctoring/" + way.format(exam.id), json=body)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize("way", WAYS)
async def test_starting_respects_window_status_and_attempts(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, way: str
) -> None:
    at = now()
    async with unit_of_work(sessions) as db:
        draft = await make_exam(db, teacher, status=ExamStatus.DRAFT)
        early = await make_exam(db, teacher, start_time=at + HOUR, end_time=at + 2 * HOUR)
        late = await make_exam(db, teacher, start_time=at - 2 * HOUR, end_time=at - HOUR)
        once = await make_exam(db, teacher, max_attempts=1)
        await make_exam_session(db, once, student, state=SessionState.SUBMITTED, end_time=at)
    async with server.browser(student) as browser:
        found = [await start(browser, way, exam) for exam in (draft, early, late, once)]
    assert found == [(404, "not_found"), (409, "exam_not_started"), (409, "exam_over"), (409, "no_attempts_left")]


async def test_while_a_frame_is_judged_everybody_else_is_served(
    server: LiveServer, student: User, taken: ExamSession, other_sitting: tuple[User, ExamSession]
) -> None:
    engine = ScriptedEngine()
    engine.go.clear()
    server.use(engine=engine)
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    await line.send({"type": "frame_data", "frame": FRAME})
    await engine.took.wait()
    other, others = other_sitting
    beside = await server.dial(f"ws/{others.id}", server.token(other), native=False)
    assert (await ask(beside, type="browser_event", event={"type": "right_click"}))["counted"]
    async with server.browser(student) as browser:
        assert (await browser.get("/users/me")).status_code == 200
    engine.go.set()
    await line.until("frame_analysis")


@pytest.mark.parametrize(
    "path",
    ["/api/v1/proctoring/ws/{taken}", "/ws", "/api/v1/ws", "/ws/student/{student}", "/api/v1/notifications/ws"],
)
async def test_messages_have_a_size_limit(server: LiveServer, student: User, taken: ExamSession, path: str) -> None:
    """Too large for a message: told so, and the line stays. Too large for the server: closed 1009, never read."""
    address = server.url.replace("http", "ws", 1) + path.format(taken=taken.id, student=student.id)
    async with connect(f"{address}?token={server.token(student)}", compression=None, proxy=None) as connection:
        line = Line(connection)
        await line.send('{"type": "ping", "x": "' + "A" * 900_000 + '"}')
        answer = await line.read() or {}
        assert answer["error"] == "message_too_large"
        assert (await ask(line, type="ping"))["type"] == "pong"
        with contextlib.suppress(ConnectionClosed):
            await line.send("A" * 2_000_000)
        assert await line.code() == 1009


@pytest.mark.parametrize("severity", ["low", "medium", "high", "critical"])
@pytest.mark.parametrize(("word", "counted"), [("tab_switching", True), ("unusual_behavior", False)])
async def test_the_familys_severities_are_understood_and_never_decide(
    server: LiveServer, student: User, taken: ExamSession, severity: str, word: str, *, counted: bool
) -> None:
    async with server.browser(student) as browser:
        told = {"session_id": taken.id, "violation_type": word, "severity": severity}
        answer = await browser.post("/proctoring/violation-report", json=told)
    assert (answer.status_code, answer.json()["counted"]) == (200, counted)
    assert [row.severity for row in await server.violations(taken)] == ["warning"] * counted


async def test_one_line_follows_several_exams(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, exam: Exam, taken: ExamSession
) -> None:
    """Leaving one exam leaves the others followed; subscribing twice tells once."""
    async with unit_of_work(sessions) as db:
        second = await make_exam(db, teacher)
        others = await make_exam_session(db, second, await make_user(db))
    address = server.url.replace("http", "ws", 1) + f"/ws?token={server.token(teacher)}"
    async with connect(address, compression=None, proxy=None) as connection:
        line = Line(connection)
        for one in (exam, second, second):
            await line.send({"type": "subscribe_exam", "payload": {"exam_id": one.id}})
            await line.until("exam_update")
        await line.send({"type": "unsubscribe_exam", "payload": {"exam_id": exam.id}})
        await line.until("exam_update")
        for sitting in (taken, others):
            owner = User(id=sitting.student_id, token_version=0)
            seed = await server.dial(f"ws/{sitting.id}", server.token(owner), native=False)
            await ask(seed, type="browser_event", event={"type": "copy_paste"})
        await line.until("violation")
        await ask(line, type="ping")
        heard = [message["payload"]["session_id"] for message in line.of("violation")]
    assert heard == [others.id]


@pytest.mark.parametrize("path", ["/api/v1/proctoring/ws/{}", "/ws", "/api/v1/notifications/ws"])
async def test_a_disabled_accounts_silent_line_is_closed_within_seconds(
    server: LiveServer, sessions: Sessions, student: User, taken: ExamSession, path: str
) -> None:
    server.change(RECHECK_SECONDS=0.3)
    address = f"{server.url.replace('http', 'ws', 1)}{path.format(taken.id)}?token={server.token(student)}"
    async with connect(address, compression=None, proxy=None, close_timeout=1) as connection:
        async with unit_of_work(sessions) as db:
            (await db.get_one(User, student.id)).is_active = False
        assert await Line(connection).code() == 1008


async def test_a_picture_over_http_respects_the_exams_networks_and_the_deadline(
    server: LiveServer, sessions: Sessions, student: User, teacher: User
) -> None:
    """What the socket's door refuses is refused here too."""
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, ip_restrictions=["10.0.0.0/8"])
        away = await make_exam_session(db, exam, student)
        late = await make_exam_session(db, await make_exam(db, teacher), student, ends_at=now() - HOUR)
    async with server.browser(student) as browser:
        for taken, refusal in ((away, (403, "address_not_allowed")), (late, (409, "exam_session_ended"))):
            told = {"session_id": taken.id, "violation_type": "tab_switch"}
            for answer in (
                await browser.post(f"/proctoring/frames/{taken.exam_id}", json={"frame": FRAME}),
                await browser.post("/proctoring/violation-report", json=told),
            ):
                assert (answer.status_code, answer.json()["code"]) == refusal


async def test_what_the_exam_does_not_look_for_is_said_not_to_count(
    server: LiveServer, sessions: Sessions, student: User, teacher: User
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, enable_tab_switch_detection=False)
        taken = await make_exam_session(db, exam, student)
    line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
    answer = await ask(line, type="browser_event", event={"type": "tab_switch"})
    assert (answer["counted"], answer["violation_id"]) == (False, None)
