"""The seed dialect D0 on the student's socket: exactly the shapes that the seed's clients know."""

import base64
import contextlib
from datetime import datetime
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from app.core.clock import now
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.roles import Language
from app.domain.violations import Observation, ViolationKind
from tests.builders import make_exam_session, make_user
from tests.fakes import ScriptedEngine, shows
from tests.live import Line, LiveServer
from tests.pictures import encoded, jpeg

FROZEN = Observation(ViolationKind.FROZEN_VIDEO, 1.0)
ENDED = {"error": "Invalid or completed session"}


async def dial(server: LiveServer, user: User, taken: ExamSession) -> Line:
    """A seed client's line."""
    return await server.dial(f"ws/{taken.id}", server.token(user), native=False)


async def ask(line: Line, **message: Any) -> dict[str, Any]:
    """One message, one answer."""
    await line.send(message)
    answer = await line.read()
    assert answer is not None
    return answer


def picture(body: bytes, *, prefix: str = "data:image/jpeg;base64,") -> str:
    """As a canvas gives it."""
    return prefix + base64.b64encode(body).decode()


async def test_an_answer_has_the_seeds_shape_and_nothing_else(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await dial(server, student, taken)
    answer = await ask(line, frame=picture(jpeg()), audio=0.0, tab_active=True)
    assert answer.keys() == {"session_id", "trust_score", "alerts", "timestamp"}
    assert (answer["session_id"], answer["trust_score"], answer["alerts"]) == (taken.id, 1.0, [])
    assert datetime.fromisoformat(answer["timestamp"]).utcoffset() is not None
    assert (await server.row(taken)).state == SessionState.ACTIVE


@pytest.mark.parametrize("language", list(Language))
async def test_a_hidden_tab_is_one_alert_in_the_students_language(
    server: LiveServer, sessions: Sessions, exam: Exam, language: Language
) -> None:
    async with unit_of_work(sessions) as db:
        student = await make_user(db, preferred_language=language)
        taken = await make_exam_session(db, exam, student)
    line = await dial(server, student, taken)
    assert (await ask(line, tab_active=True))["alerts"] == []
    answers = [await ask(line, tabActive=False) for _ in range(5)]
    (alert,) = answers[0]["alerts"]
    assert alert.keys() == {"alert_type", "severity", "description", "trust_score_impact"}
    assert (alert["alert_type"], alert["severity"]) == ("tab_switch", "warning")
    assert any("\u0980" <= letter <= "\u09ff" for letter in alert["description"]) == (language == Language.BANGLA)
    assert 0 < alert["trust_score_impact"] < 1
    assert answers[0]["trust_score"] == pytest.approx(1 - alert["trust_score_impact"], abs=1e-3)
    assert [one["alerts"] for one in answers[1:]] == [[]] * 4
    await ask(line, tab_active=True)
    assert [one.kind for one in await server.violations(taken)] == ["tab_switch"]


async def test_a_tab_that_was_hidden_when_the_line_broke_is_back_with_the_line(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await dial(server, student, taken)
    await ask(line, tab_active=False)
    line.connection.transport.abort()
    await server.loopback.quiet()
    again = await dial(server, student, taken)
    await ask(again, tab_active=True)
    seconds = [one.seconds for one in await server.violations(taken)]
    await ask(again, tab_active=True)
    assert [one.seconds for one in await server.violations(taken)] == seconds
    await ask(again, tab_active=False)
    await ask(again, tab_active=True)
    assert sum(one.count for one in await server.violations(taken)) == 2


async def test_ten_bad_frames_are_one_alert(server: LiveServer, student: User, taken: ExamSession) -> None:
    server.use(engine=ScriptedEngine(shows(FROZEN)))
    line = await dial(server, student, taken)
    answers = [await ask(line, frame=picture(jpeg()), tab_active=True) for _ in range(10)]
    alerts = [alert for answer in answers for alert in answer["alerts"]]
    assert [alert["alert_type"] for alert in alerts] == ["frozen_video"]
    (violation,) = await server.violations(taken)
    assert violation.kind == "frozen_video"
    assert [row.role for row in await server.evidence(taken)] == ["best"]


FRAMES = [
    ("no prefix", picture(jpeg(), prefix=""), None),
    ("WebP prefix", picture(jpeg(), prefix="data:image/webp;base64,"), None),
    ("no frame", "", None),
    ("P17 spaces", picture(jpeg())[:60] + " " + picture(jpeg())[60:], "not_base64"),
    ("P17 padding", picture(jpeg())[:-3], "not_base64"),
    ("P17 URL-safe alphabet", "data:image/jpeg;base64,_-_-", "not_base64"),
    ("not base64", "data:image/jpeg;base64,ক", "not_base64"),
    ("PNG", picture(encoded("PNG")), "unsupported_format"),
    ("cut", picture(jpeg()[:500]), "truncated"),
    ("text", picture(b"hello"), "not_an_image"),
]
BAD = [
    ("not JSON", "hello", "not_json"),
    ("a list", "[]", "not_an_object"),
    ("a number for a frame", '{"frame": 5}', "bad_message"),
    ("NaN", '{"audio": NaN}', "not_json"),
    ("frame too long", '{"frame": "' + "A" * 400_000 + '"}', "bad_message"),
    ("message too long", '{"frame": "' + "A" * 900_000 + '"}', "message_too_large"),
]


async def test_bad_frames_and_messages_are_answered_with_a_code_and_the_line_stays(
    server: LiveServer, student: User, taken: ExamSession, subtests: pytest.Subtests
) -> None:
    line = await dial(server, student, taken)
    for name, frame, code in FRAMES:
        with subtests.test(name):
            answer = await ask(line, frame=frame, tab_active=True)
            assert answer.get("error") == code
            assert answer["trust_score"] == 1.0
    for name, body, code in BAD:
        with subtests.test(name):
            await line.send(body)
            assert await line.read() == {"error": code}
    assert (await ask(line, tab_active=True))["alerts"] == []


async def test_a_bad_token_closes_1008_after_accepting(
    server: LiveServer, student: User, taken: ExamSession, other_sitting: tuple[User, ExamSession]
) -> None:
    other, _ = other_sitting
    for path, token in (
        (f"ws/{taken.id}", None),
        (f"ws/{taken.id}", "garbage"),
        (f"ws/{taken.id}", server.token(other)),
        ("ws/999999", server.token(student)),
    ):
        line = await server.dial(path, token, native=False)
        assert await line.code() == 1008
        assert line.heard == []


async def test_an_ended_session_is_answered_and_closed(
    server: LiveServer, student: User, sessions: Sessions, exam: Exam
) -> None:
    async with unit_of_work(sessions) as db:
        ended = await make_exam_session(db, exam, student, state=SessionState.SUBMITTED, end_time=now())
    line = await dial(server, student, ended)
    assert await line.code() == 1008
    assert line.heard == [ENDED]


async def test_a_session_that_ends_meanwhile_says_so_and_closes(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await dial(server, student, taken)
    await ask(line, tab_active=True)
    async with server.browser(student) as browser:
        await browser.post(f"/proctoring/end-session/{taken.id}")
    assert await line.code() == 1008
    assert line.heard[-1] == ENDED


async def test_a_binary_message_is_no_seed_dialect(server: LiveServer, student: User, taken: ExamSession) -> None:
    line = await dial(server, student, taken)
    await line.connection.send(jpeg())
    assert await line.code() == 1008


async def test_silence_and_floods_are_closed(server: LiveServer, student: User, taken: ExamSession) -> None:
    server.change(IDLE_SECONDS=0.3)
    line = await dial(server, student, taken)
    assert await line.code() == 4408
    server.change(IDLE_SECONDS=30.0, MESSAGE_BURST=5)
    line = await dial(server, student, taken)
    with contextlib.suppress(ConnectionClosed):
        for _ in range(200):
            await line.send({"tab_active": True})
    assert await line.code() == 4429
    assert len(line.heard) <= 7


async def test_a_native_line_takes_the_place_of_a_seed_line(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    older = await dial(server, student, taken)
    await ask(older, tab_active=True)
    await server.student(student, taken)
    assert await older.code() == 4409
