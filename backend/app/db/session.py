"""Engine, and the unit of work: one transaction, then its announcements."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.core.clock import monotonic
from app.core.events import Bus
from app.core.master_keys import MasterKeys

log = structlog.get_logger(__name__)

Sessions = async_sessionmaker[AsyncSession]
"""Makes database sessions; `unit_of_work` is the usual way to one."""

SERVER_SETTINGS = {
    "application_name": "360proctor",
    "synchronous_commit": "on",  # an acknowledgement must survive a crash of the database
    "statement_timeout": "5000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "15000",
    "timezone": "UTC",
}


PASSING_STATES = ("08", "40", "53", "57", "55P03", "25P03")
"""SQLSTATE classes (and states) that mean: the same transaction may go through if tried again."""


ASKED_AFTER = 30.0
"""Seconds without use after which a connection is asked whether it stands: its machine may be gone without a word."""


def is_passing(error: BaseException) -> bool:
    """Whether the database is only away, overloaded or was interrupted, so that trying again makes sense."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return (
            error.connection_invalidated
            or isinstance(error, OperationalError | InterfaceError)
            or state.startswith(PASSING_STATES)
        )
    return isinstance(error, PoolTimeout | OSError | TimeoutError)


@contextlib.contextmanager
def forgiving(event: str | None = None, **about: object) -> Iterator[None]:
    """Around work that is done again later: a database that is only away is logged as `event`, or not at all."""
    try:
        yield
    except Exception as error:
        if not is_passing(error):
            raise
        if event is not None:
            log.warning(event, **about, error=type(error).__name__)


def make_engine(url: str, *, pool_size: int = 10, max_overflow: int = 5) -> AsyncEngine:
    """An engine on PostgreSQL; `postgres://`, `postgresql://` and `postgresql+asyncpg://` all mean the same here."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=5,
        connect_args={"server_settings": SERVER_SETTINGS, "timeout": 5, "command_timeout": 10},
    )
    event.listen(engine.sync_engine, "checkin", _lie_down)
    event.listen(engine.sync_engine, "checkout", _look_at)
    return engine


def _lie_down(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = monotonic()


def _look_at(connection: Any, record: ConnectionPoolEntry, _lent: object) -> None:
    """Whether a connection from the pool still stands; the pool then takes another, and forgets all that are older.

    `pool_pre_ping` would ask the database every time, three times there and back in a transaction of its own, which
    is more than most of our transactions. One that the database has ended is known by its closed socket; only one that
    has not been used for a while is asked.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
    if monotonic() - record.info.get("used_at", monotonic()) > ASKED_AFTER:
        try:
            connection.ping()
        except Exception as error:
            raise InvalidatePoolError from error


def make_sessions(engine: AsyncEngine, bus: Bus, masters: MasterKeys | None = None) -> Sessions:
    """Database sessions whose announcements go to `bus`; with `masters` they may seal and open pieces."""
    return async_sessionmaker(engine, expire_on_commit=False, info={"bus": bus, "masters": masters})


def announce(db: AsyncSession, topic: str, message: Any) -> None:
    """Tell `topic` once the unit of work around `db` has committed; never if it rolls back."""
    db.info.setdefault("announcements", []).append((topic, message))


async def commit(db: AsyncSession) -> None:
    """Make it true, give the connection back to the pool, and publish what was announced."""
    await db.commit()
    announcements, db.info["announcements"] = db.info.get("announcements", []), []
    bus: Bus = db.info["bus"]
    for topic, message in announcements:
        bus.publish(topic, message)


@contextlib.asynccontextmanager
async def unit_of_work(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One transaction: commits at the end, then publishes what was announced; rolls back on any exception."""
    async with sessions() as db:
        yield db
        await commit(db)
