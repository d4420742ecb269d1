"""What students agree to before an exam; a way to object, which staff then decide about."""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Forbidden, Missing
from app.db.models import Consent, ExamSession, User
from app.domain.custody import Kind
from app.domain.exam_sessions import OPEN
from app.domain.roles import Role
from app.schemas.consents import ConsentWrite
from app.services.access import access_exam_as_staff, access_exam_of_mine
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.custody_items import item_of


async def consent_of(db: AsyncSession, *, exam_id: int, student_id: int) -> Consent | None:
    """A student's newest answer, if there is one."""
    found: Consent | None = await db.scalar(
        select(Consent)
        .where(Consent.exam_id == exam_id, Consent.student_id == student_id)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return found


def given_before(exam_id: int, student_id: int) -> ScalarSelect[list[int]]:
    """For the row of a new sitting: the student's newest answer, if there is one."""
    mine = select(Consent.id).where(Consent.exam_id == exam_id, Consent.student_id == student_id)
    newest = mine.order_by(Consent.id.desc()).limit(1).subquery()
    return select(func.coalesce(func.jsonb_agg(newest.c.id), func.jsonb_build_array())).scalar_subquery()


async def hold_to_consent(db: AsyncSession, taken: ExamSession, consent: Consent) -> None:
    """From now on the sitting stands under this answer, and its chain says so. The caller holds the row."""
    held = await hold(db, taken.id)
    taken.consent_ids = [*taken.consent_ids, consent.id]
    await db.flush()
    await note_down(db, held, item_of(Kind.CONSENT, consent))


async def own_consent(db: AsyncSession, who: User, exam_id: int) -> Consent:
    """One's own newest answer; Missing where there is none."""
    exam = await access_exam_of_mine(db, who, exam_id)
    found = await consent_of(db, exam_id=exam.id, student_id=who.id)
    if found is None:
        raise Missing
    return found


async def give_consent(db: AsyncSession, who: User, exam_id: int, wanted: ConsentWrite) -> Consent:
    """Answer the rules of an exam; earlier answers stay as history."""
    exam = await access_exam_of_mine(db, who, exam_id)
    if who.role != Role.STUDENT:
        raise Forbidden("only_students_sit")
    mine = (ExamSession.exam_id == exam.id, ExamSession.student_id == who.id, ExamSession.state.in_(OPEN))
    open_one: ExamSession | None = await db.scalar(select(ExamSession).where(*mine).with_for_update())
    consent = Consent(exam_id=exam.id, student_id=who.id, **wanted.model_dump())
    db.add(consent)
    await db.flush()
    if open_one is not None:
        await hold_to_consent(db, open_one, consent)
    note(db, who, "consent.give", f"exam:{exam.id}", version=wanted.version, objects=bool(wanted.objection))
    return consent


async def consents_of(db: AsyncSession, who: User, exam_id: int) -> Sequence[Consent]:
    """For the exam's staff: the newest answer of each student, those who object first."""
    exam = await access_exam_as_staff(db, who, exam_id)
    newest = select(func.max(Consent.id)).where(Consent.exam_id == exam.id).group_by(Consent.student_id)
    rows = (await db.scalars(select(Consent).where(Consent.id.in_(newest)))).all()
    return sorted(rows, key=lambda row: (not row.objection, row.student_id))
