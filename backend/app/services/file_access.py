"""Who may see, keep and remove which uploaded file; who may not is told that there is none."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select

from app.core.errors import Conflict, Forbidden, Missing
from app.db.models import Exam, ExamEnrolment, ExamSession, UploadedFile, User
from app.domain.exam_sessions import OPEN
from app.domain.roles import Role
from app.domain.uploads import Purpose
from app.services.access import (
    access_exam,
    access_exam_as_staff,
    access_exam_session,
    access_own_exam_session,
    staffed_exams,
    visible_exam_sessions,
    visible_exams,
)
from app.services.audit import note
from app.services.files import read_file
from app.storage import EvidenceStore

STAYS = (Purpose.SESSION_RECORDING, Purpose.ANSWER_FILE)
"""What was handed in during an exam goes with the exam session, and by nobody's hand alone (T17)."""


def visible_files(who: User) -> Select[UploadedFile]:
    """Files somebody may see here. Pictures of questions and files of answers have doors of their own."""
    query = select(UploadedFile).where(
        UploadedFile.purpose.in_((Purpose.EXAM_MATERIAL, Purpose.AVATAR, Purpose.SESSION_RECORDING))
    )
    sittings = visible_exam_sessions(who).with_only_columns(ExamSession.id)
    return query.where(
        or_(
            _is(Purpose.EXAM_MATERIAL) & UploadedFile.exam_id.in_(visible_exams(who).with_only_columns(Exam.id)),
            _is(Purpose.AVATAR) & UploadedFile.owner_id.in_(_faces(who)),
            _is(Purpose.SESSION_RECORDING) & UploadedFile.exam_session_id.in_(sittings),
        )
    )


async def access_file(db: AsyncSession, who: User, file_id: int) -> UploadedFile:
    """One file, or Missing."""
    row = await db.scalar(visible_files(who).where(UploadedFile.id == file_id))
    if row is None:
        raise Missing
    return row


async def open_file(db: AsyncSession, who: User, file_id: int, store: EvidenceStore) -> tuple[UploadedFile, bytes]:
    """A file and its bytes; a look at a recording is in the audit log."""
    row = await access_file(db, who, file_id)
    if row.purpose == Purpose.SESSION_RECORDING:
        note(db, who, "file.view", f"file:{row.id}", exam_session_id=row.exam_session_id)
        await db.flush()
    return row, await read_file(db, row, store)


async def materials_of(db: AsyncSession, who: User, exam_id: int) -> Sequence[UploadedFile]:
    """What belongs to an exam one may see."""
    exam = await access_exam(db, who, exam_id)
    query = select(UploadedFile).where(UploadedFile.exam_id == exam.id, _is(Purpose.EXAM_MATERIAL))
    return (await db.scalars(query.order_by(UploadedFile.id))).all()


async def recordings_of(db: AsyncSession, who: User, exam_session_id: int) -> Sequence[UploadedFile]:
    """What was recorded of a sitting, for its student and the exam's staff."""
    taken = await access_exam_session(db, who, exam_session_id)
    query = select(UploadedFile).where(UploadedFile.exam_session_id == taken.id, _is(Purpose.SESSION_RECORDING))
    return (await db.scalars(query.order_by(UploadedFile.id))).all()


async def recording_wanted(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """The student's own sitting that goes on, if its exam records. Forbidden `recording_off`, `exam_session_ended`."""
    taken = await access_own_exam_session(db, who, exam_session_id)
    if not taken.exam.enable_screen_recording:
        raise Forbidden("recording_off")
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    return taken


async def avatar_of(db: AsyncSession, who: User, user_id: int) -> UploadedFile:
    """Somebody's newest picture, or Missing."""
    query = visible_files(who).where(_is(Purpose.AVATAR), UploadedFile.owner_id == user_id)
    row = await db.scalar(query.order_by(UploadedFile.id.desc()).limit(1))
    if row is None:
        raise Missing
    return row


async def older_avatars(db: AsyncSession, who: User) -> list[str]:
    """Remove one's own pictures before a new one comes; returns the names to remove from the store."""
    rows = await db.scalars(select(UploadedFile).where(_is(Purpose.AVATAR), UploadedFile.owner_id == who.id))
    names = []
    for row in rows:
        names.append(row.path)
        await db.delete(row)
    await db.flush()
    return names


async def remove_file(db: AsyncSession, who: User, file_id: int) -> str:
    """Remove a file; returns its name in the store, to be removed after the commit. Forbidden `file_stays`."""
    row = await access_file(db, who, file_id)
    if row.purpose in STAYS:
        raise Forbidden("file_stays")
    if row.purpose == Purpose.AVATAR and who.id != row.owner_id and who.role != Role.ADMIN:
        raise Forbidden
    if row.purpose == Purpose.EXAM_MATERIAL and row.exam_id is not None:
        if who.role == Role.STUDENT:
            raise Forbidden("staff_only")
        await access_exam_as_staff(db, who, row.exam_id)
    note(db, who, "file.delete", f"file:{row.id}", purpose=row.purpose, exam_id=row.exam_id)
    await db.delete(row)
    await db.flush()
    return row.path


def _is(purpose: Purpose) -> ColumnElement[bool]:
    return UploadedFile.purpose == purpose


def _faces(who: User) -> Select[int]:
    """Whose pictures somebody may see: one's own; administrators all; teachers those of their exams' students."""
    query = select(User.id)
    if who.role == Role.ADMIN:
        return query
    if who.role == Role.STUDENT:
        return query.where(User.id == who.id)
    mine = staffed_exams(who).with_only_columns(Exam.id)
    listed = exists().where(and_(ExamEnrolment.student_id == User.id, ExamEnrolment.exam_id.in_(mine)))
    sat = exists().where(and_(ExamSession.student_id == User.id, ExamSession.exam_id.in_(mine)))
    return query.where(or_(User.id == who.id, listed, sat))
