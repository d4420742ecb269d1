"""Who may use the routes of notifications; the one in the world is for the sitting's student."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Notification
from app.domain.notifications import NotificationType, Priority
from tests.api.access.kinds import LOGGED_IN, OWN_STUDENT, STAFF, Case, Routes, World

ROUTES: Routes = {
    ("GET", "/api/v1/notifications/"): Case(LOGGED_IN),
    ("GET", "/api/v1/notifications/unread-count"): Case(LOGGED_IN),
    ("POST", "/api/v1/notifications/ticket"): Case(LOGGED_IN),
    ("GET", "/api/v1/notifications/templates"): Case(STAFF),
    ("GET", "/api/v1/notifications/statistics"): Case(LOGGED_IN),
    ("POST", "/api/v1/notifications/mark-all-read"): Case(LOGGED_IN),
    # A teacher who does not know the student cannot write to him.
    ("POST", "/api/v1/notifications/send"): Case(
        (401, 403, 403, 200, 404, 200, 401), {"user_ids": ["{student_id}"], "title": "Hello", "message": "Good luck"}
    ),
    ("POST", "/api/v1/notifications/broadcast"): Case(
        (401, 403, 403, 200, 404, 200, 401), {"exam_id": "{exam_id}", "title": "Hello", "message": "Good luck"}
    ),
    ("POST", "/api/v1/notifications/{notification_id}/read"): Case(OWN_STUDENT),
    ("POST", "/api/v1/notifications/{notification_id}/dismiss"): Case(OWN_STUDENT),
    ("DELETE", "/api/v1/notifications/{notification_id}"): Case(OWN_STUDENT),
}


async def add_to_world(db: AsyncSession, world: World) -> dict[str, int]:
    """A notification for the student of the sitting."""
    row = Notification(
        user_id=world.ids["student_id"],
        type=NotificationType.SYSTEM,
        priority=Priority.LOW,
        title="Hello",
        message="World",
    )
    db.add(row)
    await db.flush()
    return {"notification_id": row.id}
