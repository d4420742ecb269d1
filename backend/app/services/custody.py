"""Adds to a sitting's chain, in the transaction of the thing itself; the sitting's row is held meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Missing
from app.core.sealing import DataKey
from app.db.models import CustodyLink, Exam, ExamSession
from app.domain.canonical import canonical
from app.domain.custody import PURPOSE, Head, Item, Kind, Link, following
from app.domain.shelves import Shelf
from app.services.custody_items import items_of
from app.services.data_keys import session_key


@dataclass(frozen=True, slots=True)
class Held:
    """A sitting whose row is ours."""

    id: int
    settled: bool
    practice: bool


async def hold(db: AsyncSession, exam_session_id: int) -> Held:
    """Take the sitting's row, as everybody does who adds to its chain, before anything else is written. Missing."""
    query = (
        select(ExamSession.settled, Exam.practice)
        .join(ExamSession.exam)
        .where(ExamSession.id == exam_session_id)
        .with_for_update(of=ExamSession, key_share=True)
    )
    found = (await db.execute(query)).one_or_none()
    if found is None:
        raise Missing
    return Held(exam_session_id, found.settled, found.practice)


async def note_down(db: AsyncSession, held: Held, *items: Item) -> None:
    """Add to the chain; a closed sitting is signed again soon. Practice has no chain."""
    if held.practice or not items:
        return
    await append(db, held.id, await session_key(db, held.id, Shelf.RECORD), items)
    if held.settled:
        await db.execute(update(ExamSession).where(ExamSession.id == held.id).values(unsealed=True))


async def append(db: AsyncSession, exam_session_id: int, record: DataKey, items: Sequence[Item]) -> Head:
    """Add links; the caller holds the sitting's row. A sitting without a chain is taken into one as it is now."""
    head, key = await head_of(db, exam_session_id), record.derived(PURPOSE)
    if not head.count:
        adopted = await items_of(db, exam_session_id)
        there = {item.subject for item in adopted}
        opened = Item(Kind.OPENED, "opened", {"exam_session_id": exam_session_id})
        items = [opened, *adopted, *[item for item in items if item.subject not in there]]
    at, rows = now(), []
    for item in items:
        link = following(exam_session_id, head, key, item, at)
        head = Head(link.seq, link.hash)
        rows.append(_columns(exam_session_id, link) | {"at": at})
    if rows:
        await db.execute(insert(CustodyLink), rows)
    return head


async def head_of(db: AsyncSession, exam_session_id: int) -> Head:
    """How the chain ends now."""
    query = (
        select(CustodyLink.seq, CustodyLink.hash)
        .where(CustodyLink.exam_session_id == exam_session_id)
        .order_by(CustodyLink.seq.desc())
        .limit(1)
    )
    found = (await db.execute(query)).one_or_none()
    return Head() if found is None else Head(found.seq, found.hash.hex())


async def links_of(db: AsyncSession, exam_session_id: int) -> list[Link]:
    """The whole chain."""
    query = select(CustodyLink).where(CustodyLink.exam_session_id == exam_session_id).order_by(CustodyLink.seq)
    return [
        Link(row.seq, row.kind, row.subject, row.digest.hex(), moment(row), row.hash.hex())
        for row in await db.scalars(query)
    ]


def moment(row: CustodyLink) -> str:
    """When a link was made, as it is hashed."""
    return canonical(row.at).decode().strip('"')


def _columns(exam_session_id: int, link: Link) -> dict[str, object]:
    return {
        "exam_session_id": exam_session_id,
        "seq": link.seq,
        "kind": link.kind,
        "subject": link.subject,
        "digest": bytes.fromhex(link.digest),
        "hash": bytes.fromhex(link.hash),
    }
