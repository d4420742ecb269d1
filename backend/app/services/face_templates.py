"""The face an exam session expects: stored sealed, read back for this sitting alone, gone when it is over."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ai.engine import Engine, EngineBusy, EngineStopped
from app.ai.guard import check_picture
from app.ai.types import FrameRefused, FrameRequest
from app.core.errors import Conflict, Invalid, Unavailable
from app.core.sealing import DataKey, Unsealable
from app.db.models import ExamSession, FaceTemplate, User
from app.domain.exam_sessions import OPEN
from app.domain.shelves import Shelf
from app.services.access import access_own_exam_session
from app.services.audit import note
from app.services.data_keys import session_key


class TemplateSource(StrEnum):
    """Where a template came from."""

    STREAM = "stream"
    PICTURE = "picture"


def context_of(exam_session_id: int) -> str:
    """What a sealed template is bound to."""
    return f"face_template:{exam_session_id}"


async def stored_template(db: AsyncSession, exam_session_id: int, key: DataKey) -> bytes | None:
    """The face to expect, or None; one whose key is gone is forgotten, and a new one will be made."""
    row = await db.scalar(select(FaceTemplate).where(FaceTemplate.exam_session_id == exam_session_id))
    if row is None:
        return None
    try:
        return key.open(row.sealed, context_of(exam_session_id))
    except Unsealable:
        await db.delete(row)
        return None


async def store_template(
    db: AsyncSession, exam_session_id: int, template: bytes, key: DataKey, *, source: TemplateSource
) -> datetime | None:
    """Keep the first one; None where there is one already: nobody changes in mid-exam who is expected."""
    statement = insert(FaceTemplate).values(
        exam_session_id=exam_session_id, source=source, sealed=key.seal(template, context_of(exam_session_id))
    )
    statement = statement.on_conflict_do_nothing(index_elements=[FaceTemplate.exam_session_id])
    stored: datetime | None = await db.scalar(statement.returning(FaceTemplate.created_at))
    return stored


async def forget_template(db: AsyncSession, exam_session_id: int) -> None:
    """The sitting is over: nothing will be compared any more."""
    await db.execute(delete(FaceTemplate).where(FaceTemplate.exam_session_id == exam_session_id))


async def enrolling_session(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """The student's own open sitting that expects no face yet; says why not otherwise."""
    taken = await access_own_exam_session(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if not taken.exam.enable_identity_check:
        raise Conflict("identity_check_off")
    if await db.scalar(select(FaceTemplate.id).where(FaceTemplate.exam_session_id == taken.id)) is not None:
        raise Conflict("already_enrolled")
    return taken


async def template_from(engine: Engine, jpeg: bytes) -> bytes:
    """The one good face of a picture; Invalid with the reason why there is none."""
    try:
        check_picture(jpeg)
        report = await engine.analyze(FrameRequest(jpeg=jpeg, at=0.0, single=True, enrol=True))
    except FrameRefused as error:
        raise Invalid("picture_refused", reason=error.code) from error
    except (EngineBusy, EngineStopped) as error:
        raise Unavailable from error
    if report.template is None:
        raise Invalid(f"enrolment_{report.identity_problem or 'no_face'}")
    return report.template


async def enrol(db: AsyncSession, who: User, exam_session_id: int, template: bytes) -> datetime:
    """Keep the student's template; Conflict where the stream was quicker."""
    taken = await enrolling_session(db, who, exam_session_id)
    key = await session_key(db, taken.id, Shelf.PICTURES)
    at = await store_template(db, taken.id, template, key, source=TemplateSource.PICTURE)
    if at is None:
        raise Conflict("already_enrolled")
    note(db, who, "face_template.enrol", f"exam_session:{taken.id}")
    return at
