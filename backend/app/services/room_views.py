"""Staff ask a student to show the room; the student is told at once."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict
from app.db.models import User
from app.db.session import announce
from app.domain.exam_sessions import OPEN
from app.schemas.realtime import exam_session_topic
from app.schemas.sitting_messages import RoomView
from app.services.deeds import note_deed
from app.services.exam_sessions import for_staff


async def ask_for_room(db: AsyncSession, who: User, exam_session_id: int, *, connected: bool) -> None:
    """Conflict `student_not_connected` where nobody would hear it."""
    taken = await for_staff(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if not connected:
        raise Conflict("student_not_connected")
    await note_deed(db, who, "room_view", taken.id)
    announce(db, exam_session_topic(taken.id), RoomView())
