"""A picture of a violation that a client hands in: kept as evidence of that violation, and marked as the client's."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ai.guard import check_picture
from app.ai.jpeg_metadata import without_metadata
from app.ai.types import FrameRefused
from app.core.clock import now
from app.core.errors import Conflict, Invalid, Unavailable
from app.db.models import Evidence, ExamSession, User
from app.domain.custody import Kind
from app.domain.exam_sessions import OPEN
from app.domain.roles import Role
from app.domain.shelves import Shelf
from app.schemas.files import ScreenshotRead
from app.services.access import access_violation
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.custody_items import item_of
from app.services.data_keys import session_key
from app.services.evidence import keep_picture, record_evidence
from app.storage import EvidenceStore

ROLE = "client"
"""Beside before, best and after, which the server has chosen itself: this one anybody's program may have drawn."""


async def keep_screenshot(
    db: AsyncSession, who: User, violation_id: int, body: bytes, store: EvidenceStore
) -> ScreenshotRead:
    """Keep it; the first for a violation stays. Students only while the sitting goes on.

    Invalid `picture_refused`; Conflict `exam_session_ended`, `screenshot_there`; Unavailable.
    """
    violation = await access_violation(db, who, violation_id)
    state = await db.scalar(select(ExamSession.state).where(ExamSession.id == violation.exam_session_id))
    if who.role == Role.STUDENT and state not in OPEN:
        raise Conflict("exam_session_ended")
    picture = await keep_picture(
        store,
        await session_key(db, violation.exam_session_id, Shelf.PICTURES),
        exam_session_id=violation.exam_session_id,
        role=ROLE,
        captured_at=now(),
        body=_checked(body),
    )
    if picture is None:
        raise Unavailable
    held = await hold(db, violation.exam_session_id)
    row: Evidence | None = await record_evidence(
        db, exam_session_id=violation.exam_session_id, violation_id=violation.id, picture=picture
    )
    if row is None:  # the piece just written is an orphan and is swept away
        raise Conflict("screenshot_there")
    await note_down(db, held, item_of(Kind.EVIDENCE, row))
    note(db, who, "evidence.upload", f"evidence:{row.id}", violation_id=violation.id)
    await db.flush()
    return ScreenshotRead(
        id=row.id,
        violation_id=violation.id,
        exam_session_id=row.exam_session_id,
        sha256=row.sha256,
        url=f"/api/v1/evidence/{row.id}",
    )


def _checked(body: bytes) -> bytes:
    try:
        if check_picture(body).format != "jpeg":
            raise FrameRefused("unsupported_format")
        return without_metadata(body)
    except FrameRefused as refused:
        raise Invalid("picture_refused", reason=refused.code) from refused
