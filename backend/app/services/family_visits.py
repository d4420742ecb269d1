"""A look into a live exam session for one request, for the seed family's routes that speak over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Conflict
from app.core.events import Bus
from app.db.models import User
from app.schemas.realtime import ViolationChanged, exam_session_topic
from app.services.access import access_own_exam_session
from app.services.exam_sessions import activate, is_open
from app.services.exam_settings import check_address
from app.services.ledger import ExamSessionEnded
from app.services.live_exam_sessions import LiveExamSessions
from app.services.seed_shapes import SeedSitting


async def arrive(db: AsyncSession, who: User, exam_session_id: int, *, address: str) -> int:
    """The student is here for one request: one's own sitting becomes active, as at the socket's door.

    Conflict `exam_session_ended`, Forbidden `address_not_allowed`.
    """
    taken = await access_own_exam_session(db, who, exam_session_id, lock=True)
    if not await is_open(db, taken, now()):
        raise Conflict("exam_session_ended")
    check_address(taken.exam, address)
    await activate(db, taken)
    return taken.id


@asynccontextmanager
async def visit(live_sessions: LiveExamSessions, bus: Bus, exam_session_id: int) -> AsyncIterator[SeedSitting]:
    """The sitting, as long as the request lasts. Conflict `exam_session_ended` where it ended meanwhile."""
    live = await live_sessions.enter(exam_session_id, visiting=True)
    sitting = SeedSitting(live)

    def hear(_topic: str, message: object) -> None:
        if isinstance(message, ViolationChanged):
            sitting.hear(message)

    try:
        with bus.listening(exam_session_topic(exam_session_id), hear):
            yield sitting
    except ExamSessionEnded as ended:
        raise Conflict("exam_session_ended") from ended
    finally:
        await live_sessions.leave(live)
