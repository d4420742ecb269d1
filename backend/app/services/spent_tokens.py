"""Forgets refresh tokens and tickets that have ended, beside the requests: at the door nobody waits for it."""

import asyncio
import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.sql.dml import ReturningDelete

from app.core.clock import now
from app.db.models import RefreshToken, SocketTicket
from app.db.session import Sessions, forgiving, unit_of_work

EVERY_SECONDS = 300.0
AT_ONCE = 1000
TICKETS_KEPT = timedelta(hours=1)
"""After they have ended, for whoever looks into what happened."""


async def keep_forgetting(sessions: Sessions) -> None:
    """Until cancelled: every few minutes, and once at the start."""
    while True:
        with forgiving("spent_tokens.retry"):
            while await forget_spent(sessions) >= AT_ONCE:
                pass
        await asyncio.sleep(EVERY_SECONDS)


async def forget_spent(sessions: Sessions) -> int:
    """A slice of each; returns how many rows went. Rows that somebody holds are left for the next time."""
    at, gone = now(), 0
    for statement in (_spent_tokens(at), _spent_tickets(at)):
        async with unit_of_work(sessions) as db:
            gone += len((await db.execute(statement)).all())
    return gone


def _spent_tokens(at: datetime) -> ReturningDelete[int]:
    old = select(RefreshToken.id).where(RefreshToken.expires_at < at).limit(AT_ONCE).with_for_update(skip_locked=True)
    return delete(RefreshToken).where(RefreshToken.id.in_(old)).returning(RefreshToken.id)


def _spent_tickets(at: datetime) -> ReturningDelete[uuid.UUID]:
    old = select(SocketTicket.jti).where(SocketTicket.expires_at < at - TICKETS_KEPT)
    old = old.limit(AT_ONCE).with_for_update(skip_locked=True)
    return delete(SocketTicket).where(SocketTicket.jti.in_(old)).returning(SocketTicket.jti)
