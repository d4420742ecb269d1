"""Starting, pausing and ending an exam session; the server keeps the deadline."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.core.errors import Conflict, Forbidden
from app.db.models import Exam, ExamSession, User
from app.db.session import announce
from app.domain.exam_sessions import OPEN, NotAllowed, SessionState, deadline, follow
from app.domain.roles import Role
from app.schemas.realtime import StateChanged, exam_session_topic, exam_topic
from app.services.access import access_exam, access_exam_session
from app.services.accommodations import accommodation_of
from app.services.consents import given_before
from app.services.deeds import note_deed
from app.services.disk_watch import DiskWatch
from app.services.exam_settings import check_address, check_password
from app.services.outages import pause_passed, stretch


class SittingChanged:
    """Bus message within this process: look at this exam session again."""

    __slots__ = ("exam_session_id",)

    def __init__(self, exam_session_id: int) -> None:
        self.exam_session_id = exam_session_id


@dataclass(frozen=True, slots=True)
class SittingPaused:
    """Bus message within this process: a pause is over."""

    since: datetime
    until: datetime


async def start_exam_session(
    db: AsyncSession,
    student: User,
    exam_id: int,
    *,
    address: str = "",
    password: str | None = None,
    hold: bool = False,
    disk: DiskWatch | None = None,
) -> ExamSession:
    """Begin a sitting, or return the one that is open. Window, status, attempts, network and password are enforced.

    Where the `disk` is full only the open one is returned.
    With `hold`, or where the exam has a waiting room, the clock does not run before `begin_exam_session`.
    """
    exam = await access_exam(db, student, exam_id)
    if student.role != Role.STUDENT:
        raise Forbidden("only_students_sit")
    check_address(exam, address)
    at = now()
    going_on = await open_sitting(db, student, exam)
    if going_on is not None and (not is_due(going_on, at) or not await _expire(db, going_on, at)):
        return going_on
    check_window(exam, at)
    await check_password(exam, password)
    if disk is not None:
        await disk.require_room()
    taken = await _make(db, student, exam, at, hold=hold)
    tell(db, taken)
    return taken


async def end_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, reason: str = "") -> ExamSession:
    """Submit one's own sitting, or terminate another's as staff. Ending an ended one changes nothing."""
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    if taken.state not in OPEN:
        return taken
    at = now()
    if not await is_open(db, taken, at):
        await finish(db, taken, SessionState.EXPIRED, at=taken.ends_at)
    elif taken.student_id == who.id:
        await finish(db, taken, SessionState.SUBMITTED, at=at)
    else:
        await note_deed(db, who, "terminate", taken.id, reason=reason)
        await finish(db, taken, SessionState.TERMINATED, at=at, reason=reason)
    return taken


async def pause_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, reason: str = "") -> ExamSession:
    """Stop the clock of a sitting; staff only."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.begun_at is None:
        raise Conflict("not_begun")
    follow_to(taken, SessionState.PAUSED)
    taken.paused_at = now()
    await note_deed(db, who, "pause", taken.id, reason=reason)
    return await _tell_all(db, taken, reason=reason)


async def resume_exam_session(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """Let the clock run again; the paused time is given back."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state != SessionState.PAUSED or taken.paused_at is None:
        raise Conflict("state_does_not_allow", state=taken.state, to=SessionState.ACTIVE)
    follow_to(taken, SessionState.ACTIVE)
    taken.ends_at += now() - taken.paused_at
    await _pause_is_over(db, taken, now())
    await note_deed(db, who, "resume", taken.id)
    return await _tell_all(db, taken, resumed=True)


async def extend_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, minutes: int) -> ExamSession:
    """Give one student more time."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if taken.begun_at is None:
        raise Conflict("not_begun")
    taken.ends_at += timedelta(minutes=minutes)
    await note_deed(db, who, "extend", taken.id, minutes=minutes)
    await db.flush()
    announce(db, exam_session_topic(taken.id), StateChanged(type="extended", ends_at=taken.ends_at))
    tell(db, taken)
    return taken


async def activate(db: AsyncSession, taken: ExamSession) -> None:
    """The student is there: a created sitting becomes active, unless its clock does not run yet."""
    if taken.state == SessionState.CREATED and taken.begun_at is not None:
        follow_to(taken, SessionState.ACTIVE)
        await db.flush()
        tell(db, taken)


async def expire_due(db: AsyncSession) -> list[int]:
    """End every sitting whose time is up, with or without its client; returns their ids."""
    at = now()
    due = await db.scalars(
        select(ExamSession)
        .options(joinedload(ExamSession.exam))
        .where(ExamSession.state.in_((SessionState.CREATED, SessionState.ACTIVE)), ExamSession.ends_at <= at)
        .order_by(ExamSession.ends_at)
        .limit(500)
        .with_for_update(of=ExamSession, skip_locked=True)
    )
    ended = []
    for taken in due:
        if await stretch(db, taken, at):
            tell(db, taken)
            continue
        await finish(db, taken, SessionState.EXPIRED, at=taken.ends_at)
        ended.append(taken.id)
    return ended


def tell(db: AsyncSession, taken: ExamSession) -> None:
    """The exam's teachers look at this sitting again after the commit."""
    announce(db, exam_topic(taken.exam_id), SittingChanged(taken.id))


def is_due(taken: ExamSession, at: datetime) -> bool:
    """Whether its time is up."""
    return taken.state in (SessionState.CREATED, SessionState.ACTIVE) and at >= taken.ends_at


async def is_open(db: AsyncSession, taken: ExamSession, at: datetime) -> bool:
    """Whether it goes on, if need be on the time that an outage gives back. The caller holds the row."""
    return taken.state in OPEN and (not is_due(taken, at) or await stretch(db, taken, at))


async def _expire(db: AsyncSession, taken: ExamSession, at: datetime) -> bool:
    """Locked and read again first: somebody may have ended it meanwhile, and an ended one never changes.

    Whether it has ended.
    """
    await db.refresh(taken, with_for_update={"of": ExamSession})
    if not await is_open(db, taken, at) and taken.state in OPEN:
        await finish(db, taken, SessionState.EXPIRED, at=taken.ends_at)
    return taken.state not in OPEN


def check_window(exam: Exam, at: datetime) -> None:
    """Conflict unless the exam's window is open."""
    if at < exam.start_time:
        raise Conflict("exam_not_started")
    if at >= exam.end_time:
        raise Conflict("exam_over")


async def open_sitting(db: AsyncSession, student: User, exam: Exam) -> ExamSession | None:
    """The student's sitting of this exam that goes on."""
    found: ExamSession | None = await db.scalar(
        select(ExamSession)
        .options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
        .where(ExamSession.exam_id == exam.id, ExamSession.student_id == student.id, ExamSession.state.in_(OPEN))
    )
    return found


@dataclass(frozen=True, slots=True)
class NewSitting:
    """How a sitting is made. One that `waits` has no running clock; one that is `held` also waits for consent."""

    attempt: int
    held: bool
    waits: bool
    ends_at: datetime


async def _make(db: AsyncSession, student: User, exam: Exam, at: datetime, *, hold: bool) -> ExamSession:
    mine = (ExamSession.exam_id == exam.id, ExamSession.student_id == student.id)
    waits = hold or exam.waiting_room
    attempts = await db.scalar(select(func.count()).where(*mine)) or 0
    if attempts >= exam.max_attempts and await open_sitting(db, student, exam) is None:
        raise Conflict("no_attempts_left", max_attempts=exam.max_attempts)
    ends_at = exam.end_time if waits else await deadline_of(db, exam, student.id, at)
    await insert_sitting(db, exam, student, at, NewSitting(attempts + 1, hold, waits, ends_at))
    taken = await open_sitting(db, student, exam)
    if taken is None:
        raise Conflict("no_attempts_left", max_attempts=exam.max_attempts)
    return taken


async def insert_sitting(db: AsyncSession, exam: Exam, student: User, at: datetime, new: NewSitting) -> None:
    """Of two starts at once one inserts; the other waits for its commit, inserts nothing and reads the winner's."""
    await db.execute(
        insert(ExamSession)
        .values(
            exam_id=exam.id,
            student_id=student.id,
            attempt=new.attempt,
            state=SessionState.CREATED,
            start_time=at,
            held=new.held,
            begun_at=None if new.waits else at,
            ends_at=new.ends_at,
            consent_ids=given_before(exam.id, student.id),
        )
        .on_conflict_do_nothing()
    )


async def deadline_of(db: AsyncSession, exam: Exam, student_id: int, at: datetime) -> datetime:
    """When a sitting that begins at this moment ends."""
    spared = await accommodation_of(db, exam_id=exam.id, student_id=student_id)
    extra = timedelta(minutes=spared.extra_minutes if spared else 0)
    return deadline(at, minutes=exam.duration_minutes, window_ends=exam.end_time, extra=extra)


async def for_staff(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """A sitting of an exam one runs, its row locked."""
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    if who.role == Role.STUDENT:
        raise Forbidden("staff_only")
    return taken


def follow_to(taken: ExamSession, to: SessionState) -> None:
    """Change the state, or Conflict where nothing leads there."""
    try:
        taken.state = follow(SessionState(taken.state), to)
    except NotAllowed as error:
        raise Conflict("state_does_not_allow", state=error.now, to=error.to) from error


async def _pause_is_over(db: AsyncSession, taken: ExamSession, at: datetime) -> None:
    """Nothing was to be seen in it, so that it must not lower coverage; also where nobody was connected."""
    if taken.paused_at is None:
        return
    await pause_passed(db, taken.id, taken.paused_at, at)
    taken.pauses = [*taken.pauses, [taken.paused_at.isoformat(), at.isoformat()]]
    announce(db, exam_session_topic(taken.id), SittingPaused(taken.paused_at, at))
    taken.paused_at = None


async def finish(db: AsyncSession, taken: ExamSession, to: SessionState, *, at: datetime, reason: str = "") -> None:
    """End it; the caller holds the row."""
    follow_to(taken, to)
    await _pause_is_over(db, taken, at)
    taken.end_time = at
    taken.end_reason = reason
    taken.ending_at = None
    await _tell_all(db, taken, reason=reason)


async def _tell_all(db: AsyncSession, taken: ExamSession, *, reason: str = "", resumed: bool = False) -> ExamSession:
    await db.flush()
    words = {SessionState.ACTIVE: "resumed"} if resumed else {}
    kind = words.get(SessionState(taken.state), taken.state)
    message = StateChanged.model_validate({"type": str(kind), "reason": reason, "ends_at": taken.ends_at})
    announce(db, exam_session_topic(taken.id), message)
    tell(db, taken)
    return taken
