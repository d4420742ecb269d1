"""The bank: questions that belong to no exam yet, each teacher's own; copies go into exams and out of them."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Invalid
from app.db.models import Question, User
from app.db.name_order import says
from app.domain.roles import Role
from app.schemas.questions import MOST_QUESTIONS, QuestionWrite
from app.services import audit
from app.services.access import access_exam_as_staff, access_question
from app.services.question_export import content_of
from app.services.question_pictures import check_pictures
from app.services.questions import write


async def list_bank(db: AsyncSession, who: User, *, tag: str, words: str, skip: int, limit: int) -> Sequence[Question]:
    """Newest first; `words` stand in the text, `tag` is one of the question's tags. Administrators see all banks."""
    query = select(Question).where(Question.exam_id.is_(None))
    if who.role != Role.ADMIN:
        query = query.where(Question.owner_id == who.id)
    if tag.strip():
        query = query.where(Question.tags.contains([tag.strip()]))
    if words.strip():
        query = query.where(says(words.strip(), cast(Question.text, Text)))
    return (await db.scalars(query.order_by(Question.id.desc()).offset(skip).limit(limit))).all()


async def add_to_bank(db: AsyncSession, who: User, wanted: QuestionWrite) -> Question:
    """A new question in one's own bank. Invalid `section_unknown`, `picture_unknown`."""
    if wanted.section_id is not None:
        raise Invalid("section_unknown")
    await check_pictures(db, who, [wanted])
    question = Question(owner_id=who.id)
    write(question, wanted)
    db.add(question)
    await db.flush()
    audit.note(db, who, "question.create", f"question:{question.id}", bank=True)
    return question


async def copy_to_bank(db: AsyncSession, who: User, question_id: int) -> Question:
    """A copy of a question in one's own bank; the one that is there, where it is there already."""
    found = await access_question(db, who, question_id)
    known = await db.scalar(
        select(Question)
        .where(Question.exam_id.is_(None), Question.owner_id == who.id, Question.fingerprint == found.fingerprint)
        .limit(1)
    )
    if known is not None:
        return known
    question = copy_of(found)
    question.owner_id = who.id
    db.add(question)
    await db.flush()
    audit.note(db, who, "question.to_bank", f"question:{question.id}", copy_of=found.id)
    return question


async def take_from_bank(db: AsyncSession, who: User, exam_id: int, ids: Sequence[int]) -> Sequence[Question]:
    """Copies behind the exam's questions, in the order asked for. Invalid `question_unknown`; Conflict
    `too_many_questions`."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    query = select(Question).where(Question.exam_id.is_(None), Question.id.in_(ids))
    if who.role != Role.ADMIN:
        query = query.where(Question.owner_id == who.id)
    found = {row.id: row for row in await db.scalars(query)}
    if len(set(ids)) != len(ids) or found.keys() != set(ids):
        raise Invalid("question_unknown")
    mine = Question.exam_id == exam.id
    count, last = (await db.execute(select(func.count(), func.max(Question.position)).where(mine))).one()
    if count + len(ids) > MOST_QUESTIONS:
        raise Conflict("too_many_questions", most=MOST_QUESTIONS)
    begin = 0 if last is None else last + 1
    copies = [copy_of(found[one]) for one in ids]
    for place, question in enumerate(copies):
        question.exam_id, question.owner_id, question.position = exam.id, who.id, begin + place
        db.add(question)
    await db.flush()
    audit.note(db, who, "question.from_bank", f"exam:{exam.id}", questions=len(copies))
    return copies


def copy_of(question: Question) -> Question:
    """The same question, nowhere yet."""
    return Question(**content_of(question), fingerprint=question.fingerprint)
