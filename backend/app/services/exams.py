"""Exams: made and changed by their teacher or an administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Forbidden, Invalid
from app.db.models import Exam, ExamSession, User
from app.db.name_order import says
from app.db.session import announce
from app.db.stored import names_of_exam
from app.domain.exam_sessions import OPEN
from app.domain.exams import FOLLOWING, SITTABLE, ExamStatus
from app.schemas.exams import ExamCreate, ExamUpdate
from app.schemas.realtime import exam_topic
from app.services import audit
from app.services.access import access_exam_as_staff, visible_exams
from app.services.custody_seal import Notary
from app.services.erasure import Erased, erase_exam_sessions
from app.services.exam_settings import lock_down, protect_minors, settings_of
from app.services.institution import institution
from app.services.news import tell_of_publication
from app.services.rescoring import rescore_exam
from app.services.verdicts import reviewers_of


@dataclass(frozen=True, slots=True)
class ExamChanged:
    """Bus message within this process: an exam is not as it was."""

    id: int
    title: str
    status: ExamStatus
    start_time: datetime
    end_time: datetime


async def create_exam(db: AsyncSession, who: User, wanted: ExamCreate) -> Exam:
    """A new exam of `who`."""
    columns = await settings_of(wanted.model_dump())
    exam = Exam(**columns, creator_id=who.id)
    lock_down(exam, columns)
    exam.minors = columns["minors"]
    protect_minors(exam, columns, always=(await institution(db)).minors)
    db.add(exam)
    await db.flush()
    audit.note(db, who, "exam.create", f"exam:{exam.id}")
    return exam


async def list_exams(
    db: AsyncSession, who: User, *, skip: int, limit: int, status: ExamStatus | None = None, search: str = ""
) -> Sequence[Exam]:
    """What somebody may see, newest window first; `search` looks in title, description and course."""
    query = visible_exams(who).order_by(Exam.start_time.desc(), Exam.id.desc()).offset(skip).limit(limit)
    if status is not None:
        query = query.where(Exam.status == status)
    if search.strip():
        query = query.where(says(search.strip(), Exam.title, Exam.description, Exam.group))
    return (await db.scalars(query)).all()


async def update_exam(db: AsyncSession, who: User, exam_id: int, wanted: ExamUpdate) -> Exam:
    """Change what was sent. Sittings that already run keep their deadline; they are extended one by one.

    Invalid `null_not_allowed`, `exam_window_invalid`, `exam_thresholds_invalid`;
    Conflict `exam_status_order`, `exam_has_open_sessions`.
    """
    changes = await settings_of(wanted.model_dump(exclude_unset=True))
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    always = (await institution(db)).minors and not exam.practice
    await _check_status(db, exam, changes.get("status", exam.status))
    shown_before = exam.status in SITTABLE
    weights, thresholds = exam.weights, (exam.warning_threshold, exam.critical_threshold)
    for name, value in changes.items():
        setattr(exam, name, value)
    lock_down(exam, changes)
    protect_minors(exam, changes, always=always)
    if exam.end_time <= exam.start_time:
        raise Invalid("exam_window_invalid")
    if exam.critical_threshold > exam.warning_threshold:
        raise Invalid("exam_thresholds_invalid")
    await db.flush()
    if (exam.weights, (exam.warning_threshold, exam.critical_threshold)) != (weights, thresholds):
        await rescore_exam(db, exam, old=thresholds)
    if exam.status in SITTABLE and not shown_before:
        await tell_of_publication(db, exam)
    audit.note(db, who, "exam.update", f"exam:{exam.id}", fields=",".join(sorted(changes)))
    changed = ExamChanged(exam.id, exam.title, ExamStatus(exam.status), exam.start_time, exam.end_time)
    announce(db, exam_topic(exam.id), changed)
    return exam


async def publish_exam(db: AsyncSession, who: User, exam_id: int) -> Exam:
    """Show the exam to its students; publishing twice is the same as once."""
    return await update_exam(db, who, exam_id, ExamUpdate(status=ExamStatus.PUBLISHED))


async def delete_exam(db: AsyncSession, who: User, exam_id: int, notary: Notary) -> Erased:
    """Remove the exam and all rows about it; Conflict `exam_has_open_sessions` while somebody sits it.

    Forbidden `second_person_needed` where people have given verdicts or decisions: neither they nor the exam's own
    teacher can remove what these rest on (T17).

    The sittings are erased; what goes once this is committed is returned, for `finish_erasure`.
    """
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    await _refuse_while_sat(db, exam)
    reviewers = await reviewers_of(db, exam.id)
    if reviewers and who.id in (exam.creator_id, *reviewers):
        raise Forbidden("second_person_needed")
    names = await names_of_exam(db, exam.id)
    sat = list(await db.scalars(select(ExamSession.id).where(ExamSession.exam_id == exam.id)))
    audit.note(db, who, "exam.delete", f"exam:{exam.id}", exam_sessions=len(sat))
    erased = await erase_exam_sessions(db, notary, sat)
    erased.names = names
    await db.delete(exam)
    await db.flush()
    return erased


async def _check_status(db: AsyncSession, exam: Exam, wanted: ExamStatus) -> None:
    if wanted == exam.status:
        return
    if wanted not in FOLLOWING[ExamStatus(exam.status)]:
        raise Conflict("exam_status_order", now=exam.status, to=wanted)
    if wanted in (ExamStatus.DRAFT, ExamStatus.COMPLETED, ExamStatus.CANCELLED):
        await _refuse_while_sat(db, exam)


async def _refuse_while_sat(db: AsyncSession, exam: Exam) -> None:
    if await db.scalar(select(exists().where(ExamSession.exam_id == exam.id, ExamSession.state.in_(OPEN)))):
        raise Conflict("exam_has_open_sessions")
