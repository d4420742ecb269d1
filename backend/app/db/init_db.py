"""The first rows: three demo accounts on a laptop, one administrator in production; each once and never again."""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Invalid
from app.core.passwords import check_password
from app.core.refusals import Refused
from app.core.security import hash_password
from app.db.models import AuditEntry, InstallationMark, User
from app.db.session import Sessions, unit_of_work
from app.domain.demo_accounts import DEMO_ACCOUNTS, DemoAccount
from app.domain.roles import Role

LOCK_KEY = 360_000_002
SEEDED = "seeded_at"
ONE_TIME_LIFE = timedelta(hours=24)
DEFAULT_ADMIN_EMAIL = "admin@example.com"
ONE_TIME_FILE = "first_admin_password"


async def init_db(settings: Settings, sessions: Sessions) -> None:
    """Make the first rows if they were never made. Of servers started together one does it, the others wait for it."""
    async with unit_of_work(sessions) as db:
        await db.execute(select(func.pg_advisory_xact_lock(LOCK_KEY)))
        one_time = await _first_admin(db, settings) if settings.production else None
        if not settings.production:
            await _demo_users(db)
    if one_time is not None:
        _hand_over(settings.VAR_DIR / ONE_TIME_FILE, *one_time)


async def _demo_users(db: AsyncSession) -> None:
    """Only on a database that never had them and has nobody else; a deleted or changed one stays as it is."""
    if await db.scalar(select(exists().where(InstallationMark.name == SEEDED))):
        return
    if not await db.scalar(select(exists().select_from(User))):
        for account in DEMO_ACCOUNTS:
            await _add_demo_user(db, account)
    db.add(InstallationMark(name=SEEDED, value=now().isoformat()))


async def _add_demo_user(db: AsyncSession, account: DemoAccount) -> None:
    user = User(
        email=account.email,
        full_name=account.full_name,
        hashed_password=await hash_password(account.password),
        role=account.role,
        is_demo=True,
    )
    db.add(user)
    await db.flush()
    db.add(AuditEntry(action="user.seed", subject=f"user:{user.id}", detail={"demo": True}))


async def _first_admin(db: AsyncSession, settings: Settings) -> tuple[str, str] | None:
    """An administrator where none is active; the given password, or a one-time one, returned with its e-mail."""
    if await db.scalar(select(exists().where(User.role == Role.ADMIN, User.is_active))):
        return None
    email = (settings.FIRST_ADMIN_EMAIL or DEFAULT_ADMIN_EMAIL).strip().lower()
    password = _given_password(settings, email)
    one_time = secrets.token_urlsafe(15)  # twenty characters
    user = User(
        email=email,
        full_name="Administrator",
        hashed_password=await hash_password(password or one_time),
        role=Role.ADMIN,
        must_change_password=password is None,
        password_expires_at=None if password else now() + ONE_TIME_LIFE,
    )
    db.add(user)
    await db.flush()
    db.add(AuditEntry(action="user.first_admin", subject=f"user:{user.id}", detail={"one_time": password is None}))
    return (email, one_time) if password is None else None


def _given_password(settings: Settings, email: str) -> str | None:
    if settings.FIRST_ADMIN_PASSWORD_FILE is None:
        return None
    try:
        password = settings.FIRST_ADMIN_PASSWORD_FILE.read_text(encoding="utf-8").rstrip("\r\n")
        check_password(password, settings=settings, context=(email,))
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("FIRST_ADMIN_PASSWORD_FILE cannot be read: correct the path or its rights.") from error
    except Invalid as error:
        raise Refused(
            f"The password in FIRST_ADMIN_PASSWORD_FILE is refused ({error.code}): put a better one."
        ) from error
    return password


def _hand_over(path: Path, email: str, password: str) -> None:
    """Once on the terminal and once in a file only the server's account can read; never in a log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{email}\n{password}\n")
    sys.stderr.write(
        f"First administrator: {email}\nOne-time password:   {password}\n"
        f"It must be changed at the first login, ends in 24 hours and is also in {path}.\n"
    )
