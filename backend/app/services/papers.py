"""A student's paper: drawn once when it is first asked for, the same ever after, on every server."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Forbidden
from app.db.models import Exam, ExamSession, Paper, Question, Section, User
from app.db.session import announce
from app.domain.answer_order import lengthened
from app.domain.exams import Navigation
from app.domain.papers import DrawnPart, DrawnQuestion, Item, Part, draw
from app.domain.questions import QuestionType
from app.schemas.papers import Opening, PaperQuestion, PaperRead, PaperSection, RoomSettings
from app.schemas.questions import QuestionBody
from app.schemas.realtime import exam_session_topic
from app.schemas.sitting_messages import DeskChanged
from app.services.access import access_exam_as_staff, access_exam_session
from app.services.answer_times import lengthening, openings_of
from app.services.answers import answers_of, flags_of
from app.services.exam_sessions import tell
from app.services.questions import questions_of, sections_of

LISTS = ("options", "items", "targets")


async def paper_of(db: AsyncSession, who: User, exam_session_id: int) -> PaperRead:
    """The paper of a sitting, with what was answered. Forbidden `not_begun` to a student whose clock does not run."""
    taken = await access_exam_session(db, who, exam_session_id)
    exam = taken.exam
    if who.id == taken.student_id and taken.begun_at is None:
        raise Forbidden("not_begun")
    parts = await drawn_parts(db, taken)
    sections = _lengthened(await shown(db, exam, parts), *await lengthening(db, taken))
    opened = await openings_of(db, taken.id)
    return PaperRead(
        exam_session_id=taken.id,
        exam_id=exam.id,
        title=exam.title,
        instructions=exam.instructions,
        server_time=now(),
        ends_at=taken.ends_at,
        state=taken.state,
        settings=RoomSettings.model_validate(exam),
        sections=sections,
        answers=await answers_of(db, taken.id),
        flags=await flags_of(db, taken.id),
        opened=[Opening(question_id=key, at=at) for key, at in opened.items()],
    )


def _lengthened(sections: list[PaperSection], minutes: int, extra: int) -> list[PaperSection]:
    """Times of its own as this student has them."""
    if not extra:
        return sections
    for part in sections:
        part.seconds = lengthened(part.seconds, minutes=minutes, extra=extra)
        for question in part.questions:
            question.seconds = lengthened(question.seconds, minutes=minutes, extra=extra)
    return sections


async def preview(db: AsyncSession, who: User, exam_id: int, *, seed: int) -> list[PaperSection]:
    """A paper as some student could get it, for those who run the exam."""
    exam = await access_exam_as_staff(db, who, exam_id)
    return await shown(db, exam, await _draw(db, exam, seed=f"preview {seed}"))


async def drawn_parts(db: AsyncSession, taken: ExamSession) -> list[DrawnPart]:
    """What was drawn for a sitting; draws where nothing was. Of two requests at once one draws, the other reads."""
    stored = await stored_parts(db, taken.id)
    if stored is not None:
        return stored
    parts = await _draw(db, taken.exam, seed=f"paper of exam session {taken.id}")
    values = [
        {"id": part.id, "questions": [{"id": one.id, "orders": one.orders} for one in part.questions]} for part in parts
    ]
    await db.execute(insert(Paper).values(exam_session_id=taken.id, parts=values).on_conflict_do_nothing())
    total = sum(len(part.questions) for part in parts)
    announce(db, exam_session_topic(taken.id), DeskChanged(changes={"total": total}))
    tell(db, taken)
    stored = await stored_parts(db, taken.id)
    return parts if stored is None else stored


async def stored_parts(db: AsyncSession, exam_session_id: int) -> list[DrawnPart] | None:
    """What was drawn, or None."""
    parts = await db.scalar(select(Paper.parts).where(Paper.exam_session_id == exam_session_id))
    if parts is None:
        return None
    return [
        DrawnPart(part["id"], [DrawnQuestion(one["id"], one["orders"]) for one in part["questions"]]) for part in parts
    ]


async def _draw(db: AsyncSession, exam: Exam, *, seed: str) -> list[DrawnPart]:
    rows = await questions_of(db, exam.id)
    sections: list[Section | None] = [None, *await sections_of(db, exam.id)]
    parts = [
        Part(
            id=section.id if section else None,
            pool=section.pool if section else None,
            items=[
                Item(row.id, QuestionType(row.type), row.body)
                for row in rows
                if row.section_id == (section.id if section else None)
            ],
        )
        for section in sections
    ]
    return draw(
        [part for part in parts if part.items],
        seed=seed,
        shuffle_questions=exam.randomize_questions,
        shuffle_options=exam.randomize_options,
    )


async def shown(db: AsyncSession, exam: Exam, parts: Sequence[DrawnPart]) -> list[PaperSection]:
    """Drawn parts with their texts, without keys; a question removed since is left out."""
    questions = {row.id: row for row in await questions_of(db, exam.id)}
    sections = {row.id: row for row in await sections_of(db, exam.id)}
    shown_parts: list[PaperSection] = []
    position = 0
    for part in parts:
        section = sections.get(part.id) if part.id is not None else None
        papers: list[PaperQuestion] = []
        for one in part.questions:
            if one.id in questions:
                position += 1
                papers.append(_question(questions[one.id], one.orders, position))
        shown_parts.append(_section(section, papers, Navigation(exam.navigation)))
    return shown_parts


def _section(section: Section | None, questions: list[PaperQuestion], navigation: Navigation) -> PaperSection:
    if section is None:
        return PaperSection(id=0, title={}, instructions={}, seconds=None, navigation=navigation, questions=questions)
    return PaperSection(
        id=section.id,
        title=section.title,
        instructions=section.instructions,
        seconds=section.seconds,
        navigation=section.navigation or navigation,
        questions=questions,
    )


def _question(row: Question, orders: Mapping[str, Sequence[str]], position: int) -> PaperQuestion:
    return PaperQuestion(
        id=row.id,
        position=position,
        type=row.type,
        text=row.text,
        points=row.points,
        negative_points=row.negative_points,
        seconds=row.seconds,
        body=QuestionBody.model_validate(in_order(row.body, orders)),
    )


def in_order(body: Mapping[str, Any], orders: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The body with its lists as drawn; what was added since stands last."""
    ordered = dict(body)
    for name in LISTS:
        places = {key: place for place, key in enumerate(orders.get(name, ()))}
        if name in ordered and places:
            ordered[name] = sorted(ordered[name], key=lambda one: places.get(one["id"], len(places)))
    return ordered
