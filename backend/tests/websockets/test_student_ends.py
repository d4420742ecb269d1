"""What others decide reaches the student's line; its end leaves no secrets in the logs and nothing in memory."""

import gc
import io
import logging
import re
from collections import Counter

import pytest
import structlog

from app.core.logging import configure_logging
from app.db.models import ExamSession, User
from app.services.proctoring import LiveExamSession
from app.services.sitting import RecentFrame
from app.websockets.student import StudentConnection
from tests.live import LiveServer
from tests.pictures import jpeg

SECRETS = re.compile(r"eyJ[\w-]+\.|token=(?!\[redacted\])|@example\.org|Student \d")


async def test_a_pause_reaches_the_student_and_nothing_is_held_against_them_in_it(
    server: LiveServer, student: User, taken: ExamSession, teacher: User
) -> None:
    line = await server.student(student, taken)
    await line.show(1, jpeg(), 1000)
    await line.answer_to(1)
    async with server.browser(teacher) as browser:
        await browser.post(f"/exam-sessions/{taken.id}/pause", json={"reason": "fire alarm"})
        assert (await line.until("paused"))["reason"] == "fire alarm"
        await line.say(1, kind="tab_switch")
        await line.say(2, "answer", value="kept")
        await line.acknowledged(2)
        await line.show(2, jpeg(), 2000)
        assert (await line.answer_to(2))["report"] is None
        await browser.post(f"/exam-sessions/{taken.id}/resume")
        resumed = await line.until("resumed")
        await browser.post(f"/exam-sessions/{taken.id}/extend", json={"minutes": 5})
        assert (await line.until("extended"))["ends_at"] > resumed["ends_at"] > line.heard[0]["ends_at"]
    await line.show(3, jpeg(), 3000)
    assert (await line.answer_to(3))["report"] is not None
    assert await server.violations(taken) == []
    assert len(await server.stored(taken)) == 2


@pytest.mark.parametrize("how", ["submitted", "terminated", "expired"])
async def test_the_end_is_told_before_the_line_closes_4410(
    server: LiveServer, student: User, taken: ExamSession, teacher: User, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await server.student(student, taken)
    if how == "expired":
        monkeypatch.setattr("app.services.exam_sessions.now", lambda: taken.ends_at)
        await server.live.sweep_once()
    else:
        path = f"/exam-sessions/{taken.id}/terminate" if how == "terminated" else f"/proctoring/end-session/{taken.id}"
        async with server.browser(teacher if how == "terminated" else student) as browser:
            answer = await browser.post(path, json={"reason": "left"} if how == "terminated" else None)
            assert answer.status_code == 200
    assert await line.code() == 4410
    assert line.heard[-1]["type"] == how
    assert line.heard[-1]["reason"] == ("left" if how == "terminated" else "")
    assert (await server.row(taken)).settled


async def test_logs_hold_no_token_no_address_and_no_name(
    server: LiveServer, student: User, taken: ExamSession, teacher: User, other_sitting: tuple[User, ExamSession]
) -> None:
    """T20: everything is logged as loudly as can be while sockets come, misbehave and go."""
    root = logging.getLogger()
    kept = (root.handlers[:], root.level)
    written = io.StringIO()
    configure_logging(server.settings.model_copy(update={"DEBUG": True}))
    root.handlers[0].setStream(written)  # type: ignore[attr-defined]
    try:
        other, _ = other_sitting
        line = await server.student(student, taken)
        await line.say(1, kind="tab_switch", note=student.email)
        await line.acknowledged(1)
        await line.say(1, kind="devtools", note=student.email)
        await line.until("error", code="seq_changed")
        await line.send(f'{{"seq": "{student.email}"}}')
        assert await line.code() == 4400
        assert await (await server.dial(f"ws/{taken.id}", server.token(other))).code() == 4403
        assert await (await server.dial(f"ws/{taken.id}", server.token(student) + "x")).code() == 4401
        page = await server.page(teacher, taken.exam_id)
        await page.connection.close()
        await server.loopback.quiet()
    finally:
        root.handlers[:], root.level = kept
        structlog.reset_defaults()
    assert "student.left" in written.getvalue()
    assert SECRETS.findall(written.getvalue()) == []


async def test_a_line_that_ended_leaves_nothing_for_the_garbage_collector(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    """It looks through old objects seldom, and a sitting holds the pictures of its last seconds."""
    gc.collect()
    gc.disable()
    try:
        line = await server.student(student, taken)
        await line.say(1)
        await line.acknowledged(1)
        await line.show(1, jpeg(), 1_000)
        await line.answer_to(1)
        assert of_a_line() == {"LiveExamSession": 1, "StudentConnection": 1, "RecentFrame": 1}
        await line.connection.close()
        await server.loopback.quiet()
        assert of_a_line() == {}
    finally:
        gc.enable()


def of_a_line() -> dict[str, int]:
    """What there is in memory of lines and their sittings, wanted or not."""
    kinds = (LiveExamSession, StudentConnection, RecentFrame)
    return dict(Counter(type(one).__name__ for one in gc.get_objects() if type(one) in kinds))
