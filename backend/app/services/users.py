"""Accounts: register, create, change, remove. Passwords are hashed before the transaction takes a connection."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Conflict, Forbidden, Invalid, Missing, ProctorError
from app.core.passwords import check_password
from app.core.security import hash_password, verify_password
from app.db.models import Exam, ExamSession, User
from app.domain.roles import Role
from app.schemas.users import OwnUpdate, Registration, UserCreate, UserUpdate
from app.services import audit
from app.services.auth import end_all_logins
from app.services.institution import institution
from app.services.practice import leave_practice

ONE_TIME_LIFE = timedelta(hours=24)
LEGIBLE = "abcdefghijkmnopqrstuvwxyz2345679"
"""Thirty-two signs that are not taken for each other."""


async def register(db: AsyncSession, wanted: Registration, *, settings: Settings) -> User:
    """A new student. Another role is Forbidden `role_not_allowed`, a known e-mail 400 `email_taken`."""
    if wanted.role not in (None, Role.STUDENT):
        raise Forbidden("role_not_allowed")
    check_password(wanted.password, settings=settings, context=(wanted.email, wanted.full_name))
    user = User(
        email=wanted.email,
        full_name=wanted.full_name,
        hashed_password=await hash_password(wanted.password),
        role=Role.STUDENT,
        preferred_language=wanted.preferred_language,
    )
    await add_accounts(db, [user])
    audit.note(db, user, "user.register", f"user:{user.id}")
    return user


async def create(db: AsyncSession, who: User | None, wanted: UserCreate, *, settings: Settings) -> User:
    """An account with any role, by an administrator or (`who` None) the command line."""
    check_password(wanted.password, settings=settings, context=(wanted.email, wanted.full_name))
    fields = wanted.model_dump(exclude={"password"})
    user = User(**fields, hashed_password=await hash_password(wanted.password))
    await add_accounts(db, [user])
    audit.note(db, who, "user.create", f"user:{user.id}", role=user.role)
    return user


async def access_user(db: AsyncSession, who: User, user_id: int) -> User:
    """An account, for the person or an administrator; Missing for everybody else."""
    user = await db.get(User, user_id) if who.role == Role.ADMIN or who.id == user_id else None
    if user is None:
        raise Missing
    return user


async def find(db: AsyncSession, email: str) -> User:
    """The account of a normalised e-mail, or Missing."""
    user = await db.scalar(select(User).where(User.email == email))
    if user is None:
        raise Missing
    return user


async def update_own(db: AsyncSession, who: User, wanted: OwnUpdate, *, settings: Settings) -> User:
    """What people change about themselves. E-mail and password need the current password."""
    changes = _changes(wanted)
    changes.pop("current_password", None)
    password = changes.pop("password", None)
    if password is not None or changes.get("email", who.email) != who.email:
        fits, _ = await verify_password(wanted.current_password or "", who.hashed_password)
        if not fits:
            raise Invalid("current_password_wrong")
    await check_language(db, wanted)
    for name, value in changes.items():
        setattr(who, name, value)
    if password is not None:
        await set_password(db, who, who, str(password), settings=settings)
    await _flush(db)
    return who


async def update(db: AsyncSession, who: User | None, user: User, wanted: UserUpdate, *, settings: Settings) -> User:
    """What an administrator changes. Role, password and disabling end every login of that person."""
    changes = _changes(wanted)
    password = changes.pop("password", None)
    loses_admin = changes.get("role", user.role) != Role.ADMIN or changes.get("is_active") is False
    if loses_admin:
        await _keep_an_admin(db, user)
    ends_logins = changes.get("role", user.role) != user.role or (
        user.is_active and changes.get("is_active", True) is False
    )
    await check_language(db, wanted)
    for name, value in changes.items():
        setattr(user, name, value)
    if password is not None:
        await set_password(db, who, user, str(password), settings=settings)
        user.must_change_password = bool(wanted.must_change_password)
    elif ends_logins:
        await end_all_logins(db, user)
    await _flush(db)
    audit.note(db, who, "user.update", f"user:{user.id}", fields=",".join(sorted(wanted.model_fields_set)))
    return user


async def check_language(db: AsyncSession, wanted: OwnUpdate | UserUpdate) -> None:
    """Invalid `language_not_offered` for one that the institution does not offer."""
    if wanted.preferred_language and wanted.preferred_language not in (await institution(db)).languages:
        raise Invalid("language_not_offered")


async def set_password(db: AsyncSession, who: User | None, user: User, password: str, *, settings: Settings) -> None:
    """A new password: the old one-time mark is gone and every login of that person ends."""
    check_password(password, settings=settings, context=(user.email, user.full_name))
    user.hashed_password = await hash_password(password)
    user.must_change_password = False
    user.password_expires_at = None
    await end_all_logins(db, user)
    audit.note(db, who, "user.password", f"user:{user.id}")


async def change_password(db: AsyncSession, who: User, *, current: str, wanted: str, settings: Settings) -> None:
    """One's own new password, against the current one: Invalid `current_password_wrong`. Ends all logins."""
    fits, _ = await verify_password(current, who.hashed_password)
    if not fits:
        raise Invalid("current_password_wrong")
    await set_password(db, who, who, wanted, settings=settings)
    await db.flush()


async def give_one_time_password(db: AsyncSession, who: User, user: User) -> tuple[str, datetime]:
    """A password that must be changed at the next login, and until when it is good. Ends all logins of the person."""
    password, expires_at = one_time_password(), now() + ONE_TIME_LIFE
    user.hashed_password = await hash_password(password)
    user.must_change_password = True
    user.password_expires_at = expires_at
    await end_all_logins(db, user)
    await db.flush()
    audit.note(db, who, "user.password_reset", f"user:{user.id}")
    return password, expires_at


def one_time_password() -> str:
    """Easy to read out and to type, 80 bits of it: four groups of four."""
    letters = "".join(secrets.choice(LEGIBLE) for _ in range(16))
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


async def remove(db: AsyncSession, who: User | None, user: User) -> None:
    """Delete the account; Conflict `user_in_use` while exams or exam sessions name it, `last_admin` for the last."""
    await _keep_an_admin(db, user)
    await leave_practice(db, user)
    if await _is_used(db, user):
        raise Conflict("user_in_use")
    audit.note(db, who, "user.delete", f"user:{user.id}", role=user.role)
    await db.delete(user)
    await db.flush()


async def has_demo_users(db: AsyncSession) -> bool:
    """Whether a demo account could be logged in to."""
    return bool(await db.scalar(select(exists().where(User.is_demo, User.is_active))))


async def remove_demo_users(db: AsyncSession) -> tuple[int, int]:
    """Delete the demo accounts; what exams still name is made unusable and nameless instead. Counts of both."""
    deleted = closed = 0
    for user in await db.scalars(select(User).where(User.is_demo).order_by(User.id).with_for_update()):
        await leave_practice(db, user)
        if not await _is_used(db, user):
            await db.delete(user)
            deleted += 1
        elif user.is_active:
            user.is_active = False
            user.email = f"demo-{user.id}@removed.invalid"
            user.hashed_password = await hash_password(secrets.token_urlsafe(32))
            await end_all_logins(db, user)
            closed += 1
    audit.note(db, None, "user.demo_remove", "installation", deleted=deleted, closed=closed)
    await db.flush()
    return deleted, closed


async def _is_used(db: AsyncSession, user: User) -> bool:
    used = exists().where(Exam.creator_id == user.id) | exists().where(ExamSession.student_id == user.id)
    return bool(await db.scalar(select(used)))


async def _keep_an_admin(db: AsyncSession, user: User) -> None:
    """Conflict `last_admin` if nobody else could administer. Locks all administrators: two may not go at once."""
    if user.role != Role.ADMIN or not user.is_active:
        return
    query = select(User.id).where(User.role == Role.ADMIN, User.is_active).order_by(User.id).with_for_update()
    if set(await db.scalars(query)) <= {user.id}:
        raise Conflict("last_admin")


def _changes(wanted: OwnUpdate | UserUpdate) -> dict[str, object]:
    """What was sent; a null is refused, since nothing here can be empty."""
    changes = wanted.model_dump(exclude_unset=True)
    if None in changes.values():
        raise Invalid("null_not_allowed")
    return changes


async def add_accounts(db: AsyncSession, users: Sequence[User]) -> None:
    """Store new accounts; 400 `email_taken`. Who asked for no language the institution offers gets its first."""
    offered = (await institution(db)).languages
    for user in users:
        if user.preferred_language is None or user.preferred_language not in offered:
            user.preferred_language = offered[0]
    db.add_all(users)
    await _flush(db)


async def _flush(db: AsyncSession) -> None:
    try:
        await db.flush()
    except IntegrityError as error:
        if "uq_users_email" in str(error.orig):
            raise ProctorError("email_taken") from error
        raise
