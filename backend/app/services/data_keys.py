"""The key of each sitting's and account's shelf: made when first needed, gone for good when it is destroyed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.master_keys import MasterKeys
from app.core.sealing import DataKey, Unsealable, new_secret
from app.db.models import WrappedKey
from app.domain.shelves import Shelf


async def session_key(db: AsyncSession, exam_session_id: int, shelf: Shelf) -> DataKey:
    """The key of a sitting's shelf. Unsealable where the master key is gone."""
    return (await session_keys(db, exam_session_id, shelf))[shelf]


async def session_keys(db: AsyncSession, exam_session_id: int, *shelves: Shelf) -> dict[Shelf, DataKey]:
    """The keys of several shelves of a sitting, with as many statements as for one."""
    return await _keys(db, shelves, exam_session_id=exam_session_id)


async def keys_of_sittings(db: AsyncSession, exam_session_ids: Sequence[int], shelf: Shelf) -> dict[int, DataKey]:
    """One shelf's key of each sitting that has one."""
    query = select(WrappedKey).where(WrappedKey.exam_session_id.in_(exam_session_ids), WrappedKey.shelf == shelf)
    return {row.exam_session_id: _opened(db, row) for row in await db.scalars(query) if row.exam_session_id is not None}


async def account_key(db: AsyncSession, user_id: int) -> DataKey:
    """The key of a person's own shelf. Unsealable where the master key is gone."""
    return (await _keys(db, [Shelf.ACCOUNT], user_id=user_id))[Shelf.ACCOUNT]


async def key_by_id(db: AsyncSession, key_id: uuid.UUID) -> DataKey:
    """The key that sealed something; Unsealable where it was destroyed."""
    row = await db.get(WrappedKey, key_id, populate_existing=True)
    if row is None:
        raise Unsealable
    return _opened(db, row)


async def destroy_keys(db: AsyncSession, exam_session_ids: list[int], *shelves: Shelf) -> int:
    """Make everything on these shelves unreadable; returns how many keys there were."""
    gone = await db.scalars(
        delete(WrappedKey)
        .where(WrappedKey.exam_session_id.in_(exam_session_ids), WrappedKey.shelf.in_(shelves))
        .returning(WrappedKey.id)
    )
    return len(gone.all())


def masters(db: AsyncSession) -> MasterKeys:
    """The master keys this session was given."""
    keys: MasterKeys = db.info["masters"]
    return keys


async def _keys(db: AsyncSession, shelves: Sequence[Shelf], **owner: int) -> dict[Shelf, DataKey]:
    query = select(WrappedKey).where(WrappedKey.shelf.in_(shelves)).filter_by(**owner)
    rows = {Shelf(row.shelf): row for row in await db.scalars(query)}
    if missing := [shelf for shelf in shelves if shelf not in rows]:
        # Of two at once one inserts; the other waits for its commit, inserts nothing and reads the winner's.
        made = insert(WrappedKey).on_conflict_do_nothing().returning(WrappedKey)
        fresh = list(await db.scalars(made, [_made(db, shelf, **owner) for shelf in missing]))
        rows |= {Shelf(row.shelf): row for row in (fresh if len(fresh) == len(missing) else await db.scalars(query))}
    return {shelf: _opened(db, rows[shelf]) for shelf in shelves}


def _made(db: AsyncSession, shelf: Shelf, **owner: int) -> dict[str, object]:
    key_id, secret = uuid.uuid4(), new_secret()
    master_id, wrapped = masters(db).wrap(secret, key_id)
    return {"id": key_id, "shelf": shelf, "master_id": master_id, "wrapped": wrapped, **owner}


def _opened(db: AsyncSession, row: WrappedKey) -> DataKey:
    return DataKey(row.id, masters(db).unwrap(row.wrapped, row.master_id, row.id))
