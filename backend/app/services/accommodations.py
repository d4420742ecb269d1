"""What is different for single students of an exam: detectors spared, another preset, more time."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.errors import Invalid
from app.db.models import Accommodation, User
from app.domain.roles import Role
from app.schemas.accommodations import AccommodationWrite
from app.services import audit
from app.services.access import access_exam_as_staff


async def accommodation_of(db: AsyncSession, *, exam_id: int, student_id: int) -> Accommodation | None:
    """One student's, if there is one."""
    found: Accommodation | None = await db.scalar(
        select(Accommodation).where(Accommodation.exam_id == exam_id, Accommodation.student_id == student_id)
    )
    return found


async def list_accommodations(db: AsyncSession, who: User, exam_id: int) -> Sequence[Accommodation]:
    """All of an exam, for those who run it."""
    exam = await access_exam_as_staff(db, who, exam_id)
    rows = await db.scalars(
        select(Accommodation)
        .options(joinedload(Accommodation.student))
        .where(Accommodation.exam_id == exam.id)
        .order_by(Accommodation.student_id)
    )
    return rows.all()


async def set_accommodation(
    db: AsyncSession, who: User, exam_id: int, student_id: int, wanted: AccommodationWrite
) -> Accommodation:
    """Make or replace a student's. A sitting that already runs keeps its deadline; detectors change at reconnect."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    student = await db.get(User, student_id)
    if student is None or student.role != Role.STUDENT:
        raise Invalid("student_unknown")
    row = await accommodation_of(db, exam_id=exam.id, student_id=student_id)
    if row is None:
        row = Accommodation(exam_id=exam.id, student_id=student_id)
        db.add(row)
    row.student = student
    row.disabled_kinds = sorted(set(wanted.disabled_kinds))
    row.preset = wanted.preset
    row.extra_minutes = wanted.extra_minutes
    await db.flush()
    audit.note(db, who, "accommodation.set", f"exam:{exam.id}", student_id=student_id)
    return row


async def remove_accommodation(db: AsyncSession, who: User, exam_id: int, student_id: int) -> None:
    """Treat the student like everybody else again; removing what is not there changes nothing."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    await db.execute(
        delete(Accommodation).where(Accommodation.exam_id == exam.id, Accommodation.student_id == student_id)
    )
    audit.note(db, who, "accommodation.remove", f"exam:{exam.id}", student_id=student_id)
