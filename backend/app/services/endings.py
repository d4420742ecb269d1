"""An end that staff have decided on and may undo for a minute: stored, so that it comes even after a restart."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.core.errors import Conflict
from app.db.models import ExamSession, User
from app.db.session import announce
from app.domain.exam_sessions import OPEN, SessionState
from app.schemas.realtime import exam_session_topic
from app.schemas.sitting_messages import DeskChanged, Ending, EndingCancelled
from app.services.deeds import note_deed
from app.services.exam_sessions import finish, for_staff, tell


async def plan_end(db: AsyncSession, who: User, exam_session_id: int, *, reason: str, seconds: int) -> ExamSession:
    """End a sitting in so many seconds, told to the student now; a newer decision takes the place of an older."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    taken.ending_at = now() + timedelta(seconds=seconds)
    taken.ending_reason, taken.ending_by = reason, who.id
    await note_deed(db, who, "terminate", taken.id, reason=reason, delay_seconds=seconds)
    await db.flush()
    announce(db, exam_session_topic(taken.id), DeskChanged(changes={"ending_at": taken.ending_at}))
    announce(db, exam_session_topic(taken.id), Ending(reason=reason, at=taken.ending_at))
    tell(db, taken)
    return taken


async def cancel_end(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """Take it back; Conflict `nothing_to_undo` where nothing is planned, or it has happened."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN or taken.ending_at is None or taken.ending_at <= now():
        raise Conflict("nothing_to_undo")
    taken.ending_at, taken.ending_by, taken.ending_reason = None, None, ""
    await note_deed(db, who, "terminate_undone", taken.id)
    await db.flush()
    announce(db, exam_session_topic(taken.id), DeskChanged(changes={"ending_at": None}))
    announce(db, exam_session_topic(taken.id), EndingCancelled())
    tell(db, taken)
    return taken


async def end_planned(db: AsyncSession) -> None:
    """For the sweep: end what was to be ended by now."""
    at = now()
    due = await db.scalars(
        select(ExamSession)
        .options(joinedload(ExamSession.exam))
        .where(ExamSession.ending_at <= at, ExamSession.state.in_(OPEN))
        .order_by(ExamSession.ending_at)
        .limit(500)
        .with_for_update(of=ExamSession, skip_locked=True)
    )
    for taken in due:
        decided_by = taken.ending_by
        await note_deed(db, None, "terminated", taken.id, decided_by=decided_by)
        await finish(db, taken, SessionState.TERMINATED, at=at, reason=taken.ending_reason)
