"""A forgotten password is replaced by whoever reads the account's mail: a link, good once, for half an hour."""

from datetime import timedelta
from urllib.parse import quote

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Invalid
from app.core.i18n import text
from app.core.mail import Mailer, MailFailed
from app.core.security import digest, new_secret
from app.db.models import PasswordReset, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Language
from app.services import audit
from app.services.notifications import CATALOGUE
from app.services.users import set_password

log = structlog.get_logger(__name__)
MOST_AN_HOUR = 3
"""Mails to one account: a stranger cannot fill somebody's mailbox."""
KEPT_AFTER_EXPIRY = timedelta(days=1)


async def mail_link(sessions: Sessions, mailer: Mailer, email: str, *, settings: Settings) -> None:
    """Mail a link to the account of this normalised address, if there is one that may log in from anywhere.

    To be run after the answer has left, so that neither its words nor its time tell whether there is one (T24).
    """
    async with unit_of_work(sessions) as db:
        user = await db.scalar(select(User).where(User.email == email, User.is_active, ~User.is_demo))
        if user is None or await _too_many(db, user):
            return
        secret, hashed = new_secret()
        expires_at = now() + timedelta(minutes=settings.PASSWORD_RESET_MINUTES)
        db.add(PasswordReset(user_id=user.id, token_hash=hashed, expires_at=expires_at))
        await db.execute(delete(PasswordReset).where(PasswordReset.expires_at < now() - KEPT_AFTER_EXPIRY))
        audit.note(db, None, "user.password_link", f"user:{user.id}")
    language = Language(user.preferred_language)
    url = f"{settings.PUBLIC_URL.rstrip('/')}/reset-password#token={quote(secret)}"  # what follows # is never sent
    params: dict[str, str | int | float] = {"minutes": settings.PASSWORD_RESET_MINUTES, "url": url}
    try:
        await mailer.send(
            to=user.email,
            subject=text(CATALOGUE, "reset.subject", language),
            body=text(CATALOGUE, "reset.body", language, params),
        )
    except MailFailed:
        log.warning("recovery.mail_failed", user_id=user.id)


async def reset_password(db: AsyncSession, secret: str, password: str, *, settings: Settings) -> None:
    """Set the password by a mailed secret, and end all logins. Invalid `reset_link_invalid`, and the password rules.

    The link is used up with the caller's commit alone: a password that is too short does not cost it.
    """
    used = await db.scalar(
        update(PasswordReset)
        .where(
            PasswordReset.token_hash == digest(secret),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now(),
        )
        .values(used_at=now())
        .returning(PasswordReset.user_id)
    )
    user = await db.get(User, used) if used is not None else None
    if user is None or not user.is_active or user.is_demo:
        raise Invalid("reset_link_invalid")
    await set_password(db, None, user, password, settings=settings)
    # Other links of the same person die with it.
    others = update(PasswordReset).where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
    await db.execute(others.values(used_at=now()))
    await db.flush()


async def _too_many(db: AsyncSession, user: User) -> bool:
    recent = select(func.count()).where(
        PasswordReset.user_id == user.id, PasswordReset.created_at > now() - timedelta(hours=1)
    )
    return (await db.scalar(recent) or 0) >= MOST_AN_HOUR
