"""From a sitting that waits to one whose clock runs: admission by staff, then the student's own word."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Conflict, Forbidden
from app.db.models import Exam, ExamSession, User
from app.db.session import announce
from app.domain.exam_sessions import OPEN, SessionState
from app.schemas.realtime import exam_session_topic
from app.schemas.sitting_messages import DeskChanged, LetIn
from app.services.access import access_exam_as_staff, access_own_exam_session
from app.services.consents import consent_of, hold_to_consent
from app.services.custody import hold_all
from app.services.deeds import note_deeds
from app.services.exam_sessions import check_window, deadline_of, follow_to, for_staff, tell


async def begin_exam_session(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """Let the clock run, once; beginning twice changes nothing.

    Forbidden `consent_required`, `not_admitted`; Conflict `exam_session_ended`, `exam_not_started`, `exam_over`.
    """
    taken = await access_own_exam_session(db, who, exam_session_id, lock=True)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if taken.begun_at is not None:
        return taken
    at = now()
    check_window(taken.exam, at)
    await _check_let_in(db, taken)
    taken.begun_at = taken.start_time = at
    taken.ends_at = await deadline_of(db, taken.exam, who.id, at)
    follow_to(taken, SessionState.ACTIVE)
    await db.flush()
    begun = LetIn(type="begun", ends_at=taken.ends_at, started_at=at)
    announce(db, exam_session_topic(taken.id), begun)
    tell(db, taken)
    return taken


async def admit(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """Staff let one student out of the waiting room; admitting twice changes nothing."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if taken.admitted_at is None:
        await _admit(db, who, [taken])
    return taken


async def admit_all(db: AsyncSession, who: User, exam_id: int) -> int:
    """Staff let everybody in who waits now; returns how many."""
    exam = await access_exam_as_staff(db, who, exam_id)
    waiting = await db.scalars(
        select(ExamSession)
        .where(ExamSession.exam_id == exam.id, ExamSession.state.in_(OPEN))
        .where(ExamSession.begun_at.is_(None), ExamSession.admitted_at.is_(None))
        .order_by(ExamSession.id)
        .with_for_update()
    )
    rows = list(waiting)
    await _admit(db, who, rows)
    return len(rows)


def may_go_in(taken: ExamSession, exam: Exam, *, objects: bool) -> bool:
    """Whether staff need not be asked (any more)."""
    return taken.admitted_at is not None or not (exam.waiting_room or objects)


async def _check_let_in(db: AsyncSession, taken: ExamSession) -> None:
    """Consent where the client asks for it; staff's word where the exam has a waiting room or the student objects."""
    consent = await consent_of(db, exam_id=taken.exam_id, student_id=taken.student_id)
    if taken.held and consent is None and not taken.exam.practice:
        raise Forbidden("consent_required")
    if not may_go_in(taken, taken.exam, objects=consent is not None and bool(consent.objection)):
        raise Forbidden("not_admitted")
    if consent is not None and consent.id not in taken.consent_ids:
        await hold_to_consent(db, taken, consent)


async def _admit(db: AsyncSession, who: User, waiting: Sequence[ExamSession]) -> None:
    held = await hold_all(db, [taken.id for taken in waiting])
    for taken in waiting:
        taken.admitted_at = now()
    await note_deeds(db, who, "admit", held)
    for taken in waiting:
        announce(db, exam_session_topic(taken.id), DeskChanged(changes={"admitted": True}))
        announce(db, exam_session_topic(taken.id), LetIn(type="admitted", ends_at=taken.ends_at))
        tell(db, taken)
