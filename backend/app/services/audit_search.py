"""Searching the audit log; administrators only, and the edge lets nobody else ask."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import AuditEntry, User
from app.db.name_order import says
from app.schemas.administration import AuditFilter, AuditRead
from app.services.people import people_of


async def search_audit(db: AsyncSession, wanted: AuditFilter, *, skip: int, limit: int) -> list[AuditRead]:
    """Newest first. `q` is looked for in action, subject and details, and among the actors' names and addresses;
    an `action` that ends with a dot stands for all that begin so."""
    query = select(AuditEntry)
    if wanted.q:
        part = f"%{_escaped(wanted.q)}%"
        actors = select(User.id).where(says(wanted.q, User.full_name) | User.email.ilike(part))
        texts = (AuditEntry.action, AuditEntry.subject, cast(AuditEntry.detail, Text))
        query = query.where(or_(*(one.ilike(part) for one in texts), AuditEntry.actor_id.in_(actors)))
    if wanted.actor_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.action.endswith("."):
        query = query.where(AuditEntry.action.startswith(wanted.action, autoescape=True))
    elif wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.subject:
        query = query.where(AuditEntry.subject == wanted.subject)
    if wanted.since is not None:
        query = query.where(AuditEntry.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.created_at < wanted.until)
    rows = (await db.scalars(query.order_by(AuditEntry.id.desc()).offset(skip).limit(limit))).all()
    people = await people_of(db, [row.actor_id for row in rows])
    return [
        AuditRead(
            id=row.id,
            at=row.created_at,
            actor=None if row.actor_id is None else people[row.actor_id],
            role=None if row.actor_id is None else people.role(row.actor_id),
            action=row.action,
            subject=row.subject,
            detail=row.detail,
        )
        for row in rows
    ]


async def audit_actions(db: AsyncSession) -> Sequence[str]:
    """Every action there is, for the filter."""
    return (await db.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action))).all()


def _escaped(part: str) -> str:
    """LIKE reads these three as more than themselves."""
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
