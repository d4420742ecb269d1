"""Login, refresh with reuse detection, log-out.

Login and refresh open their own units of work: the slow hash must not hold a database connection (500 logins a minute
share fifteen), and what a refusal has to store (an audit row, an ended family) must survive the refusal.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import LoginRefused, Unauthenticated
from app.core.security import (
    API_AUDIENCE,
    Claims,
    TokenKind,
    digest,
    issue_token,
    new_secret,
    read_token,
    verify_password,
)
from app.db.models import RefreshToken, User
from app.db.session import Sessions, forgiving, unit_of_work
from app.services import audit

GRACE = timedelta(seconds=20)
"""So long the client that has just used a refresh token may use it again: a page may be reloaded before it has heard
the answer. What the lost answer held is then worth no more than this one (docs/decisions/0015)."""
NOT_ENDED = RefreshToken.revoked_at.is_(None)
MOST_SIBLINGS = 5
"""Unused refresh tokens of one login at a time."""


@dataclass(frozen=True, slots=True)
class Login:
    """A login's tokens."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


async def login(sessions: Sessions, *, email: str, password: str, from_loopback: bool, settings: Settings) -> Login:
    """Let somebody in, or Unauthenticated `login_failed`, which never says why.

    `email` is normalised; `from_loopback` tells whether the request provably came from this machine.
    """
    async with sessions() as db:
        user = await db.scalar(select(User).where(User.email == email))
    fits, better_hash = await verify_password(password, user.hashed_password if user else None)
    if user is None:
        raise LoginRefused
    reason = None if fits else "wrong_password"
    reason = reason or _refusal(user, at=now(), from_loopback=from_loopback, settings=settings)
    if reason is not None:
        noted = reason != "wrong_password" or user.is_demo
        raise LoginRefused(partial(_note_refusal, sessions, user, reason) if noted else None)
    async with unit_of_work(sessions) as db:
        # The row again, locked: somebody may have been disabled while the hash was computed.
        user = await db.get(User, user.id, with_for_update={"key_share": True}, populate_existing=True)
        if user is not None and user.is_active:
            if better_hash:
                user.hashed_password = better_hash
            audit.note(db, user, "user.login", f"user:{user.id}", demo=user.is_demo)
            return await _open(db, user, family=uuid.uuid4(), settings=settings)
    raise LoginRefused


async def _note_refusal(sessions: Sessions, user: User, reason: str) -> None:
    """After the answer: a commit takes long enough to tell an account that is noted from one that is not."""
    with forgiving("login.refusal_not_noted", user_id=user.id):
        async with unit_of_work(sessions) as db:
            audit.note(db, None, "user.login_refused", f"user:{user.id}", reason=reason, demo=user.is_demo)


async def refresh(sessions: Sessions, secret: str, *, client: str, from_loopback: bool, settings: Settings) -> Login:
    """Trade a refresh token for new tokens. One that was used before ends its whole family: one of two is a thief.

    `client` is told again for GRACE: whatever says where a request comes from and by which program.
    """
    async with unit_of_work(sessions) as db:
        row = await db.scalar(select(RefreshToken).where(RefreshToken.token_hash == digest(secret)).with_for_update())
        if row is None:
            raise Unauthenticated("token_invalid")
        by = digest(client)
        if row.used_at is not None and row.revoked_at is None and not await _may_repeat(db, row, by):
            await _end_family(db, row.family)
            audit.note(db, None, "user.refresh_reused", f"user:{row.user_id}")
        elif row.revoked_at is None and row.expires_at > now():
            user = await db.get(User, row.user_id)
            if user and _refusal(user, at=now(), from_loopback=from_loopback, settings=settings) is None:
                if row.used_at is None:
                    await _use(db, row, by)
                return await _open(db, user, family=row.family, settings=settings)
    raise Unauthenticated("token_expired" if row.expires_at <= now() else "token_revoked")


async def logout(db: AsyncSession, who: User, *, secret: str | None, everywhere: bool) -> None:
    """End the login this refresh token belongs to, or all of them, access tokens and open sockets included."""
    if everywhere:
        await end_all_logins(db, who)
        audit.note(db, who, "user.logout_everywhere", f"user:{who.id}")
    if secret is not None:
        query = select(RefreshToken.family).where(
            RefreshToken.token_hash == digest(secret), RefreshToken.user_id == who.id
        )
        family = await db.scalar(query)
        if family is not None:
            await _end_family(db, family)


async def open_login(db: AsyncSession, user: User, *, settings: Settings) -> Login:
    """A new login of somebody who has proven who they are."""
    return await _open(db, user, family=uuid.uuid4(), settings=settings)


async def end_all_logins(db: AsyncSession, user: User) -> None:
    """After this commits, no token given to the person before is good, and sockets close within seconds."""
    user.token_version += 1
    await db.execute(update(RefreshToken).where(RefreshToken.user_id == user.id, NOT_ENDED).values(revoked_at=now()))


async def who_is(db: AsyncSession, token: str, *, settings: Settings) -> tuple[User, uuid.UUID | None]:
    """Whom an access token stands for, and by which login.

    Unauthenticated `token_expired`, `token_invalid` or `token_revoked`.
    """
    claims = read_token(settings, token, kind=TokenKind.ACCESS, audience=API_AUDIENCE)
    return await holder_of(db, claims), claims.login


async def holder_of(db: AsyncSession, claims: Claims) -> User:
    """The person of a good token, if that person may still come in and the login goes on: one statement for both."""
    query = select(User).where(User.id == claims.user_id, User.is_active, User.token_version == claims.token_version)
    user: User | None = await db.scalar(query.where(goes_on(claims.login)))
    if user is None:
        raise Unauthenticated("token_revoked")
    return user


def goes_on(login: uuid.UUID | None) -> ColumnElement[bool]:
    """Whether a login was not ended; a token that names none ends by itself within minutes."""
    if login is None:
        return true()
    return exists().where(RefreshToken.family == login, NOT_ENDED)


def _refusal(user: User, *, at: datetime, from_loopback: bool, settings: Settings) -> str | None:
    """Why somebody with the right password stays out; for the audit row, never for the answer."""
    if not user.is_active:
        return "inactive"
    if user.is_demo and not (from_loopback or (settings.ALLOW_REMOTE_DEMO and not settings.production)):
        return "remote_demo"
    if user.password_expires_at is not None and user.password_expires_at <= at:
        return "password_expired"
    return None


async def _open(db: AsyncSession, user: User, *, family: uuid.UUID, settings: Settings) -> Login:
    access_token, _, seconds = issue_token(
        settings,
        kind=TokenKind.ACCESS,
        audience=API_AUDIENCE,
        user_id=user.id,
        token_version=user.token_version,
        login=family,
    )
    secret, hashed = new_secret()
    expires_at = now() + timedelta(days=settings.REFRESH_TOKEN_DAYS)
    db.add(RefreshToken(user_id=user.id, family=family, token_hash=hashed, expires_at=expires_at))
    await db.flush()
    return Login(user=user, access_token=access_token, refresh_token=secret, expires_in=seconds)


async def _use(db: AsyncSession, row: RefreshToken, by: str) -> None:
    """This one goes on: what a repeated exchange gave beside it is used up too, so that one login stays one."""
    used = (RefreshToken.family == row.family, RefreshToken.used_at.is_(None))
    await db.execute(update(RefreshToken).where(*used).values(used_at=now(), used_by=by))


async def _may_repeat(db: AsyncSession, row: RefreshToken, by: str) -> bool:
    """Whether a used token is only told again: by the client that used it, a moment ago, and not without end."""
    if row.used_by != by or row.used_at is None or now() - row.used_at > GRACE:
        return False
    unused = (RefreshToken.family == row.family, RefreshToken.used_at.is_(None))
    return (await db.scalar(select(func.count(RefreshToken.id)).where(*unused)) or 0) < MOST_SIBLINGS


async def _end_family(db: AsyncSession, family: uuid.UUID) -> None:
    await db.execute(update(RefreshToken).where(RefreshToken.family == family, NOT_ENDED).values(revoked_at=now()))
