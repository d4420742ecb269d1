"""Brings a database to the newest schema, by one process at a time; used at start and by `proctor db upgrade`."""

import asyncio
import time
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.db.unsampled import leave_unsampled

BACKEND = Path(__file__).resolve().parents[2]
LOCK_KEY = 360_000_001
LOCK_TIMEOUT_S = 120.0
LOCK_POLL_S = 0.1
TABLE_TIMEOUT_MS = 1000
"""Who waits longer for a table lets everybody pass who queues behind it, and tries again."""
TABLE_PAUSE_S = 1.0
LOCK_NOT_AVAILABLE = "55P03"


class MigrationError(RuntimeError):
    """The schema cannot be brought up to date; the text says why."""


async def migrate(engine: AsyncEngine) -> str:
    """Upgrade the database of `engine` to the newest revision, all or nothing, and return that revision.

    A second process waits. Raises MigrationError when the lock is not had or the database is newer than this program.
    """
    unhurried = create_async_engine(engine.url, poolclass=NullPool)  # no time limit on a statement
    try:
        async with unhurried.connect() as connection:
            await _lock(connection)
            try:
                await _upgrade_between(connection)
            finally:
                await connection.rollback()
                await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
    finally:
        await unhurried.dispose()
    return newest_revision()


async def current_revision(engine: AsyncEngine) -> str | None:
    """The revision the database is at; None where it was never migrated."""
    async with engine.connect() as connection:
        return await connection.run_sync(revision_of)


def newest_revision() -> str:
    """The revision this program needs."""
    if not _known():
        raise MigrationError("This installation has no migrations.")
    return max(_known())


def revision_of(connection: Connection) -> str | None:
    """The revision of the database behind `connection`; None where it was never migrated."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def is_known(revision: str) -> bool:
    """Whether this program has the migrations that lead to and from `revision`."""
    return revision in _known()


@cache
def _known() -> frozenset[str]:
    """By the names of the files, `0021_….py`: a start with nothing to migrate need not load Alembic."""
    return frozenset(path.name.partition("_")[0] for path in (BACKEND / "migrations" / "versions").glob("[0-9]*_*.py"))


async def _lock(connection: AsyncConnection) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while not (await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY})).scalar_one():
        if time.monotonic() > deadline:
            raise MigrationError("Another process has been migrating this database for too long.")
        await connection.rollback()
        await asyncio.sleep(LOCK_POLL_S)
    await connection.commit()  # the lock is the connection's, not the transaction's


async def _upgrade_between(connection: AsyncConnection) -> None:
    """Upgrade between other people's transactions: a table that somebody reads for long (a backup) is not waited for
    while those who write wait behind us.
    """
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    await connection.execute(text(f"SET lock_timeout = {TABLE_TIMEOUT_MS}"))
    await connection.commit()
    while True:
        try:
            await connection.run_sync(_upgrade)
            await connection.commit()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            if time.monotonic() > deadline:
                raise MigrationError(
                    "A table has been in use for too long to change it: is a backup running?"
                ) from error
            await connection.rollback()
            await asyncio.sleep(TABLE_PAUSE_S)
        else:
            return


def _upgrade(connection: Connection) -> None:
    at = revision_of(connection)
    if at is not None and not is_known(at):
        raise MigrationError(f"The database is at revision {at}, which this version does not know: use a newer one.")
    if at != newest_revision():
        _run_alembic(connection)
    leave_unsampled(connection)


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(BACKEND / "alembic.ini")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
