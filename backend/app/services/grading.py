"""Marking by people: the queue, with or without names, and a mark on one answer."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.core.errors import Invalid, Missing
from app.db.models import Answer, Exam, ExamSession, Question, User
from app.domain.custody import Item, Kind
from app.domain.questions import BY_HAND, QuestionType
from app.domain.results import Given, earned
from app.schemas.exam_sessions import StudentRead
from app.schemas.grading import GradedQuestion, GradingItem, GradingRead, GradingSummary, MarkWrite
from app.schemas.papers import OutsideAnswer
from app.services import audit
from app.services.access import access_answer, access_exam_as_staff
from app.services.custody import Held, hold, note_down
from app.services.custody_items import item_of
from app.services.questions import questions_of
from app.services.results import asked_of

GRADED = ("id", "type", "text", "points", "negative_points", "body", "key", "rubric")
EMPTY = ("null", '""', "[]", "{}")
"""Values, as JSON, that nobody need mark."""


async def queue(
    db: AsyncSession,
    who: User,
    exam_id: int,
    *,
    question_id: int | None,
    exam_session_id: int | None,
    waiting_only: bool,
    skip: int,
    limit: int,
) -> GradingRead:
    """Answers to mark, question by question. Of a sitting: all its answers, unless only those that wait are wanted."""
    exam = await access_exam_as_staff(db, who, exam_id)
    where: list[ColumnElement[bool]] = [ExamSession.exam_id == exam.id]
    if question_id is not None:
        where.append(Answer.question_id == question_id)
    if exam_session_id is not None:
        where.append(Answer.exam_session_id == exam_session_id)
    if waiting_only:
        where += _waiting()
    joined = select(Answer, ExamSession).join(ExamSession, ExamSession.id == Answer.exam_session_id)
    joined = joined.join(Question, Question.id == Answer.question_id).where(*where)
    count = await db.scalar(select(func.count()).select_from(joined.subquery()))
    # By name within a question would give names away where there are none.
    order = (Question.position, Question.id, func.md5(func.concat(Answer.exam_session_id, ":", exam.id)))
    found = await db.execute(joined.options(joinedload(ExamSession.student)).order_by(*order).offset(skip).limit(limit))
    rows = {row.id: (place, row) for place, row in enumerate(await questions_of(db, exam.id), 1)}
    items = [_item(exam, answer, taken, rows[answer.question_id][1]) for answer, taken in found]
    used = {item.question_id for item in items}
    questions = [_question(place, row) for key, (place, row) in rows.items() if key in used]
    return GradingRead(questions=questions, items=items, total=count or 0)


async def summary(db: AsyncSession, who: User, exam_id: int) -> list[GradingSummary]:
    """How far the marking of each question is."""
    exam = await access_exam_as_staff(db, who, exam_id)
    answers = await _counted(db, exam, [])
    waiting = await _counted(db, exam, _waiting())
    return [
        GradingSummary(
            question_id=row.id,
            position=place,
            type=row.type,
            text=row.text,
            by_hand=QuestionType(row.type) in BY_HAND,
            answers=answers.get(row.id, 0),
            to_mark=waiting.get(row.id, 0),
        )
        for place, row in enumerate(await questions_of(db, exam.id), 1)
    ]


async def mark(db: AsyncSession, who: User, answer_id: int, wanted: MarkWrite) -> GradingItem:
    """Give or take back a mark. Invalid `mark_out_of_range`, `rubric_unknown`."""
    held = await _held(db, answer_id)
    answer, taken, question = await access_answer(db, who, answer_id)
    if wanted.points is not None and not -question.negative_points <= wanted.points <= question.points:
        raise Invalid("mark_out_of_range", least=-question.negative_points, most=question.points)
    if not wanted.rubric.keys() <= {line["id"] for line in question.rubric}:
        raise Invalid("rubric_unknown")
    before = answer.points
    answer.points, answer.comment, answer.internal_note = wanted.points, wanted.comment, wanted.internal_note
    answer.rubric = dict(wanted.rubric)
    answer.marked_by, answer.marked_at = (who.id, now()) if wanted.points is not None else (None, None)
    await db.flush()
    item = item_of(Kind.MARK, answer)
    await note_down(db, held, item if answer.marked_at else Item(Kind.REMOVED, item.subject, None))
    detail = {"before": before, "after": wanted.points, "exam_session_id": taken.id}
    audit.note(db, who, "answer.mark", f"answer:{answer.id}", **detail)
    return _item(taken.exam, answer, taken, question)


async def _held(db: AsyncSession, answer_id: int) -> Held:
    """The sitting first: whoever writes an answer holds it too."""
    found = await db.scalar(select(Answer.exam_session_id).where(Answer.id == answer_id))
    if found is None:
        raise Missing
    return await hold(db, found)


def label_of(exam: Exam, taken: ExamSession) -> str:
    """The same for all answers of one sitting, and no name."""
    return hashlib.sha256(f"{exam.id}:{exam.created_at.isoformat()}:{taken.id}".encode()).hexdigest()[:6].upper()


def _waiting() -> list[ColumnElement[bool]]:
    """Only a person can mark it, nobody has, and there is something to mark.

    Another answer beside it, made too late or out of order, is for a person to decide too, also where the one that
    counts is marked by itself (domain/results.py: needs_a_word).
    """
    empty = cast(Answer.value, Text).in_(EMPTY)
    beside = Answer.outside["value"]
    other = and_(Answer.outside.is_not(None), beside != Answer.value, cast(beside, Text).not_in(EMPTY))
    return [Answer.points.is_(None), or_(and_(Question.type.in_(BY_HAND), ~empty), other)]


async def _counted(db: AsyncSession, exam: Exam, where: Sequence[ColumnElement[bool]]) -> Mapping[int, int]:
    rows = await db.execute(
        select(Answer.question_id, func.count())
        .join(Question, Question.id == Answer.question_id)
        .where(Question.exam_id == exam.id, *where)
        .group_by(Answer.question_id)
    )
    return {row[0]: row[1] for row in rows}


def _item(exam: Exam, answer: Answer, taken: ExamSession, question: Question) -> GradingItem:
    return GradingItem(
        answer_id=answer.id,
        question_id=question.id,
        label=label_of(exam, taken),
        student=None if exam.anonymous_grading else StudentRead.model_validate(taken.student),
        value=answer.value,
        saved_at=answer.saved_at,
        late=answer.late,
        outside=None if answer.outside is None else OutsideAnswer.model_validate(answer.outside),
        auto_points=earned(asked_of(question), Given(answer.value)).points,
        points=answer.points,
        comment=answer.comment,
        internal_note=answer.internal_note,
        rubric=answer.rubric,
        marked_at=answer.marked_at,
    )


def _question(place: int, row: Question) -> GradedQuestion:
    return GradedQuestion.model_validate({**{name: getattr(row, name) for name in GRADED}, "position": place})
