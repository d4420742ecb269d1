"""What an exam still needs before students see it, and what is worth a look."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Exam, ExamEnrolment, Question, Section, User
from app.domain.exams import Enrolment, QuestionLanguage
from app.schemas.question_files import Checklist, ChecklistItem
from app.services.access import access_exam_as_staff
from app.services.question_pictures import pictures_in, rows_of
from app.services.questions import questions_of, sections_of


async def checklist(db: AsyncSession, who: User, exam_id: int) -> Checklist:
    """Everything that was looked at, what is missing included."""
    exam = await access_exam_as_staff(db, who, exam_id)
    questions, sections = await questions_of(db, exam.id), await sections_of(db, exam.id)
    listed = await db.scalar(select(func.count()).where(ExamEnrolment.exam_id == exam.id)) or 0
    named: set[int] = set()
    for question in questions:
        named |= pictures_in({"text": question.text, "body": question.body, "explanation": question.explanation})
    missing = len(named) - len(await rows_of(db, who, named))
    items = [
        *_times(exam),
        _item("students", ok=exam.enrolment == Enrolment.OPEN or listed > 0, count=listed),
        _item("questions", ok=bool(questions), count=len(questions)),
        *_questions(exam, questions, sections),
        _item("pictures", ok=missing == 0, count=missing),
    ]
    return Checklist(ready=all(item.ok for item in items), items=items)


def _item(code: str, *, ok: bool, **params: float) -> ChecklistItem:
    return ChecklistItem(code=code, ok=ok, params=dict(params))


def _times(exam: Exam) -> Iterator[ChecklistItem]:
    window = exam.end_time - exam.start_time
    yield _item("window", ok=exam.end_time > now())
    yield _item("duration", ok=window >= timedelta(minutes=exam.duration_minutes), minutes=exam.duration_minutes)


def _questions(exam: Exam, questions: Sequence[Question], sections: Sequence[Section]) -> Iterator[ChecklistItem]:
    if not questions:
        return
    points = sum(question.points for question in questions)
    yield _item("points", ok=points > 0, points=round(points, 2))
    wanted = {
        QuestionLanguage.BOTH: ("en", "bn"),
        QuestionLanguage.ENGLISH: ("en",),
        QuestionLanguage.BANGLA: ("bn",),
    }[QuestionLanguage(exam.question_language)]
    untold = sum(1 for one in questions if not all((one.text.get(name) or "").strip() for name in wanted))
    yield _item("languages", ok=untold == 0, count=untold)
    held = {section.id: sum(1 for one in questions if one.section_id == section.id) for section in sections}
    empty = sum(1 for count in held.values() if count == 0)
    small = sum(1 for section in sections if section.pool is not None and 0 < held[section.id] < section.pool)
    if sections:
        yield _item("sections", ok=empty == 0, count=empty)
        yield _item("pools", ok=small == 0, count=small)
