"""Notifications that people write: to some, to an exam's students, to a role, to everybody."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select

from app.core.errors import Forbidden, Invalid, Missing
from app.core.i18n import text
from app.db.models import Exam, ExamEnrolment, ExamSession, User
from app.domain.notifications import TEMPLATES, NotificationType, Priority
from app.domain.roles import Language, Role
from app.schemas.notifications import BroadcastRequest, SendRequest, TemplateRead
from app.services import audit
from app.services.access import access_exam_as_staff, staffed_exams
from app.services.notifications import CATALOGUE, Wording, raise_notifications


async def send(db: AsyncSession, who: User, wanted: SendRequest) -> int:
    """Tell some people; Missing where one of them is nobody that `who` may write to."""
    if wanted.exam_id is not None:
        await access_exam_as_staff(db, who, wanted.exam_id)
    readers = set(wanted.user_ids)
    reached = set(await db.scalars(_reachable(who).where(User.id.in_(readers))))
    if reached != readers:
        raise Missing
    return await _tell(db, who, readers, wanted, "notification.send")


async def broadcast(db: AsyncSession, who: User, wanted: BroadcastRequest) -> int:
    """Tell many. Teachers only the students of an exam of theirs: Forbidden `broadcast_needs_exam`."""
    if wanted.exam_id is not None:
        exam = await access_exam_as_staff(db, who, wanted.exam_id)
        query = _students_of(select(Exam.id).where(Exam.id == exam.id))
    elif who.role == Role.ADMIN:
        query = select(User.id).where(User.is_active)
    else:
        raise Forbidden("broadcast_needs_exam")
    if wanted.role is not None:
        query = query.where(User.role == wanted.role)
    return await _tell(db, who, set(await db.scalars(query)), wanted, "notification.broadcast")


def templates(language: Language) -> list[TemplateRead]:
    """The texts people may send by name; the places to fill stay in braces."""
    return [
        TemplateRead(
            name=name,
            type=one.type,
            priority=one.priority,
            title=text(CATALOGUE, f"{name}.title", language),
            message=text(CATALOGUE, f"{name}.message", language),
            params=list(one.params),
        )
        for name, one in TEMPLATES.items()
        if one.sendable
    ]


def _reachable(who: User) -> Select[int]:
    """Ids of those somebody may write to."""
    if who.role == Role.ADMIN:
        return select(User.id)
    return _students_of(staffed_exams(who).with_only_columns(Exam.id))


def _students_of(exams: Select[int]) -> Select[int]:
    """Ids of active students who are on the lists of these exams or have sat them."""
    listed = select(ExamEnrolment.student_id).where(ExamEnrolment.exam_id.in_(exams))
    sat = select(ExamSession.student_id).where(ExamSession.exam_id.in_(exams))
    return select(User.id).where(User.is_active, or_(User.id.in_(listed), User.id.in_(sat)))


async def _tell(
    db: AsyncSession, who: User, readers: set[int], wanted: SendRequest | BroadcastRequest, action: str
) -> int:
    wording = await _wording(db, wanted)
    told = await raise_notifications(db, readers, wording, exam_id=wanted.exam_id, sender_id=who.id)
    subject = f"exam:{wanted.exam_id}" if wanted.exam_id else "installation"
    audit.note(db, who, action, subject, readers=told, template=wording.template)
    return told


async def _wording(db: AsyncSession, wanted: SendRequest | BroadcastRequest) -> Wording:
    """Invalid `template_unknown`, `template_incomplete` (with the name that is missing)."""
    if wanted.template is None:
        return Wording(
            wanted.type or NotificationType.MESSAGE,
            wanted.priority or Priority.NORMAL,
            title=wanted.title or "",
            message=wanted.message or "",
        )
    known = TEMPLATES.get(wanted.template)
    if known is None or not known.sendable:
        raise Invalid("template_unknown")
    params = {name: wanted.params[name] for name in known.params if name in wanted.params}
    if "exam" in known.params and "exam" not in params and wanted.exam_id is not None:
        params["exam"] = str(await db.scalar(select(Exam.title).where(Exam.id == wanted.exam_id)))
    for name in known.params:
        if name not in params:
            raise Invalid("template_incomplete", name=name)
    return Wording(wanted.type or known.type, wanted.priority or known.priority, wanted.template, params)
