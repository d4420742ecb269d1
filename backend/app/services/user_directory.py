"""Accounts as administrators look at them: filtered lists, counts, what somebody did, logins that are open."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Boolean, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Missing
from app.db.models import AuditEntry, RefreshToken, User
from app.db.name_order import by_name, says
from app.domain.roles import Role
from app.schemas.users import ActivityRead, LoginRead, UserStatistics, normalise_email
from app.services import audit
from app.services.auth import end_all_logins


async def list_users(
    db: AsyncSession,
    *,
    role: Role | None = None,
    search: str | None = None,
    is_active: bool | None = None,
    named: bool = False,
    skip: int,
    limit: int,
) -> Sequence[User]:
    """Accounts by id, or by name. `search` is looked for in name and e-mail, whatever the case."""
    order = (*by_name(User.full_name), User.id) if named else (User.id,)
    query = select(User).order_by(*order).offset(skip).limit(limit)
    if role is not None:
        query = query.where(User.role == role)
    if is_active is not None:
        query = query.where(User.is_active.is_(is_active))
    if search:
        query = query.where(
            says(search, User.full_name) | User.email.icontains(normalise_email(search), autoescape=True)
        )
    return (await db.scalars(query)).all()


async def user_statistics(db: AsyncSession) -> UserStatistics:
    """Counts of all accounts."""
    at = now()
    active = func.count().filter(User.is_active)
    recent = func.count().filter(User.created_at > at - timedelta(days=30))
    total, working, fresh = (await db.execute(select(func.count(), active, recent).select_from(User))).one()
    by_role = await db.execute(select(User.role, func.count()).group_by(User.role))
    logins = select(func.count(AuditEntry.actor_id.distinct())).where(
        AuditEntry.action == "user.login", AuditEntry.created_at > at - timedelta(days=1)
    )
    return UserStatistics(
        total_users=total,
        active_users=working,
        inactive_users=total - working,
        users_by_role=dict.fromkeys(Role, 0) | {Role(role): count for role, count in by_role},
        new_users_30_days=fresh,
        logged_in_24_hours=await db.scalar(logins) or 0,
    )


async def activity(db: AsyncSession, *, user_id: int | None, skip: int, limit: int) -> list[ActivityRead]:
    """What one person did and what was done to the account, or what anybody did; newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).offset(skip).limit(limit)
    if user_id is not None:
        query = query.where(or_(AuditEntry.actor_id == user_id, AuditEntry.subject == f"user:{user_id}"))
    return [
        ActivityRead(
            id=row.id,
            actor_id=row.actor_id,
            action=row.action,
            subject=row.subject,
            detail=row.detail,
            timestamp=row.created_at,
        )
        for row in await db.scalars(query)
    ]


async def open_logins(db: AsyncSession, user: User) -> list[LoginRead]:
    """Logins that may still be renewed, newest first."""
    usable = RefreshToken.used_at.is_(None) & RefreshToken.revoked_at.is_(None) & (RefreshToken.expires_at > now())
    query = (
        select(
            RefreshToken.family,
            func.min(RefreshToken.created_at),
            func.max(RefreshToken.created_at),
            func.max(RefreshToken.expires_at),
        )
        .where(RefreshToken.user_id == user.id)
        .group_by(RefreshToken.family)
        .having(func.bool_or(usable, type_=Boolean))
        .order_by(func.max(RefreshToken.created_at).desc())
    )
    return [
        LoginRead(id=family, began_at=began, renewed_at=renewed, expires_at=expires)
        for family, began, renewed, expires in await db.execute(query)
    ]


async def end_login(db: AsyncSession, who: User, user: User, family: uuid.UUID) -> None:
    """End one login: it cannot be renewed, and its access token dies within its quarter of an hour. Missing."""
    ended = await db.execute(
        update(RefreshToken)
        .where(RefreshToken.user_id == user.id, RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(RefreshToken.id)
    )
    if not ended.all():
        raise Missing
    audit.note(db, who, "user.login_ended", f"user:{user.id}")


async def end_logins(db: AsyncSession, who: User, user: User) -> None:
    """End all of somebody's logins at once, access tokens and open sockets included."""
    await end_all_logins(db, user)
    await db.flush()
    audit.note(db, who, "user.logout_everywhere", f"user:{user.id}")
