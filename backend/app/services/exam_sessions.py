"""Starting, pausing and ending an exam session; the server keeps the deadline."""

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
from app.services.audit import note
from app.services.exam_settings import check_address, check_password


class SittingChanged:
    """Bus message within this process: look at this exam session again."""

    __slots__ = ("exam_session_id",)

    def __init__(self, exam_session_id: int) -> None:
        self.exam_session_id = exam_session_id


async def start_exam_session(
    db: AsyncSession,
    student: User,
    exam_id: int,
    *,
    address: str = "",
    password: str | None = None,
    hold: bool = False,
) -> ExamSession:
    """Begin a sitting, or return the one that is open. Window, status, attempts, network and password are enforced.

    With `hold`, or where the exam has a waiting room, the clock does not run before `begin_exam_session`.
    """
    exam = await access_exam(db, student, exam_id)
    if student.role != Role.STUDENT:
        raise Forbidden("only_students_sit")
    check_address(exam, address)
    at = now()
    going_on = await _open_one(db, student, exam)
    if going_on is not None:
        if not _due(going_on, at):
            return going_on
        await _expire(db, going_on, at)
    _check_window(exam, at)
    await check_password(exam, password)
    taken = await _insert(db, student, exam, at, hold=hold)
    tell(db, taken)
    return taken


async def end_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, reason: str = "") -> ExamSession:
    """Submit one's own sitting, or terminate another's as staff. Ending an ended one changes nothing."""
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    if taken.state not in OPEN:
        return taken
    at = now()
    if _due(taken, at):
        await _finish(db, taken, SessionState.EXPIRED, at=taken.ends_at)
    elif taken.student_id == who.id:
        await _finish(db, taken, SessionState.SUBMITTED, at=at)
    else:
        note(db, who, "exam_session.terminate", f"exam_session:{taken.id}", reason=reason)
        await _finish(db, taken, SessionState.TERMINATED, at=at, reason=reason)
    return taken


async def pause_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, reason: str = "") -> ExamSession:
    """Stop the clock of a sitting; staff only."""
    taken = await _for_staff(db, who, exam_session_id)
    _follow(taken, SessionState.PAUSED)
    taken.paused_at = now()
    note(db, who, "exam_session.pause", f"exam_session:{taken.id}", reason=reason)
    return await _tell_all(db, taken, reason=reason)


async def resume_exam_session(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """Let the clock run again; the paused time is given back."""
    taken = await _for_staff(db, who, exam_session_id)
    if taken.state != SessionState.PAUSED or taken.paused_at is None:
        raise Conflict("state_does_not_allow", state=taken.state, to=SessionState.ACTIVE)
    _follow(taken, SessionState.ACTIVE)
    taken.ends_at += now() - taken.paused_at
    taken.paused_at = None
    note(db, who, "exam_session.resume", f"exam_session:{taken.id}")
    return await _tell_all(db, taken, resumed=True)


async def extend_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, minutes: int) -> ExamSession:
    """Give one student more time."""
    taken = await _for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    taken.ends_at += timedelta(minutes=minutes)
    note(db, who, "exam_session.extend", f"exam_session:{taken.id}", minutes=minutes)
    await db.flush()
    announce(db, exam_session_topic(taken.id), StateChanged(type="extended", ends_at=taken.ends_at))
    tell(db, taken)
    return taken


async def activate(db: AsyncSession, taken: ExamSession) -> None:
    """The student is there: a created sitting becomes active, unless its clock does not run yet."""
    if taken.state == SessionState.CREATED and taken.begun_at is not None:
        _follow(taken, SessionState.ACTIVE)
        await db.flush()
        tell(db, taken)


async def expire_due(db: AsyncSession) -> list[int]:
    """End every sitting whose time is up, with or without its client; returns their ids."""
    at = now()
    due = await db.scalars(
        select(ExamSession)
        .where(ExamSession.state.in_((SessionState.CREATED, SessionState.ACTIVE)), ExamSession.ends_at <= at)
        .order_by(ExamSession.ends_at)
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    ended = []
    for taken in due:
        await _finish(db, taken, SessionState.EXPIRED, at=taken.ends_at)
        ended.append(taken.id)
    return ended


def tell(db: AsyncSession, taken: ExamSession) -> None:
    """The exam's teachers look at this sitting again after the commit."""
    announce(db, exam_topic(taken.exam_id), SittingChanged(taken.id))


def _due(taken: ExamSession, at: datetime) -> bool:
    return taken.state in (SessionState.CREATED, SessionState.ACTIVE) and at >= taken.ends_at


async def _expire(db: AsyncSession, taken: ExamSession, at: datetime) -> None:
    """Locked and read again first: somebody may have ended it meanwhile, and an ended one never changes."""
    await db.refresh(taken, with_for_update={"of": ExamSession})
    if _due(taken, at):
        await _finish(db, taken, SessionState.EXPIRED, at=taken.ends_at)


def _check_window(exam: Exam, at: datetime) -> None:
    if at < exam.start_time:
        raise Conflict("exam_not_started")
    if at >= exam.end_time:
        raise Conflict("exam_over")


async def _open_one(db: AsyncSession, student: User, exam: Exam) -> ExamSession | None:
    found: ExamSession | None = await db.scalar(
        select(ExamSession)
        .options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
        .where(ExamSession.exam_id == exam.id, ExamSession.student_id == student.id, ExamSession.state.in_(OPEN))
    )
    return found


async def _insert(db: AsyncSession, student: User, exam: Exam, at: datetime, *, hold: bool) -> ExamSession:
    mine = (ExamSession.exam_id == exam.id, ExamSession.student_id == student.id)
    waits = hold or exam.waiting_room
    attempts = await db.scalar(select(func.count()).where(*mine)) or 0
    if attempts >= exam.max_attempts and await _open_one(db, student, exam) is None:
        raise Conflict("no_attempts_left", max_attempts=exam.max_attempts)
    # Of two starts at once one inserts; the other waits for its commit, inserts nothing and reads the winner's.
    await db.execute(
        insert(ExamSession)
        .values(
            exam_id=exam.id,
            student_id=student.id,
            attempt=attempts + 1,
            state=SessionState.CREATED,
            start_time=at,
            held=hold,
            begun_at=None if waits else at,
            ends_at=exam.end_time if waits else await _deadline(db, exam, student.id, at),
        )
        .on_conflict_do_nothing()
    )
    taken = await _open_one(db, student, exam)
    if taken is None:
        raise Conflict("no_attempts_left", max_attempts=exam.max_attempts)
    return taken


async def _deadline(db: AsyncSession, exam: Exam, student_id: int, at: datetime) -> datetime:
    """When a sitting that begins at this moment ends."""
    spared = await accommodation_of(db, exam_id=exam.id, student_id=student_id)
    extra = timedelta(minutes=spared.extra_minutes if spared else 0)
    return deadline(at, minutes=exam.duration_minutes, window_ends=exam.end_time, extra=extra)


async def _for_staff(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    if who.role == Role.STUDENT:
        raise Forbidden("staff_only")
    return taken


def _follow(taken: ExamSession, to: SessionState) -> None:
    try:
        taken.state = follow(SessionState(taken.state), to)
    except NotAllowed as error:
        raise Conflict("state_does_not_allow", state=error.now, to=error.to) from error


async def _finish(db: AsyncSession, taken: ExamSession, to: SessionState, *, at: datetime, reason: str = "") -> None:
    _follow(taken, to)
    taken.end_time = at
    taken.end_reason = reason
    taken.paused_at = None
    await _tell_all(db, taken, reason=reason)


async def _tell_all(db: AsyncSession, taken: ExamSession, *, reason: str = "", resumed: bool = False) -> ExamSession:
    await db.flush()
    words = {SessionState.ACTIVE: "resumed"} if resumed else {}
    kind = words.get(SessionState(taken.state), taken.state)
    message = StateChanged.model_validate({"type": str(kind), "reason": reason, "ends_at": taken.ends_at})
    announce(db, exam_session_topic(taken.id), message)
    tell(db, taken)
    return taken
