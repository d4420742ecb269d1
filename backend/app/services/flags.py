"""A sitting that a person should look at, because of a rule or because a person says so. Nothing ends by it."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Conflict
from app.db.models import ExamSession, User
from app.db.session import announce
from app.domain.exam_sessions import OPEN
from app.schemas.realtime import exam_session_topic, exam_topic
from app.schemas.sitting_messages import DeskChanged, Flagged
from app.services.custody import hold, note_down
from app.services.custody_items import flag_item
from app.services.deeds import note_deed
from app.services.exam_sessions import SittingChanged, for_staff

TOO_MANY_TAB_SWITCHES = "too_many_tab_switches"


async def flag_exam_session(db: AsyncSession, who: User, exam_session_id: int, *, reason: str) -> ExamSession:
    """Staff flag a sitting; the first reason stays."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if await mark_flagged(db, taken.id, taken.exam_id, reason):
        await note_deed(db, who, "flag", taken.id, reason=reason)
        await db.refresh(taken, ["flagged_at", "flag_reason"])
    return taken


async def mark_flagged(db: AsyncSession, exam_session_id: int, exam_id: int, reason: str) -> bool:
    """Once; student and teachers are told after the commit. Whether it was new. The caller holds the row."""
    marked = await db.scalar(
        update(ExamSession)
        .where(ExamSession.id == exam_session_id, ExamSession.flagged_at.is_(None))
        .values(flagged_at=now(), flag_reason=reason)
        .returning(ExamSession.id)
    )
    if marked is None:
        return False
    await note_down(db, await hold(db, exam_session_id), *await flag_item(db, exam_session_id))
    announce(db, exam_session_topic(exam_session_id), DeskChanged(changes={"flagged": True}))
    announce(db, exam_session_topic(exam_session_id), Flagged(reason=reason))
    announce(db, exam_topic(exam_id), SittingChanged(exam_session_id))
    return True
