"""The outage ledger: gaps are as long as they were, nobody's fault, and give back no more than the exam allows."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Exam, ExamSession, Outage, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.services.pulse import Pulse
from tests.builders import make_exam, make_exam_session
from tests.fakes import ScriptedEngine
from tests.live import Line, LiveServer
from tests.pictures import jpeg


class Clock:
    """The server's clock for who is there; goes on by itself, and as far as it is told."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self._ahead

    def pass_by(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


@pytest.fixture
def clock(server: LiveServer) -> Clock:
    clock = Clock()
    server.use(pulse=Pulse(clock), engine=ScriptedEngine())
    return clock


async def made(sessions: Sessions, teacher: User, student: User, **exam: Any) -> ExamSession:
    async with unit_of_work(sessions) as db:
        return await make_exam_session(db, await make_exam(db, teacher, **exam), student)


async def leave(server: LiveServer, line: Line) -> None:
    await line.connection.close()
    async with asyncio.timeout(10):
        while len(server.live):  # noqa: ASYNC110 - the server is still noting that the line is down
            await asyncio.sleep(0.005)


async def newest(db: AsyncSession, taken: ExamSession) -> Outage:
    query = select(Outage).where(Outage.exam_session_id == taken.id).order_by(Outage.id.desc()).limit(1)
    return (await db.scalars(query)).one()


async def outages(server: LiveServer, who: User, taken: ExamSession) -> list[dict[str, Any]]:
    async with server.browser(who) as browser:
        return list((await browser.get(f"/exam-sessions/{taken.id}/outages")).json())


async def test_a_minute_without_a_line_is_a_minute_and_both_sides_hear_of_it(
    server: LiveServer, clock: Clock, student: User, taken: ExamSession, teacher: User, exam: Exam
) -> None:
    """T37, where the client said goodbye."""
    page, line = await server.page(teacher, exam.id), await server.student(student, taken)
    assert await outages(server, student, taken) == []
    await leave(server, line)
    (going_on,) = await outages(server, teacher, taken)
    assert (going_on["ended_at"], going_on["cause"], going_on["credited_seconds"]) == (None, "link", 0.0)
    clock.pass_by(60)
    line = await server.student(student, taken)
    told = await line.until("outage")
    assert told["ends_at"] == line.heard[0]["ends_at"]
    (over,) = await outages(server, student, taken)
    assert 59.9 <= over["seconds"] <= 65
    assert (over["ended_at"], over["started_at"]) == (told["ended_at"], told["started_at"])
    assert (await page.until("outage"))["session_id"] == taken.id
    while (await page.until("session.updated"))["session"]["outage_seconds"] < 60:
        pass
    assert await server.violations(taken) == []
    assert (await server.row(taken)).trust == 100.0


@pytest.mark.parametrize("how", ["a new line while the old one hangs", "the same line speaks again"])
async def test_a_line_that_hangs_was_down_from_its_last_word_on(
    server: LiveServer, clock: Clock, student: User, taken: ExamSession, how: str
) -> None:
    """T37, where nobody said goodbye."""
    line = await server.student(student, taken)
    await line.say(1, kind="devtools")
    await line.acknowledged(1)
    clock.pass_by(60)
    if how.startswith("a new"):
        line = await server.student(student, taken)
    else:
        await line.send({"type": "status"})
    await line.until("outage")
    (over,) = await outages(server, student, taken)
    assert 59.9 <= over["seconds"] <= 65
    assert over["cause"] == "link"


async def test_twenty_toggles_sum_to_the_truth(
    server: LiveServer, clock: Clock, student: User, taken: ExamSession
) -> None:
    """T10."""
    ends_at, truth = taken.ends_at, 0.0
    line = await server.student(student, taken)
    for turn in range(20):
        await leave(server, line)
        left, seconds = clock(), 1.0 + turn % 7
        clock.pass_by(seconds)
        line = await server.student(student, taken)
        truth += (clock() - left).total_seconds()
    found = await outages(server, student, taken)
    assert len(found) == 20
    assert abs(sum(one["seconds"] for one in found) - truth) < 3
    assert (await server.row(taken)).ends_at == ends_at  # no budget: the clock ran on


@pytest.mark.parametrize(("budget", "given"), [(0, [0, 0, 0]), (1, [40, 20, 0]), (600, [40, 40, 40])])
async def test_time_is_given_back_within_the_budget(
    server: LiveServer, clock: Clock, sessions: Sessions, student: User, teacher: User, budget: int, given: list[int]
) -> None:
    taken = await made(sessions, teacher, student, time_credit_minutes=budget)
    line = await server.student(student, taken)
    for _ in given:
        await leave(server, line)
        clock.pass_by(40)
        line = await server.student(student, taken)
    credits = [one["credited_seconds"] for one in await outages(server, student, taken)]
    assert credits == pytest.approx(given, abs=2)
    row = await server.row(taken)
    assert (row.ends_at - taken.ends_at).total_seconds() == pytest.approx(sum(given), abs=5)
    assert row.credited_seconds <= 60 * budget
    assert line.heard[0]["ends_at"] == row.ends_at.isoformat().replace("+00:00", "Z")


async def test_a_pause_in_an_outage_is_not_given_back_twice(
    server: LiveServer, sessions: Sessions, student: User, teacher: User
) -> None:
    server.use(engine=ScriptedEngine())
    taken = await made(sessions, teacher, student, time_credit_minutes=600)
    line = await server.student(student, taken)
    await leave(server, line)
    async with unit_of_work(sessions) as db:  # it began five minutes ago, the pause four
        row, outage = await db.get_one(ExamSession, taken.id), await newest(db, taken)
        row.paused_at, row.state = now() - timedelta(minutes=4), SessionState.PAUSED
        outage.started_at = now() - timedelta(minutes=5)
    async with server.browser(teacher) as staff:
        resumed = (await staff.post(f"/exam-sessions/{taken.id}/resume")).json()
    assert (datetime.fromisoformat(resumed["ends_at"]) - taken.ends_at).total_seconds() == pytest.approx(240, abs=5)
    await server.student(student, taken)
    (over,) = await outages(server, student, taken)
    assert (over["seconds"], over["credited_seconds"]) == (pytest.approx(300, abs=5), pytest.approx(60, abs=5))


@pytest.mark.parametrize(("budget", "state"), [(0, SessionState.EXPIRED), (1, SessionState.ACTIVE)])
async def test_who_is_away_at_the_end_still_gets_the_time_there_is(
    server: LiveServer, sessions: Sessions, student: User, teacher: User, budget: int, state: SessionState
) -> None:
    server.use(engine=ScriptedEngine())
    taken = await made(sessions, teacher, student, time_credit_minutes=budget)
    await leave(server, await server.student(student, taken))
    async with unit_of_work(sessions) as db:
        row, outage = await db.get_one(ExamSession, taken.id), await newest(db, taken)
        row.start_time = row.begun_at = now() - timedelta(hours=1)
        row.ends_at, outage.started_at = now(), now() - timedelta(seconds=30)
    await server.live.sweep_once()
    row = await server.row(taken)
    assert row.state == state
    if budget:
        assert (row.ends_at - now()).total_seconds() == pytest.approx(30, abs=5)
        async with unit_of_work(sessions) as db:  # and so on, until there is no more
            row = await db.get_one(ExamSession, taken.id)
            row.ends_at = now()
            (await newest(db, taken)).started_at = now() - timedelta(minutes=10)
        await server.live.sweep_once()
        assert (await server.row(taken)).credited_seconds == 60
        async with unit_of_work(sessions) as db:
            (await db.get_one(ExamSession, taken.id)).ends_at = now()
        await server.live.sweep_once()
    row = await server.row(taken)
    assert (row.state, row.settled) == (SessionState.EXPIRED, True)
    (over,) = await outages(server, student, taken)
    assert over["ended_at"] is not None
    assert row.outage_seconds == pytest.approx(over["seconds"], abs=0.1)


async def test_our_own_pause_is_never_the_students(
    server: LiveServer, clock: Clock, student: User, taken: ExamSession
) -> None:
    """F22: the loop stood still for 30 s, and comes to itself with the student's next word."""
    server.pulse.beat()
    line = await server.student(student, taken)
    clock.pass_by(30)
    await line.send({"type": "status"})
    assert (await line.until("outage"))["cause"] == "server"
    assert await server.violations(taken) == []


async def test_a_restart_is_ours_also_while_the_client_waits_before_it_comes_back(
    server: LiveServer, clock: Clock, sessions: Sessions, student: User, taken: ExamSession, teacher: User, exam: Exam
) -> None:
    """F01: the server is gone without a word; when it is back it knows since when."""
    async with unit_of_work(sessions) as db:
        away = await make_exam_session(db, await make_exam(db, teacher), student, state=SessionState.ACTIVE)
    await server.pulse.begin(sessions)
    line = await server.student(student, taken)
    clock.pass_by(5)
    server.pulse.beat()
    await server.pulse.save(sessions)
    await line.connection.close()
    await leave(server, line)
    async with unit_of_work(sessions) as db:  # as if it had been killed: nothing was noted of the line's end
        await db.delete(await newest(db, taken))
    clock.pass_by(20)
    server.use(pulse=Pulse(clock))
    await server.pulse.begin(sessions)
    (going_on,) = await outages(server, student, taken)
    assert (going_on["cause"], going_on["ended_at"]) == ("server", None)
    clock.pass_by(15)
    line = await server.student(student, taken)
    told = await line.until("outage")
    assert told["cause"] == "server"
    (over,) = await outages(server, student, taken)
    assert over["seconds"] == pytest.approx(35, abs=5)
    assert len(await outages(server, student, away)) == 1


async def test_a_pause_while_the_student_is_away_lowers_no_coverage(
    server: LiveServer, sessions: Sessions, student: User, teacher: User
) -> None:
    began, paused = now() - timedelta(minutes=10), now() - timedelta(minutes=10) + timedelta(seconds=2)
    server.use(engine=ScriptedEngine())
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher)
        taken = await make_exam_session(
            db, exam, student, start_time=began, begun_at=began, paused_at=paused, state=SessionState.PAUSED
        )
    async with server.browser(teacher) as staff:
        assert (await staff.post(f"/exam-sessions/{taken.id}/resume")).status_code == 200
    line = await server.student(student, taken)
    at = int(now().timestamp() * 1000)
    for number in range(1, 4):
        await line.show(number, jpeg(), at + 400 * number)
        done = await line.answer_to(number)
    assert done["coverage"] is not None
    await leave(server, line)
    coverage = (await server.row(taken)).analysis["coverage"]
    assert coverage["observed"] + sum(coverage["lost"].values()) < 30


async def test_silence_between_two_requests_is_no_lost_line(
    server: LiveServer, sessions: Sessions, teacher: User, student: User, clock: Clock
) -> None:
    """A client that speaks HTTP alone has no line to lose; only a silence that counts on a line counts there too."""
    taken = await made(sessions, teacher, student)
    told = {"session_id": taken.id, "violation_type": "right_click"}
    async with server.browser(student) as browser:
        for gap in (5, 5, 60, 5):
            assert (await browser.post("/proctoring/violation-report", json=told)).status_code == 200
            clock.pass_by(gap)
        assert (await browser.post("/proctoring/violation-report", json=told)).status_code == 200
    ended = [one["seconds"] for one in await outages(server, student, taken) if one["ended_at"]]
    assert ended == [pytest.approx(60, abs=2)]


async def test_a_seed_clients_line_is_up_as_long_as_it_says_anything(
    server: LiveServer, sessions: Sessions, teacher: User, student: User, clock: Clock
) -> None:
    """A new line while the old one hangs: down since the old one's last word, and not since it began."""
    taken = await made(sessions, teacher, student)
    for silence, outage in ((3, []), (40, [40])):
        line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
        for pause in (30, 30, silence):
            await line.send({"type": "heartbeat"})
            await line.until("heartbeat_ack")
            clock.pass_by(pause)
        line = await server.dial(f"ws/{taken.id}", server.token(student), native=False)
        await line.send({"type": "heartbeat"})
        await line.until("heartbeat_ack")
        found = [one["seconds"] for one in await outages(server, student, taken)]
        assert found == [pytest.approx(one, abs=3) for one in outage]
