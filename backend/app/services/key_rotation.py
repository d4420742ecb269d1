"""Another master key takes over: data keys are wrapped anew, a few at a time; stopped anywhere, it is run again."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.master_keys import MasterKeyError, MasterKeys
from app.core.refusals import Refused
from app.core.sealing import Unsealable
from app.db.models import WrappedKey
from app.db.session import Sessions, unit_of_work
from app.services.audit import note

AT_ONCE = 200


async def rewrap_all(
    sessions: Sessions, masters: MasterKeys, *, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Wrap every data key with the newest master key; returns how many there were to wrap. Raises Unsealable."""
    done = 0
    while True:
        newest = masters.ids[0]
        async with unit_of_work(sessions) as db:
            changed = await _rewrap_some(db, masters, newest)
            if not changed:
                break
        done += changed
        progress(done)
    async with unit_of_work(sessions) as db:
        note(db, None, "keys.rotate", "installation", master=masters.ids[0], keys=done)
    return done


async def _rewrap_some(db: AsyncSession, masters: MasterKeys, newest: str) -> int:
    query = select(WrappedKey).where(WrappedKey.master_id != newest).limit(AT_ONCE).with_for_update()
    rows = (await db.scalars(query)).all()
    for row in rows:
        secret = masters.unwrap(row.wrapped, row.master_id, row.id)
        row.master_id, row.wrapped = masters.wrap(secret, row.id)
    await db.flush()
    return len(rows)


async def keys_in_use(db: AsyncSession) -> dict[str, int]:
    """Master key → how many data keys it wraps."""
    rows = await db.execute(select(WrappedKey.master_id, func.count()).group_by(WrappedKey.master_id))
    return {row[0]: row[1] for row in rows}


async def forget_unused(db: AsyncSession, masters: MasterKeys) -> set[str]:
    """Remove from the file what wraps nothing, but never the newest; returns the names.

    Backups made before the rotation cannot be opened afterwards.
    """
    gone = set(masters.ids[1:]) - set(await keys_in_use(db))
    if gone:
        masters.forget(gone)
        note(db, None, "keys.forget", "installation", masters=",".join(sorted(gone)))
    return gone


async def refuse_without_masters(sessions: Sessions, masters: MasterKeys) -> None:
    """Refused where something is wrapped by a master key that is not in the file: it could never be read."""
    async with unit_of_work(sessions) as db:
        try:
            missing = sorted(set(await keys_in_use(db)) - set(masters.ids))
            for row in await db.scalars(select(WrappedKey).order_by(WrappedKey.created_at.desc()).limit(1)):
                if not missing:
                    masters.unwrap(row.wrapped, row.master_id, row.id)
        except (MasterKeyError, Unsealable) as error:
            raise Refused(f"The master keys cannot be used ({error or 'a data key does not open'}).") from error
    if missing:
        raise Refused(f"{masters.path} lacks the master key {missing[0]}: bring back the file that has it.")
