"""Sittings of the demonstration: made by what makes real ones, only the moments are told instead of taken."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.db.models import Answer, Consent, Exam, ExamSession, Question, SittingMessage
from app.db.session import Sessions, unit_of_work
from app.domain.browser_events import REPORTABLE
from app.domain.custody import Kind
from app.domain.exam_sessions import SessionState
from app.domain.incidents import Change
from app.domain.shelves import Shelf
from app.domain.violations import AUDIBLE, NeutralState
from app.schemas.realtime import Numbered
from app.services.client_messages import StoredMessage, understand
from app.services.custody import hold, note_down
from app.services.custody_items import item_of
from app.services.data_keys import session_key
from app.services.demo_data.camera import Seen, seen_in
from app.services.demo_data.content import PICTURE, Story, given_for
from app.services.demo_data.microphone import heard_in
from app.services.evidence import KeptPicture, keep_picture
from app.services.exam_sessions import finish
from app.services.ledger import Entry, Ledger
from app.services.outages import end_outage
from app.services.papers import drawn_parts
from app.services.sitting import Sitting, SittingKeys
from app.storage import EvidenceStore

WHILE_IT_IS_MADE = timedelta(days=1)
"""Until when a sitting of the past may run while it is made: else the sweep would end it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where sittings are kept, and what closes the ended ones."""

    sessions: Sessions
    store: EvidenceStore
    settle: Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Plan:
    """One sitting. `goes_on`: its student has lost the line a moment ago, and it is not over."""

    exam_id: int
    student_id: int
    place: int
    begins: datetime
    story: Story
    questions: Sequence[Mapping[str, Any]]
    """As content.json has them, in the exam's order."""
    goes_on: bool = False


async def make_sitting(where: Place, plan: Plan) -> int:
    """From the first picture to the settled score; returns its number."""
    async with unit_of_work(where.sessions) as db:
        taken = await _begun(db, plan)
        sitting = Sitting.of(taken, None)
        record, pictures = (
            await session_key(db, taken.id, Shelf.RECORD),
            await session_key(db, taken.id, Shelf.PICTURES),
        )
        sitting.keys = SittingKeys(pictures, record)
        asked = await _asked(db, taken)
        await _lose_line(db, taken.id, plan)
        await db.refresh(taken)
    seen = await asyncio.to_thread(seen_in, plan.story.happenings, plan.story.seconds, sitting.rules)
    said = messages_of(plan, asked)
    kept = {change.key: await _pictures(where.store, sitting, change) for change in seen.changes}
    ledger = Ledger(sitting, taken, {}, where.sessions)
    away = now() - timedelta(seconds=20) if plan.goes_on else None
    sound = heard_in(plan.story.happenings, plan.story.seconds)
    await ledger.store(Entry(_state(seen), seen.changes, kept, said, away_since=away, sound=sound))
    async with unit_of_work(where.sessions) as db:
        await _moments(db, taken.id, said, plan)
        if not plan.goes_on:
            await _end(db, taken.id, plan)
    if not plan.goes_on:
        await where.settle(taken.id)
    return taken.id


async def make_waiting(db: AsyncSession, plan: Plan, *, words: str) -> None:
    """Somebody at the door who asks for help: a sitting whose clock does not run yet."""
    taken = ExamSession(
        exam_id=plan.exam_id, student_id=plan.student_id, start_time=plan.begins, held=True, hand_raised=True, unread=1
    )
    taken.ends_at = await _window_of(db, plan.exam_id)
    taken.consent_ids = [await _consent(db, plan)]
    db.add(taken)
    await db.flush()
    said = SittingMessage(exam_session_id=taken.id, author_id=plan.student_id, by_student=True, text=words)
    db.add(said)


def messages_of(plan: Plan, question_ids: Sequence[int]) -> list[StoredMessage]:
    """What the student's client sends, in the order of time."""
    told = sorted(_told(plan, question_ids), key=lambda one: one[0])
    found = []
    for seq, (at, kind, fields) in enumerate(told, 1):
        moment = plan.begins + timedelta(seconds=at)
        numbered = {"seq": seq, "type": kind, "t": moment.timestamp() * 1000, **fields}
        found.append(replace(understand(Numbered.model_validate(numbered)), received_at=moment))
    return found


def _told(plan: Plan, question_ids: Sequence[int]) -> Iterator[tuple[float, str, dict[str, Any]]]:
    step = 0.9 * plan.story.seconds / max(1, len(question_ids))
    for place, (key, question) in enumerate(zip(question_ids, plan.questions, strict=True)):
        yield place * step + 5, "status", {"opened": {"question_id": key}}
        given = given_for(question, plan.story.good, plan.place + place)
        if given is not None:
            value = {"question_id": key, "value": question["given"][given], "client_seq": place + 1}
            yield (place + 0.8) * step, "answer", value
    for one in plan.story.happenings:
        if one.observation is not None and one.observation.kind in REPORTABLE:
            event = {"kind": one.observation.kind.value}
            if one.begins == one.ends:
                yield one.begins, "event", event
            else:
                yield one.begins, "event", event | {"phase": "begin"}
                yield one.ends, "event", event | {"phase": "end"}
    if plan.story.says is not None:
        yield plan.story.says[1], "chat", {"text": plan.story.says[0]}


async def _begun(db: AsyncSession, plan: Plan) -> ExamSession:
    taken = ExamSession(
        exam_id=plan.exam_id,
        student_id=plan.student_id,
        state=SessionState.ACTIVE,
        start_time=plan.begins,
        begun_at=plan.begins,
        ends_at=await _window_of(db, plan.exam_id) if plan.goes_on else now() + WHILE_IT_IS_MADE,
        held=True,
    )
    taken.consent_ids = [await _consent(db, plan)]
    db.add(taken)
    await db.flush()
    return await _loaded(db, taken.id)


async def _consent(db: AsyncSession, plan: Plan) -> int:
    consent = Consent(
        exam_id=plan.exam_id, student_id=plan.student_id, version="demonstration", camera=True, sound=True,
        screen=False, identity=True,
    )  # fmt: skip
    db.add(consent)
    await db.flush()
    return consent.id


async def _asked(db: AsyncSession, taken: ExamSession) -> list[int]:
    """Draws the paper; the questions' numbers in the exam's order."""
    await drawn_parts(db, taken)
    query = select(Question.id).where(Question.exam_id == taken.exam_id).order_by(Question.position, Question.id)
    return list(await db.scalars(query))


async def _pictures(store: EvidenceStore, sitting: Sitting, change: Change) -> list[KeptPicture]:
    """The drawing, for what a camera would have shown."""
    if change.kind in REPORTABLE or change.kind in AUDIBLE or sitting.keys is None:
        return []
    at = sitting.began + timedelta(seconds=change.started_at + 1)
    kept = await keep_picture(
        store, sitting.keys.pictures, exam_session_id=sitting.id, role="best", captured_at=at, body=PICTURE
    )
    return [kept] if kept else []


def _state(seen: Seen) -> dict[str, Any]:
    return {"coverage": seen.coverage, "analysis": seen.analysis, "question": 1}


async def _moments(db: AsyncSession, exam_session_id: int, said: Sequence[StoredMessage], plan: Plan) -> None:
    """Answers and words carry the moment that is told, not the one in which they were written; staff reply to words."""
    at = {one.seq: one.received_at for one in said}
    for row in await db.scalars(select(Answer).where(Answer.exam_session_id == exam_session_id)):
        row.saved_at = at[row.seq]
    mine = SittingMessage.exam_session_id == exam_session_id
    for word in await db.scalars(select(SittingMessage).where(mine)):
        word.created_at = at[word.seq or 1]
        if plan.story.reply:
            word.read_at = word.created_at + timedelta(seconds=30)
    if plan.story.reply and plan.story.says is not None:
        replied = plan.begins + timedelta(seconds=plan.story.says[1] + 45)
        words = SittingMessage(exam_session_id=exam_session_id, by_student=False, text=plan.story.reply)
        words.created_at, words.read_at = replied, replied + timedelta(seconds=10)
        db.add(words)
        held = await hold(db, exam_session_id)
        await db.flush()
        await note_down(db, held, item_of(Kind.TEXT, words))
        await db.execute(update(ExamSession).where(ExamSession.id == exam_session_id).values(unread=0))


async def _lose_line(db: AsyncSession, exam_session_id: int, plan: Plan) -> None:
    for one in plan.story.happenings:
        if one.observation is None and one.state is NeutralState.LINK_LOST:
            since, until = plan.begins + timedelta(seconds=one.begins), plan.begins + timedelta(seconds=one.ends)
            await end_outage(db, exam_session_id, until, (), silent_since=since)


async def _end(db: AsyncSession, exam_session_id: int, plan: Plan) -> None:
    taken = await _loaded(db, exam_session_id, lock=True)
    minutes = timedelta(minutes=taken.exam.duration_minutes, seconds=taken.credited_seconds)
    taken.ends_at = min(taken.exam.end_time, plan.begins + minutes)
    at = plan.begins + timedelta(seconds=plan.story.seconds)
    await finish(db, taken, SessionState.SUBMITTED, at=min(at, taken.ends_at))


async def _window_of(db: AsyncSession, exam_id: int) -> datetime:
    return (await db.get_one(Exam, exam_id)).end_time


async def _loaded(db: AsyncSession, exam_session_id: int, *, lock: bool = False) -> ExamSession:
    query = select(ExamSession).options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
    query = query.where(ExamSession.id == exam_session_id).execution_options(populate_existing=True)
    if lock:
        query = query.with_for_update(of=ExamSession)
    return (await db.scalars(query)).one()
