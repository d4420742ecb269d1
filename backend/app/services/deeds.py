"""What staff do to a running sitting: into audit log and chain, in the transaction of the deed itself."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import User
from app.domain.custody import Kind
from app.services.audit import note
from app.services.custody import Held, hold, note_down, note_down_all
from app.services.custody_items import DEEDS, item_of


async def note_deed(
    db: AsyncSession, who: User | None, deed: str, exam_session_id: int, **detail: str | int | float | bool | None
) -> None:
    """One sitting's. `deed` is the verb of one of DEEDS."""
    held = await hold(db, exam_session_id)
    entry = note(db, who, _action(deed), f"exam_session:{exam_session_id}", **detail)
    await db.flush()
    await note_down(db, held, item_of(Kind.DEED, entry))


async def note_deeds(db: AsyncSession, who: User | None, deed: str, held: Sequence[Held]) -> None:
    """The same deed to many sittings."""
    entries = {one: note(db, who, _action(deed), f"exam_session:{one.id}") for one in held}
    await db.flush()
    await note_down_all(db, {one: [item_of(Kind.DEED, entry)] for one, entry in entries.items()})


def _action(deed: str) -> str:
    action = f"exam_session.{deed}"
    if action not in DEEDS:
        raise ValueError(deed)
    return action
