"""An exam once more: settings, sections and questions, as a draft; nobody's list, sittings or answers."""

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import text
from app.db.models import Exam, Section, User
from app.domain.exams import ExamStatus
from app.domain.roles import Language
from app.services import audit
from app.services.access import access_exam_as_staff
from app.services.exam_settings import protect_minors
from app.services.institution import institution
from app.services.question_bank import copy_of
from app.services.questions import questions_of, sections_of

OWN = frozenset({"id", "created_at", "updated_at", "status", "results_released_at", "practice", "creator_id"})
"""What a copy does not take over."""
OF_A_SECTION = ("position", "title", "instructions", "pool", "seconds", "navigation")
LONGEST_TITLE = 200


async def duplicate_exam(db: AsyncSession, who: User, exam_id: int) -> Exam:
    """A draft of `who` with everything that was authored; the dates stay and are to be looked at."""
    found = await access_exam_as_staff(db, who, exam_id)
    names = [name for name in inspect(Exam).column_attrs.keys() if name not in OWN]  # noqa: SIM118 - no mapping
    exam = Exam(**{name: getattr(found, name) for name in names}, creator_id=who.id, status=ExamStatus.DRAFT)
    mark = text("staff", "copyOf", Language(who.preferred_language))
    exam.title = f"{found.title[: LONGEST_TITLE - len(mark) - 1]} {mark}"
    protect_minors(exam, {}, always=(await institution(db)).minors)
    db.add(exam)
    await db.flush()
    sections: dict[int | None, int | None] = {None: None}
    for row in await sections_of(db, found.id):
        section = Section(**{name: getattr(row, name) for name in OF_A_SECTION}, exam_id=exam.id)
        db.add(section)
        await db.flush()
        sections[row.id] = section.id
    for question in await questions_of(db, found.id):
        copy = copy_of(question)
        copy.exam_id, copy.owner_id, copy.position = exam.id, who.id, question.position
        copy.section_id = sections.get(question.section_id)
        db.add(copy)
    await db.flush()
    audit.note(db, who, "exam.duplicate", f"exam:{exam.id}", copy_of=found.id)
    return exam
