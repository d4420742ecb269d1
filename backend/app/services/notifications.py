"""Notifications: raised in the transaction of what they are about, announced after it, read by one person."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Missing
from app.core.i18n import text
from app.db.models import Notification, User
from app.db.session import announce
from app.domain.notifications import TEMPLATES, NotificationType, Priority
from app.domain.roles import Language, Role
from app.schemas.notifications import (
    NotificationRaised,
    NotificationRead,
    NotificationStatistics,
    UnreadCount,
    user_topic,
)

CATALOGUE = "notifications"
KEPT = timedelta(days=90)
AT_ONCE = 1000
"""Rows of one INSERT: PostgreSQL takes 32767 parameters."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said: a template with what fills it, or somebody's own title and message."""

    type: NotificationType
    priority: Priority
    template: str = ""
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    title: str = ""
    message: str = ""


def wording_of(template: str, **params: str | int | float) -> Wording:
    """A text by its name, with the type and priority it usually has."""
    known = TEMPLATES[template]
    return Wording(known.type, known.priority, template, params)


async def raise_notifications(
    db: AsyncSession,
    readers: Iterable[int],
    wording: Wording,
    *,
    key: str | None = None,
    exam_id: int | None = None,
    exam_session_id: int | None = None,
    sender_id: int | None = None,
) -> int:
    """Tell active people something, once the caller's transaction commits; returns how many were told.

    With a `key` each person is told once, however often this is called.
    """
    about = {"key": key, "sender_id": sender_id, "exam_id": exam_id, "exam_session_id": exam_session_id}
    said = asdict(wording) | {"params": dict(wording.params)} | about
    wanted, told = sorted(set(readers)), 0
    for begin in range(0, len(wanted), AT_ONCE):
        some = select(User.id, User.preferred_language).where(User.id.in_(wanted[begin : begin + AT_ONCE]))
        languages = {one: Language(spoken) for one, spoken in await db.execute(some.where(User.is_active))}
        rows = [{"user_id": one, **said} for one in languages]
        if not rows:
            continue
        statement = insert(Notification).on_conflict_do_nothing().returning(Notification)
        for row in (await db.scalars(statement, rows)).all():
            shown = shown_in(row, languages[row.user_id])
            announce(db, user_topic(row.user_id), NotificationRaised(notification=shown))
            told += 1
    return told


def shown_in(row: Notification, language: Language) -> NotificationRead:
    """The notification in a language."""
    title, message = words_of(row, language)
    return NotificationRead(
        id=row.id,
        type=row.type,
        priority=row.priority,
        title=title,
        message=message,
        template=row.template,
        exam_id=row.exam_id,
        exam_session_id=row.exam_session_id,
        sender_id=row.sender_id,
        is_read=row.read_at is not None,
        read_at=row.read_at,
        is_dismissed=row.dismissed_at is not None,
        created_at=row.created_at,
    )


def words_of(row: Notification, language: Language) -> tuple[str, str]:
    """Title and message in a language."""
    if not row.template:
        return row.title, row.message
    params = dict(row.params)
    if "kind" in params:
        params["kind"] = text("violations", f"{params['kind']}.name", language)
    return (
        text(CATALOGUE, f"{row.template}.title", language, params),
        text(CATALOGUE, f"{row.template}.message", language, params),
    )


async def list_notifications(
    db: AsyncSession,
    who: User,
    *,
    unread_only: bool = False,
    type: NotificationType | None = None,
    priority: Priority | None = None,
    skip: int,
    limit: int,
) -> list[NotificationRead]:
    """One's own that were not dismissed, newest first."""
    query = select(Notification).where(Notification.user_id == who.id, Notification.dismissed_at.is_(None))
    if unread_only:
        query = query.where(Notification.read_at.is_(None))
    if type is not None:
        query = query.where(Notification.type == type)
    if priority is not None:
        query = query.where(Notification.priority == priority)
    rows = await db.scalars(query.order_by(Notification.id.desc()).offset(skip).limit(limit))
    return [shown_in(row, Language(who.preferred_language)) for row in rows]


async def count_unread(db: AsyncSession, who: User) -> UnreadCount:
    """How many of one's own wait to be read."""
    urgent = func.count().filter(Notification.priority == Priority.URGENT)
    query = select(func.count(), urgent).where(
        Notification.user_id == who.id, Notification.read_at.is_(None), Notification.dismissed_at.is_(None)
    )
    unread, pressing = (await db.execute(query)).one()
    return UnreadCount(unread_count=unread, urgent=pressing)


async def read_notification(db: AsyncSession, who: User, notification_id: int) -> NotificationRead:
    """Mark one's own as read; doing it twice keeps the first time."""
    row = await _own(db, who, notification_id)
    row.read_at = row.read_at or now()
    await db.flush()
    return shown_in(row, Language(who.preferred_language))


async def read_all(db: AsyncSession, who: User) -> int:
    """Mark all of one's own as read; returns how many were not."""
    unread = update(Notification).where(Notification.user_id == who.id, Notification.read_at.is_(None))
    return len((await db.execute(unread.values(read_at=now()).returning(Notification.id))).all())


async def dismiss_notification(db: AsyncSession, who: User, notification_id: int) -> NotificationRead:
    """Take one's own off the list; it stays in the statistics."""
    row = await _own(db, who, notification_id)
    row.dismissed_at = row.dismissed_at or now()
    await db.flush()
    return shown_in(row, Language(who.preferred_language))


async def delete_notification(db: AsyncSession, who: User, notification_id: int) -> None:
    """Remove one's own."""
    await db.delete(await _own(db, who, notification_id))
    await db.flush()


async def statistics(db: AsyncSession, who: User) -> NotificationStatistics:
    """Counts of one's own, or, for administrators, of all."""
    mine = [] if who.role == Role.ADMIN else [Notification.user_id == who.id]
    unread = func.count().filter(Notification.read_at.is_(None), Notification.dismissed_at.is_(None))
    counts = select(
        func.count(),
        unread,
        func.count(Notification.read_at),
        func.count(Notification.dismissed_at),
        func.count(Notification.mailed_at),
        func.count().filter(Notification.created_at > now() - timedelta(days=1)),
    )
    total, waiting, read, dismissed, mailed, recent = (await db.execute(counts.where(*mine))).one()

    async def by(column: object) -> dict[str, int]:
        grouped = select(column, func.count()).where(*mine).group_by(column)  # type: ignore[call-overload]
        return {str(name): count for name, count in await db.execute(grouped)}

    return NotificationStatistics(
        total=total,
        unread=waiting,
        read=read,
        dismissed=dismissed,
        mailed=mailed,
        last_24_hours=recent,
        by_type=await by(Notification.type),
        by_priority=await by(Notification.priority),
    )


async def remove_old(db: AsyncSession) -> int:
    """Delete what was told too long ago; returns how many."""
    old = delete(Notification).where(Notification.created_at < now() - KEPT).returning(Notification.id)
    return len((await db.execute(old)).all())


async def _own(db: AsyncSession, who: User, notification_id: int) -> Notification:
    query = select(Notification).where(Notification.id == notification_id, Notification.user_id == who.id)
    row = await db.scalar(query)
    if row is None:
        raise Missing
    return row
