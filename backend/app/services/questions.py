"""Questions and sections of an exam: made, changed, put in order and removed by those who run it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Invalid
from app.db.models import Exam, Paper, Question, Section, User
from app.schemas.questions import MOST_QUESTIONS, OrderWrite, QuestionWrite, SectionWrite, plain
from app.services import audit
from app.services.access import access_exam_as_staff, access_question, access_section
from app.services.question_pictures import check_pictures, pictures_in

CONTENT = ("type", "text", "points", "negative_points", "body", "key")
"""What makes two questions the same question."""


async def list_questions(db: AsyncSession, who: User, exam_id: int) -> Sequence[Question]:
    """All questions of an exam, in their order."""
    exam = await access_exam_as_staff(db, who, exam_id)
    return await questions_of(db, exam.id)


async def questions_of(db: AsyncSession, exam_id: int) -> Sequence[Question]:
    """All questions of an exam, in their order."""
    query = select(Question).where(Question.exam_id == exam_id).order_by(Question.position, Question.id)
    return (await db.scalars(query)).all()


async def add_question(db: AsyncSession, who: User, exam_id: int, wanted: QuestionWrite) -> Question:
    """A new question, last unless a position is given. Invalid `section_unknown`, Conflict `too_many_questions`."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    await _check_section(db, exam.id, wanted.section_id)
    await check_pictures(db, who, [wanted])
    question = Question(exam_id=exam.id, owner_id=who.id, position=await _place(db, exam, wanted.position))
    write(question, wanted)
    db.add(question)
    await db.flush()
    audit.note(db, who, "question.create", f"question:{question.id}", exam_id=exam.id)
    return question


async def read_question(db: AsyncSession, who: User, question_id: int) -> Question:
    """One question, key included."""
    return await access_question(db, who, question_id)


async def update_question(db: AsyncSession, who: User, question_id: int, wanted: QuestionWrite) -> Question:
    """Replace a question. Once it is on somebody's paper its type and the ids in its body stay, or answers would
    point nowhere: Conflict `question_in_use`. Texts, points and key may be mended; marks are then made again."""
    question = await access_question(db, who, question_id, lock=True)
    if question.exam_id is not None:
        await _check_section(db, question.exam_id, wanted.section_id)
    elif wanted.section_id is not None:
        raise Invalid("section_unknown")
    if await in_use(db, question) and _shape(question.type, question.body) != _shape(wanted.type, plain(wanted.body)):
        raise Conflict("question_in_use")
    if pictures_in(plain(wanted)) - pictures_in({"text": question.text, "body": question.body}):
        await check_pictures(db, who, [wanted])
    write(question, wanted)
    if wanted.position is not None:
        question.position = wanted.position
    await db.flush()
    audit.note(db, who, "question.update", f"question:{question.id}", exam_id=question.exam_id)
    return question


async def remove_question(db: AsyncSession, who: User, question_id: int) -> None:
    """Conflict `question_in_use` once it is on somebody's paper."""
    question = await access_question(db, who, question_id, lock=True)
    if await in_use(db, question):
        raise Conflict("question_in_use")
    audit.note(db, who, "question.delete", f"question:{question.id}", exam_id=question.exam_id)
    await db.delete(question)
    await db.flush()


async def reorder(db: AsyncSession, who: User, exam_id: int, wanted: OrderWrite) -> Sequence[Question]:
    """Give the named questions, in this order, the places they have together, and move them into the section."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    await _check_section(db, exam.id, wanted.section_id)
    rows = await questions_of(db, exam.id)
    by_id = {row.id: row for row in rows}
    if len(set(wanted.ids)) != len(wanted.ids) or not by_id.keys() >= set(wanted.ids):
        raise Invalid("question_unknown")
    named = iter(wanted.ids)
    chosen = set(wanted.ids)
    for place, row in enumerate(rows):
        moved = by_id[next(named)] if row.id in chosen else row
        moved.position = place
        if moved.id in chosen:
            moved.section_id = wanted.section_id
    await db.flush()
    audit.note(db, who, "question.reorder", f"exam:{exam.id}")
    return await questions_of(db, exam.id)


async def list_sections(db: AsyncSession, who: User, exam_id: int) -> Sequence[Section]:
    """The parts of an exam, in their order."""
    exam = await access_exam_as_staff(db, who, exam_id)
    return await sections_of(db, exam.id)


async def sections_of(db: AsyncSession, exam_id: int) -> Sequence[Section]:
    """The parts of an exam, in their order."""
    query = select(Section).where(Section.exam_id == exam_id).order_by(Section.position, Section.id)
    return (await db.scalars(query)).all()


async def add_section(db: AsyncSession, who: User, exam_id: int, wanted: SectionWrite) -> Section:
    """A new part, last unless a position is given."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    last = await db.scalar(select(func.max(Section.position)).where(Section.exam_id == exam.id))
    section = Section(exam_id=exam.id, position=0 if last is None else last + 1)
    write_section(section, wanted)
    db.add(section)
    await db.flush()
    audit.note(db, who, "section.create", f"section:{section.id}", exam_id=exam.id)
    return section


async def update_section(db: AsyncSession, who: User, section_id: int, wanted: SectionWrite) -> Section:
    """Replace a part's settings; papers that are drawn stay as they are."""
    section = await access_section(db, who, section_id)
    write_section(section, wanted)
    await db.flush()
    audit.note(db, who, "section.update", f"section:{section.id}", exam_id=section.exam_id)
    return section


async def remove_section(db: AsyncSession, who: User, section_id: int) -> None:
    """Its questions stay, in no section."""
    section = await access_section(db, who, section_id)
    audit.note(db, who, "section.delete", f"section:{section.id}", exam_id=section.exam_id)
    await db.delete(section)
    await db.flush()


def write(question: Question, wanted: QuestionWrite) -> None:
    """Everything but the place."""
    question.type = wanted.type
    question.text = plain(wanted.text)
    question.explanation = plain(wanted.explanation)
    question.section_id = wanted.section_id
    question.points, question.negative_points = wanted.points, wanted.negative_points
    question.seconds = wanted.seconds
    question.tags = list(dict.fromkeys(wanted.tags))
    question.body, question.key = plain(wanted.body), plain(wanted.key)
    question.rubric = [plain(line) for line in wanted.rubric]
    question.fingerprint = fingerprint({name: getattr(question, name) for name in CONTENT})


def fingerprint(content: dict[str, Any]) -> str:
    """Equal for the same content, however it was written."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


async def in_use(db: AsyncSession, question: Question) -> bool:
    """Whether the question is on somebody's paper."""
    on_paper = Paper.parts.contains([{"questions": [{"id": question.id}]}])
    return bool(await db.scalar(select(exists().where(on_paper))))


def _shape(kind: str, body: dict[str, Any]) -> tuple[str, dict[str, list[str]]]:
    """The type and every id an answer can name."""
    lists = ("options", "items", "targets", "blanks")
    return str(kind), {name: sorted(one["id"] for one in body[name]) for name in lists if body.get(name)}


async def _check_section(db: AsyncSession, exam_id: int, section_id: int | None) -> None:
    if section_id is None:
        return
    if await db.scalar(select(Section.id).where(Section.id == section_id, Section.exam_id == exam_id)) is None:
        raise Invalid("section_unknown")


async def _place(db: AsyncSession, exam: Exam, wanted: int | None) -> int:
    mine = Question.exam_id == exam.id
    count, last = (await db.execute(select(func.count(), func.max(Question.position)).where(mine))).one()
    if count >= MOST_QUESTIONS:
        raise Conflict("too_many_questions", most=MOST_QUESTIONS)
    if wanted is not None:
        return wanted
    return 0 if last is None else last + 1


def write_section(section: Section, wanted: SectionWrite) -> None:
    """Everything; the position only where one is given."""
    section.title, section.instructions = plain(wanted.title), plain(wanted.instructions)
    section.pool, section.seconds, section.navigation = wanted.pool, wanted.seconds, wanted.navigation
    if wanted.position is not None:
        section.position = wanted.position
