"""When questions were opened and answers made, and which answers are outside of their question's time or order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.db.models import ClientMessage, Exam, ExamSession, Outage, Question, QuestionOpening, Section
from app.domain.answer_order import Outside, Place, Stretch, lengthened, outside
from app.domain.exams import Navigation
from app.domain.late import clock_offset, made_at
from app.services.accommodations import accommodation_of

COMPARED = 100
"""Messages that came over the socket, from which the client's clock is known."""


@dataclass(frozen=True, slots=True)
class Told:
    """When a numbered message says it was written, and when it came."""

    claimed: datetime | None
    received: datetime


async def delays_of(db: AsyncSession, exam_session_id: int, *, before: int | None = None) -> list[timedelta]:
    """Arrival less claimed time of the newest messages that came while the sitting went on."""
    newest = (
        select(ClientMessage.received_at, ClientMessage.client_time)
        .where(ClientMessage.exam_session_id == exam_session_id)
        .where(ClientMessage.client_time.is_not(None), ~ClientMessage.late)
        .order_by(ClientMessage.seq.desc())
        .limit(COMPARED)
    )
    if before is not None:
        newest = newest.where(ClientMessage.seq < before)
    return [received - claimed for received, claimed in await db.execute(newest) if claimed is not None]


async def made(db: AsyncSession, exam_session_id: int, told: Mapping[int, Told], *, late: bool) -> dict[int, datetime]:
    """When each message was written, by its number; see domain/late.py for what is believed."""
    delays = await delays_of(db, exam_session_id, before=min(told))
    if not delays:  # nothing to compare with: the freshest of these came at once
        own = [one.received - one.claimed for one in told.values() if one.claimed is not None]
        delays = [min(own)] if own else []
    offset, away = clock_offset(delays), None if late else await _away(db, exam_session_id)
    return {seq: made_at(one.claimed, one.received, offset, away) for seq, one in told.items()}


async def _away(db: AsyncSession, exam_session_id: int) -> list[Stretch]:
    query = select(Outage.started_at, Outage.ended_at).where(Outage.exam_session_id == exam_session_id)
    return [(since, until or now()) for since, until in await db.execute(query)]


async def open_questions(db: AsyncSession, exam_session_id: int, opened: Mapping[int, datetime]) -> None:
    """Note when questions were first shown; the earliest counts."""
    if not opened:
        return
    statement = insert(QuestionOpening)
    statement = statement.on_conflict_do_update(
        index_elements=[QuestionOpening.exam_session_id, QuestionOpening.question_id],
        set_={"at": func.least(QuestionOpening.at, statement.excluded.at)},
    )
    rows = [{"exam_session_id": exam_session_id, "question_id": key, "at": at} for key, at in sorted(opened.items())]
    await db.execute(statement, rows)


async def openings_of(db: AsyncSession, exam_session_id: int) -> dict[int, datetime]:
    """Question → when it was first shown."""
    mine = QuestionOpening.exam_session_id == exam_session_id
    query = select(QuestionOpening.question_id, QuestionOpening.at).where(mine).order_by(QuestionOpening.question_id)
    return {row.question_id: row.at for row in await db.execute(query)}


async def places_of(db: AsyncSession, drawn: Sequence[int]) -> dict[int, Place]:
    """What holds for each question of a paper, in the paper's order."""
    query = (
        select(Question.id, Question.section_id, Question.seconds, Section.seconds, forward_in())
        .join(Exam, Exam.id == Question.exam_id)
        .outerjoin(Section, Section.id == Question.section_id)
        .where(Question.id.in_(drawn))
    )
    orders = {key: order for order, key in enumerate(drawn)}
    return {
        key: Place(orders[key], section, seconds, section_seconds, forward)
        for key, section, seconds, section_seconds, forward in await db.execute(query)
    }


def forward_in() -> ColumnElement[bool]:
    """Whether there is no way back to a question, in a query over questions, sections and exams."""
    return func.coalesce(Section.navigation, Exam.navigation) == Navigation.FORWARD


async def outside_of(
    db: AsyncSession, exam_session_id: int, places: Mapping[int, Place], given: Collection[tuple[int, datetime]]
) -> dict[tuple[int, datetime], Outside]:
    """Which answers (question, when made) do not count by themselves. An answer opens its question, if nothing did."""
    first: dict[int, datetime] = {}
    for question_id, at in given:
        first[question_id] = min(at, first.get(question_id, at))
    known = await openings_of(db, exam_session_id)
    await open_questions(db, exam_session_id, {key: at for key, at in first.items() if key not in known})
    taken = await db.scalar(
        select(ExamSession).options(joinedload(ExamSession.exam)).where(ExamSession.id == exam_session_id)
    )
    if taken is None:
        return {}
    longer = await lengthening(db, taken)
    held = {key: _longer(place, *longer) for key, place in places.items()}
    opened, pauses = first | known, pauses_of(taken)
    found = {one: outside(one[0], one[1], held, opened, pauses) for one in given}
    return {one: why for one, why in found.items() if why is not None}


def pauses_of(taken: ExamSession) -> list[Stretch]:
    """All pauses, the one that goes on as well."""
    over = [(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in taken.pauses]
    return [*over, (taken.paused_at, now())] if taken.paused_at else over


async def lengthening(db: AsyncSession, taken: ExamSession) -> tuple[int, int]:
    """The exam's minutes and the student's own beside them; `taken` with its exam loaded."""
    spared = await accommodation_of(db, exam_id=taken.exam_id, student_id=taken.student_id)
    return taken.exam.duration_minutes, spared.extra_minutes if spared else 0


def _longer(place: Place, minutes: int, extra: int) -> Place:
    seconds = lengthened(place.seconds, minutes=minutes, extra=extra)
    section_seconds = lengthened(place.section_seconds, minutes=minutes, extra=extra)
    return Place(place.order, place.section, seconds, section_seconds, place.forward)
