"""What a client could not send before the end: kept whenever it was written, counted if that was in time (F14)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.db.models import ClientMessage, User
from app.domain.exam_sessions import OPEN
from app.domain.late import clock_offset, in_time
from app.schemas.late_messages import LateTaken
from app.schemas.realtime import Numbered
from app.services.access import access_own_exam_session
from app.services.answer_times import delays_of
from app.services.client_messages import StoredMessage, record_messages, understand
from app.services.conversation import take_words
from app.services.custody import hold, note_down
from app.services.custody_items import answers_item, marks_of
from app.services.exam_sessions import tell
from app.services.sitting import Sitting


async def take_late(db: AsyncSession, who: User, exam_session_id: int, found: Sequence[dict[str, Any]]) -> LateTaken:
    """Store what comes next by its number, up to the first gap; what is there already stays as it was.

    Conflict `exam_session_goes_on` (the socket is the way then), `late_sync_over`; Invalid `bad_message`.
    """
    taken = await access_own_exam_session(db, who, exam_session_id, lock=True)
    if taken.state in OPEN:
        raise Conflict("exam_session_goes_on")
    end = taken.end_time or taken.ends_at
    if now() > end + timedelta(minutes=taken.exam.late_sync_minutes):
        raise Conflict("late_sync_over")
    offset = clock_offset(await delays_of(db, taken.id))
    refused: dict[int, str] = {}
    messages = [_judged(understand(one), end, offset) for one in _next_ones(found, after=taken.last_seq)]
    if messages:
        chained = await record_messages(db, taken.id, messages, late=True)
        await take_words(db, Sitting.of(taken, None), messages)
        refused = await _refused(db, taken.id, messages)
        taken.last_seq = messages[-1].seq
        await db.flush()
        held = await hold(db, taken.id)
        if held.settled:
            chained += [await answers_item(db, taken.id), *await marks_of(db, taken.id)]
        await note_down(db, held, *chained)
        tell(db, taken)
    return LateTaken(
        upto=taken.last_seq,
        accepted=len(messages) - len(refused),
        late=sum(message.type == "answer" and message.seq not in refused for message in messages),
        refused=refused,
    )


def _next_ones(found: Sequence[dict[str, Any]], *, after: int) -> list[Numbered]:
    """In the order of their numbers, from the one behind `after` to the first gap; of doubles the first."""
    numbered: dict[int, Numbered] = {}
    for one in found:
        try:
            message = Numbered.model_validate(one)
        except ValidationError as error:
            raise Invalid("bad_message") from error
        numbered.setdefault(message.seq, message)
    wanted: list[Numbered] = []
    while (following := numbered.get(after + len(wanted) + 1)) is not None:
        wanted.append(following)
    return wanted


def _judged(message: StoredMessage, end: datetime, offset: timedelta) -> StoredMessage:
    """An answer written after the end is kept and does not count."""
    if message.type != "answer" or message.refused is not None or in_time(message.client_time, end, offset):
        return message
    return replace(message, refused="after_deadline")


async def _refused(db: AsyncSession, exam_session_id: int, messages: Sequence[StoredMessage]) -> dict[int, str]:
    """What was kept and not used, also because no question fits it."""
    found = await db.execute(
        select(ClientMessage.seq, ClientMessage.refused)
        .where(ClientMessage.exam_session_id == exam_session_id, ClientMessage.refused.is_not(None))
        .where(ClientMessage.seq.in_([message.seq for message in messages]))
        .order_by(ClientMessage.seq)
    )
    return {seq: code for seq, code in found if code is not None}
