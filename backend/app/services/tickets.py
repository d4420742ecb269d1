"""Ways into a socket: one-use tickets, and plain access tokens where the settings allow them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Unauthenticated
from app.core.security import API_AUDIENCE, Claims, TokenKind, issue_token, read_token
from app.db.models import RefreshToken, SocketTicket, User
from app.services.auth import NOT_ENDED, holder_of


@dataclass(frozen=True, slots=True)
class Guest:
    """Who came into a socket, with which token version, and by which login where the token names one."""

    user_id: int
    token_version: int
    login: uuid.UUID | None


async def issue(
    db: AsyncSession, who: User, *, audience: str, settings: Settings, login: uuid.UUID | None = None
) -> tuple[str, int]:
    """A ticket for exactly one socket, such as `student:17` or `live:3`, and its life in seconds; part of a `login`."""
    token, claims, seconds = issue_token(
        settings,
        kind=TokenKind.TICKET,
        audience=audience,
        user_id=who.id,
        token_version=who.token_version,
        login=login,
    )
    expires_at = now() + timedelta(seconds=seconds)
    db.add(SocketTicket(jti=claims.token_id, user_id=who.id, expires_at=expires_at))
    await db.flush()
    return token, seconds


async def enter(db: AsyncSession, token: str, *, audience: str, settings: Settings) -> tuple[User, uuid.UUID | None]:
    """Who this token lets into the socket, and by which login; a ticket is used up by it once the caller commits.

    Raises Unauthenticated: `token_expired`, `token_invalid`, `ticket_used`, `token_revoked`,
    `password_change_required`.
    """
    try:
        claims = read_token(settings, token, kind=TokenKind.TICKET, audience=audience)
    except Unauthenticated as refused:
        if not settings.socket_access_tokens:
            raise
        claims = _access_claims(settings, token, refused)
        return await _holder(db, claims), claims.login
    await _use_up(db, claims)
    return await _holder(db, claims), claims.login


async def gone(db: AsyncSession, guests: Collection[Guest]) -> set[Guest]:
    """Which of them may not stay: the account is off or logged out everywhere, or their login has ended."""
    people = select(User.id, User.token_version).where(User.id.in_({one.user_id for one in guests}), User.is_active)
    valid = set((await db.execute(people)).all())
    logins = {one.login for one in guests if one.login is not None}
    live = set(await db.scalars(select(RefreshToken.family).where(RefreshToken.family.in_(logins), NOT_ENDED)))
    return {
        one
        for one in guests
        if (one.user_id, one.token_version) not in valid or (one.login is not None and one.login not in live)
    }


def _access_claims(settings: Settings, token: str, refused: Unauthenticated) -> Claims:
    try:
        return read_token(settings, token, kind=TokenKind.ACCESS, audience=API_AUDIENCE)
    except Unauthenticated as also_refused:
        # An outdated ticket is "expired" although it is no access token at all; tell the better of the two reasons.
        raise (refused if refused.code == "token_expired" else also_refused) from None


async def _use_up(db: AsyncSession, claims: Claims) -> None:
    """One UPDATE decides: of two sockets with the same ticket only one finds it unused."""
    used = await db.scalar(
        update(SocketTicket)
        .where(
            SocketTicket.jti == claims.token_id,
            SocketTicket.user_id == claims.user_id,
            SocketTicket.used_at.is_(None),
            SocketTicket.expires_at > now(),
        )
        .values(used_at=now())
        .returning(SocketTicket.jti)
    )
    if used is None:
        raise Unauthenticated("ticket_used")


async def _holder(db: AsyncSession, claims: Claims) -> User:
    user = await holder_of(db, claims)
    if user.must_change_password:
        raise Unauthenticated("password_change_required")
    return user
