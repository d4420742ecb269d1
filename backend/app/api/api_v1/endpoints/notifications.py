"""Notifications: one's own, and sending them."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import CurrentUser, Db, Page, SettingsDep, Staff
from app.domain.notifications import NotificationType
from app.domain.roles import Language
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.schemas.exam_sessions import TicketRead
from app.schemas.notifications import (
    AskedPriority,
    BroadcastRequest,
    Changed,
    NotificationRead,
    NotificationStatistics,
    SendRequest,
    Sent,
    TemplateRead,
    UnreadCount,
)
from app.services import notices, notifications, tickets

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.get("/")
@router.get("", include_in_schema=False)
async def list_notifications(
    db: Db,
    who: CurrentUser,
    page: Page,
    unread_only: bool = False,
    type: NotificationType | None = None,
    priority: Annotated[AskedPriority | None, Query()] = None,
) -> list[NotificationRead]:
    """One's own that were not dismissed, newest first."""
    return await notifications.list_notifications(
        db, who, unread_only=unread_only, type=type, priority=priority, skip=page.skip, limit=page.limit
    )


@router.get("/unread-count")
async def unread_count(db: Db, who: CurrentUser) -> UnreadCount:
    """How many wait to be read, and how many of them are urgent."""
    return await notifications.count_unread(db, who)


@router.post("/ticket")
async def socket_ticket(db: Db, who: CurrentUser, settings: SettingsDep) -> TicketRead:
    """A one-use ticket for the socket that tells of one's own notifications as they are made."""
    ticket, seconds = await tickets.issue(db, who, audience="person", settings=settings)
    return TicketRead(ticket=ticket, expires_in=seconds)


@router.get("/templates")
async def templates(who: Staff) -> list[TemplateRead]:
    """Texts that may be sent by their name."""
    return notices.templates(Language(who.preferred_language))


@router.get("/statistics")
async def statistics(db: Db, who: CurrentUser) -> NotificationStatistics:
    """Counts of one's own; administrators see those of all."""
    return await notifications.statistics(db, who)


@router.post("/mark-all-read")
@router.put("/mark-all-read", include_in_schema=False)
@router.patch("/mark-all-read", include_in_schema=False)
async def mark_all_read(db: Db, who: CurrentUser) -> Changed:
    """Mark all of one's own as read."""
    return Changed(count=await notifications.read_all(db, who))


@router.post("/send")
async def send(db: Db, who: Staff, wanted: SendRequest) -> Sent:
    """Tell some people; teachers reach the students of their exams."""
    return Sent(sent=await notices.send(db, who, wanted))


@router.post("/broadcast")
async def broadcast(db: Db, who: Staff, wanted: BroadcastRequest) -> Sent:
    """Tell all students of an exam; administrators also a role, or everybody."""
    return Sent(sent=await notices.broadcast(db, who, wanted))


@router.post("/{notification_id}/read")
@router.put("/{notification_id}/read", include_in_schema=False)
@router.patch("/{notification_id}/read", include_in_schema=False)
async def read(db: Db, who: CurrentUser, notification_id: PathId) -> NotificationRead:
    """Mark one as read."""
    return await notifications.read_notification(db, who, notification_id)


@router.post("/{notification_id}/dismiss")
@router.put("/{notification_id}/dismiss", include_in_schema=False)
@router.patch("/{notification_id}/dismiss", include_in_schema=False)
async def dismiss(db: Db, who: CurrentUser, notification_id: PathId) -> NotificationRead:
    """Take one off the list."""
    return await notifications.dismiss_notification(db, who, notification_id)


@router.delete("/{notification_id}")
async def delete(db: Db, who: CurrentUser, notification_id: PathId) -> Done:
    """Remove one."""
    await notifications.delete_notification(db, who, notification_id)
    return Done()
