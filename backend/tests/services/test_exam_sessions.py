"""Starting, pausing and ending a sitting: window, attempts, races, given-back time, and an end without any client."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.errors import Conflict, Missing, ProctorError
from app.db.models import AuditEntry, Exam, ExamSession, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import Enrolment, ExamStatus
from app.domain.roles import Role
from app.domain.trust import trust_score
from app.services.exam_sessions import (
    end_exam_session,
    extend_exam_session,
    pause_exam_session,
    resume_exam_session,
    start_exam_session,
)
from app.services.violations import episode_of
from tests.builders import make_enrolment, make_exam, make_exam_session, make_user
from tests.live import LiveServer
from tests.pictures import jpeg

HOUR = timedelta(hours=1)
Clock = Callable[[timedelta], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the server's clock, where sittings are kept, from the present by so much."""

    def move(by: timedelta) -> None:
        def moved() -> datetime:
            return now() + by

        monkeypatch.setattr("app.services.exam_sessions.now", moved)

    return move


async def start(sessions: Sessions, student: User, exam: Exam) -> ExamSession:
    """One start in its own transaction."""
    async with unit_of_work(sessions) as db:
        return await start_exam_session(db, student, exam.id)


async def refusal(doing: Awaitable[Any]) -> str:
    """The code it is refused with."""
    with pytest.raises(ProctorError) as refused:
        await doing
    return refused.value.code


async def new_exam(sessions: Sessions, teacher: User, **fields: Any) -> Exam:
    """Another exam."""
    async with unit_of_work(sessions) as db:
        return await make_exam(db, teacher, **fields)


async def test_the_window_is_enforced(sessions: Sessions, teacher: User, student: User) -> None:
    early = await new_exam(sessions, teacher, start_time=now() + HOUR, end_time=now() + 2 * HOUR)
    late = await new_exam(sessions, teacher, start_time=now() - 2 * HOUR, end_time=now() - HOUR)
    assert await refusal(start(sessions, student, early)) == "exam_not_started"
    assert await refusal(start(sessions, student, late)) == "exam_over"


@pytest.mark.parametrize("status", [ExamStatus.DRAFT, ExamStatus.COMPLETED, ExamStatus.CANCELLED])
async def test_what_is_not_published_is_not_there(
    sessions: Sessions, teacher: User, student: User, status: ExamStatus
) -> None:
    exam = await new_exam(sessions, teacher, status=status)
    with pytest.raises(Missing):
        await start(sessions, student, exam)


async def test_an_exam_with_a_list_is_there_for_those_on_it(sessions: Sessions, teacher: User, student: User) -> None:
    exam = await new_exam(sessions, teacher, enrolment=Enrolment.LIST)
    with pytest.raises(Missing):
        await start(sessions, student, exam)
    async with unit_of_work(sessions) as db:
        await make_enrolment(db, exam, student)
    assert (await start(sessions, student, exam)).state == SessionState.CREATED


async def test_staff_does_not_sit(sessions: Sessions, exam: Exam, teacher: User, admin: User) -> None:
    assert await refusal(start(sessions, teacher, exam)) == "only_students_sit"
    assert await refusal(start(sessions, admin, exam)) == "only_students_sit"


async def test_starting_again_is_the_same_sitting(sessions: Sessions, exam: Exam, student: User) -> None:
    first, second = await start(sessions, student, exam), await start(sessions, student, exam)
    assert (first.id, first.ends_at) == (second.id, second.ends_at)
    assert first.ends_at - first.start_time == HOUR


async def test_the_deadline_is_never_after_the_window(sessions: Sessions, teacher: User, student: User) -> None:
    exam = await new_exam(sessions, teacher, end_time=now() + timedelta(minutes=10))
    assert (await start(sessions, student, exam)).ends_at == exam.end_time


async def test_attempts_run_out(sessions: Sessions, teacher: User, student: User) -> None:
    exam = await new_exam(sessions, teacher, max_attempts=2)
    for attempt in (1, 2):
        taken = await start(sessions, student, exam)
        assert taken.attempt == attempt
        async with unit_of_work(sessions) as db:
            await end_exam_session(db, student, taken.id)
    assert await refusal(start(sessions, student, exam)) == "no_attempts_left"


async def test_fifty_starts_at_once_are_one_sitting(sessions: Sessions, exam: Exam, student: User) -> None:
    """T15."""
    found = await asyncio.gather(*(start(sessions, student, exam) for _ in range(50)))
    assert len({taken.id for taken in found}) == 1
    async with sessions() as db:
        assert await db.scalar(select(func.count(ExamSession.id))) == 1


async def test_fifty_starts_after_the_time_was_up_are_one_new_sitting(
    sessions: Sessions, teacher: User, student: User
) -> None:
    exam = await new_exam(sessions, teacher, max_attempts=2)
    async with unit_of_work(sessions) as db:
        old = await make_exam_session(db, exam, student, ends_at=now() - HOUR)
    found = await asyncio.gather(*(start(sessions, student, exam) for _ in range(50)))
    assert {taken.attempt for taken in found} == {2}
    assert len({taken.id for taken in found}) == 1
    async with sessions() as db:
        ended = await db.get_one(ExamSession, old.id)
    assert (ended.state, ended.end_time) == (SessionState.EXPIRED, old.ends_at)


async def test_a_start_after_the_time_was_up_needs_another_attempt(
    sessions: Sessions, exam: Exam, student: User
) -> None:
    async with unit_of_work(sessions) as db:
        old = await make_exam_session(db, exam, student, ends_at=now() - HOUR)
    assert await refusal(start(sessions, student, exam)) == "no_attempts_left"
    async with sessions() as db:
        assert (await db.get_one(ExamSession, old.id)).state == SessionState.CREATED  # the sweep's to end


async def test_an_ended_sitting_is_never_overwritten_by_a_late_start(
    sessions: Sessions, teacher: User, student: User
) -> None:
    """A start that finds the time up races with a teacher who ends it: whoever holds the row first decides."""
    exam = await new_exam(sessions, teacher, max_attempts=2)
    async with unit_of_work(sessions) as db:
        old = await make_exam_session(db, exam, student, ends_at=now() - HOUR)
    async with sessions() as db:
        await db.execute(update(ExamSession).where(ExamSession.id == old.id).values(state=SessionState.TERMINATED))
        starting = asyncio.create_task(start(sessions, student, exam))
        await asyncio.wait([starting], timeout=0.3)
        assert not starting.done()
        await db.commit()
    assert (await starting).attempt == 2
    async with sessions() as db:
        assert (await db.get_one(ExamSession, old.id)).state == SessionState.TERMINATED


async def test_twenty_ends_at_once_are_one_submission(server: LiveServer, student: User, taken: ExamSession) -> None:
    async with server.browser(student) as browser:
        answers = await asyncio.gather(*(browser.post(f"/proctoring/end-session/{taken.id}") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({(one.json()["end_time"], one.json()["final_trust_score"]) for one in answers}) == 1
    assert (await server.row(taken)).state == SessionState.SUBMITTED


async def test_a_pause_gives_its_time_back(
    sessions: Sessions, taken: ExamSession, student: User, teacher: User, clock: Clock
) -> None:
    async with unit_of_work(sessions) as db:
        taken.state = SessionState.ACTIVE
        await db.merge(taken)
    async with unit_of_work(sessions) as db:
        await pause_exam_session(db, teacher, taken.id, reason="fire alarm")
    clock(timedelta(minutes=25))
    async with unit_of_work(sessions) as db:
        going_on = await resume_exam_session(db, teacher, taken.id)
    assert going_on.ends_at - taken.ends_at == pytest.approx(timedelta(minutes=25), abs=timedelta(seconds=60))
    async with sessions() as db:
        deeds = await db.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
        assert list(deeds) == ["exam_session.pause", "exam_session.resume"]


async def test_what_the_state_does_not_allow_is_refused(
    sessions: Sessions, taken: ExamSession, student: User, teacher: User
) -> None:
    async def attempt(deed: Callable[..., Awaitable[ExamSession]], who: User, **options: Any) -> ExamSession:
        async with unit_of_work(sessions) as db:
            return await deed(db, who, taken.id, **options)

    assert await refusal(attempt(resume_exam_session, teacher)) == "state_does_not_allow"
    assert await refusal(attempt(pause_exam_session, student)) == "staff_only"
    assert await refusal(attempt(extend_exam_session, student, minutes=5)) == "staff_only"
    await attempt(end_exam_session, teacher, reason="left the room")
    assert await refusal(attempt(extend_exam_session, teacher, minutes=5)) == "exam_session_ended"
    assert await refusal(attempt(pause_exam_session, teacher)) == "state_does_not_allow"
    ended = await attempt(end_exam_session, student)
    assert (ended.state, ended.end_reason) == (SessionState.TERMINATED, "left the room")


async def test_another_teacher_does_not_find_it(sessions: Sessions, taken: ExamSession) -> None:
    async with unit_of_work(sessions) as db:
        stranger = await make_user(db, Role.TEACHER)
        for deed in (end_exam_session, pause_exam_session, resume_exam_session):
            with pytest.raises(Missing):
                await deed(db, stranger, taken.id)


async def test_an_extension_moves_the_deadline_past_the_window(
    sessions: Sessions, exam: Exam, taken: ExamSession, teacher: User
) -> None:
    async with unit_of_work(sessions) as db:
        more = await extend_exam_session(db, teacher, taken.id, minutes=600)
    assert more.ends_at == taken.ends_at + timedelta(minutes=600)


async def test_time_runs_out_without_any_client(server: LiveServer, taken: ExamSession, clock: Clock) -> None:
    clock(timedelta(minutes=59))
    await server.live.sweep_once()
    assert (await server.row(taken)).state == SessionState.CREATED
    clock(timedelta(minutes=61))
    await server.live.sweep_once()
    ended = await server.row(taken)
    assert (ended.state, ended.end_time, ended.settled) == (SessionState.EXPIRED, taken.ends_at, True)


async def test_a_paused_sitting_does_not_run_out(
    server: LiveServer, sessions: Sessions, taken: ExamSession, teacher: User, clock: Clock
) -> None:
    async with unit_of_work(sessions) as db:
        await db.execute(update(ExamSession).values(state=SessionState.ACTIVE))
        await pause_exam_session(db, teacher, taken.id)
    clock(timedelta(hours=5))
    await server.live.sweep_once()
    assert (await server.row(taken)).state == SessionState.PAUSED


async def test_the_end_closes_what_is_open_and_fixes_trust_once(
    server: LiveServer, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    await line.show(1, jpeg(), 1000)
    await line.answer_to(1)
    for seq in range(1, 4):
        await line.say(seq, kind="tab_switch")
    await line.acknowledged(3)
    assert (await server.violations(taken))[0].ended_at is None
    async with server.browser(student) as browser:
        answer = (await browser.post(f"/proctoring/end-session/{taken.id}")).json()
    assert await line.code() == 4410
    ended = await server.row(taken)
    rows: list[Violation] = await server.violations(taken)
    assert ended.settled
    assert all(row.ended_at is not None for row in rows)
    assert ended.trust == trust_score([episode_of(row) for row in rows])
    assert answer["final_trust_score"] == round(ended.trust / 100, 4)
    await server.live.settle(taken.id)
    await server.live.sweep_once()
    again = await server.row(taken)
    assert (again.trust, again.coverage, again.updated_at) == (ended.trust, ended.coverage, ended.updated_at)


async def test_a_server_that_died_before_settling_settles_later(
    server: LiveServer, student: User, taken: ExamSession, sessions: Sessions
) -> None:
    line = await server.student(student, taken)
    await line.say(1, kind="devtools")
    await line.acknowledged(1)
    await line.connection.close()
    await server.loopback.quiet()
    async with unit_of_work(sessions) as db:
        await end_exam_session(db, student, taken.id)
    server.restart()
    assert not (await server.row(taken)).settled
    await server.live.sweep_once()
    ended = await server.row(taken)
    assert ended.settled
    assert ended.trust < 100
    assert [row.ended_at is not None for row in await server.violations(taken)] == [True]


def test_conflicts_are_told_by_code() -> None:
    assert Conflict("exam_over").status == 409
