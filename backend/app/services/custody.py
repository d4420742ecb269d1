"""Adds to a sitting's chain, in the transaction of the thing itself; the sitting's row is held meanwhile."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, LargeBinary, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from app.core.clock import now
from app.core.errors import Missing
from app.core.sealing import DataKey
from app.db.models import CustodyLink, Exam, ExamSession
from app.db.rows import as_arrays, given_rows, table_of
from app.domain.canonical import canonical
from app.domain.custody import OPENING, PURPOSE, Head, Item, Kind, Link, following
from app.domain.shelves import Shelf
from app.services.custody_items import items_of
from app.services.data_keys import keys_of_sittings, session_key

NOTHING = Head()
LINK = ("exam_session_id", "seq", "kind", "subject", "digest", "at", "hash")
TABLE = table_of(CustodyLink)
COLUMNS = tuple(TABLE.c[name] for name in LINK)


@dataclass(frozen=True, slots=True)
class Held:
    """A sitting whose row is ours."""

    id: int
    settled: bool
    practice: bool


async def hold(db: AsyncSession, exam_session_id: int) -> Held:
    """Take the sitting's row, as everybody does who adds to its chain, before anything else is written. Missing."""
    found = await hold_all(db, [exam_session_id])
    if not found:
        raise Missing
    return found[0]


async def hold_all(db: AsyncSession, exam_session_ids: Sequence[int]) -> list[Held]:
    """The rows of several sittings, in the order of their numbers, so that two who do so never wait for each other."""
    query = (
        select(ExamSession.id, ExamSession.settled, Exam.practice)
        .join(ExamSession.exam)
        .where(ExamSession.id.in_(exam_session_ids))
        .order_by(ExamSession.id)
        .with_for_update(of=ExamSession, key_share=True)
    )
    return [Held(*found) for found in await db.execute(query)]


async def note_down(db: AsyncSession, held: Held, *items: Item) -> None:
    """Add to the chain; a closed sitting is signed again soon. Practice has no chain."""
    if held.practice or not items:
        return
    await append(db, held.id, await session_key(db, held.id, Shelf.RECORD), items)
    if held.settled:
        await db.execute(update(ExamSession).where(ExamSession.id == held.id).values(unsealed=True))


async def note_down_all(db: AsyncSession, found: Mapping[Held, Sequence[Item]]) -> None:
    """The same for many sittings, with as many statements as for one where each has its chain already."""
    wanted = {held: items for held, items in found.items() if items and not held.practice}
    ids = [held.id for held in wanted]
    heads = await heads_of(db, ids)
    keys = await keys_of_sittings(db, list(heads), Shelf.RECORD)
    at, rows = now(), list[dict[str, object]]()
    for held, items in wanted.items():
        if held.id in heads and held.id in keys:
            tail = Tail(held.id, keys[held.id], heads[held.id])
            rows += [_columns(held.id, link, at) for link in tail.links(items, at)]
        else:
            await append(db, held.id, await session_key(db, held.id, Shelf.RECORD), items)
    if rows:
        await db.execute(insert(CustodyLink), rows)
    if settled := [held.id for held in wanted if held.settled]:
        await db.execute(update(ExamSession).where(ExamSession.id.in_(settled)).values(unsealed=True))


class Tail:
    """The end of a chain, as somebody remembers it who writes to it often: one statement then adds to it.

    Others add to it too; the statement adds nothing where the end is another, and the chain is read again.
    """

    def __init__(self, exam_session_id: int, record: DataKey, head: Head = NOTHING) -> None:
        self.exam_session_id = exam_session_id
        self.head = head
        self._record = record
        self._key = record.derived(PURPOSE)

    def after(self, head: Head) -> "Tail":
        """The same chain with this end."""
        tail = copy(self)
        tail.head = head
        return tail

    def links(self, items: Sequence[Item], at: datetime) -> list[Link]:
        """What would follow the end."""
        found, head = list[Link](), self.head
        for item in items:
            found.append(following(self.exam_session_id, head, self._key, item, at))
            head = Head(found[-1].seq, found[-1].hash)
        return found

    def given(self, links: Sequence[Link], at: datetime) -> dict[str, Any]:
        """What `adding` is executed with."""
        rows = [_columns(self.exam_session_id, link, at) for link in links]
        return as_arrays(COLUMNS, rows, "link") | {
            "chain_of": self.exam_session_id,
            "chain_end": bytes.fromhex(self.head.hash),
        }

    async def append(self, db: AsyncSession, items: Sequence[Item]) -> None:
        """Add links; the caller holds the sitting's row."""
        at = now()
        links = self.links(items, at) if self.head.count else []
        added = (await db.execute(_appending(), self.given(links, at))).all() if links else []
        if added:
            self.head = Head(links[-1].seq, links[-1].hash)
        else:
            self.head = await append(db, self.exam_session_id, self._record, items)


def adding(also: ColumnElement[bool] | None = None) -> ReturningInsert[Any]:
    """The statement that adds all links given, or none: where the chain ends as remembered, and `also` holds.

    Whoever adds often keeps it.
    """
    rows = given_rows(COLUMNS, "link")
    newest = select(CustodyLink.hash).where(CustodyLink.exam_session_id == bindparam("chain_of", type_=Integer))
    newest = newest.order_by(CustodyLink.seq.desc()).limit(1)
    chosen = select(rows).where(newest.scalar_subquery() == bindparam("chain_end", type_=LargeBinary))
    chosen = chosen if also is None else chosen.where(also)
    return insert(TABLE).from_select(LINK, chosen).returning(TABLE.c.seq)


@cache
def _appending() -> ReturningInsert[Any]:
    return adding()


async def append(db: AsyncSession, exam_session_id: int, record: DataKey, items: Sequence[Item]) -> Head:
    """Add links; the caller holds the sitting's row. A sitting without a chain is taken into one as it is now."""
    tail = Tail(exam_session_id, record, await head_of(db, exam_session_id))
    if not tail.head.count:
        adopted = await items_of(db, exam_session_id)
        there = {item.subject for item in adopted}
        items = [opening(exam_session_id), *adopted, *[item for item in items if item.subject not in there]]
    at = now()
    links = tail.links(items, at)
    if not links:
        return tail.head
    await db.execute(insert(CustodyLink), [_columns(exam_session_id, link, at) for link in links])
    return Head(links[-1].seq, links[-1].hash)


def opening(exam_session_id: int) -> Item:
    """The first link of a chain that stands for everything this version knows."""
    return Item(Kind.OPENED, OPENING, {"exam_session_id": exam_session_id})


async def heads_of(db: AsyncSession, exam_session_ids: Sequence[int]) -> dict[int, Head]:
    """How each chain ends now; a sitting without one (practice, or nothing was said yet) is left out."""
    query = select(CustodyLink.exam_session_id, CustodyLink.seq, CustodyLink.hash)
    query = query.where(CustodyLink.exam_session_id.in_(exam_session_ids))
    query = query.ext(distinct_on(CustodyLink.exam_session_id))
    found = await db.execute(query.order_by(CustodyLink.exam_session_id, CustodyLink.seq.desc()))
    return {key: Head(seq, digest.hex()) for key, seq, digest in found}


async def head_of(db: AsyncSession, exam_session_id: int) -> Head:
    """How the chain ends now. By itself: `heads_of` reads every link of a chain, this its last."""
    query = (
        select(CustodyLink.seq, CustodyLink.hash)
        .where(CustodyLink.exam_session_id == exam_session_id)
        .order_by(CustodyLink.seq.desc())
        .limit(1)
    )
    found = (await db.execute(query)).one_or_none()
    return NOTHING if found is None else Head(found.seq, found.hash.hex())


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


def _columns(exam_session_id: int, link: Link, at: datetime) -> dict[str, object]:
    """In the order of LINK."""
    return {
        "exam_session_id": exam_session_id,
        "seq": link.seq,
        "kind": link.kind,
        "subject": link.subject,
        "digest": bytes.fromhex(link.digest),
        "at": at,
        "hash": bytes.fromhex(link.hash),
    }
