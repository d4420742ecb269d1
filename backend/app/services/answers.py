"""Answers: stored with the numbered message that brings them, before it is acknowledged; the newest wins (I4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Answer, ClientMessage, Exam, ExamSession, Paper, Question, QuestionFlag, Section
from app.db.session import announce
from app.domain.answer_order import Outside
from app.domain.questions import AnswerInvalid, QuestionType, check_answer
from app.schemas.papers import AnswerRead
from app.schemas.realtime import Problem, exam_session_topic
from app.services.answer_files import known_answer_files
from app.services.answer_times import Told, forward_in, made, open_questions, outside_of, places_of

LARGEST_COUNT = 2**63 - 1
LARGEST_ID = 2**31 - 1
REFUSALS = {Outside.LATE: "question_time_over", Outside.OUT_OF_ORDER: "question_left"}


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One `answer` message. `client_seq`: the client's own count, by which the newest is known."""

    seq: int
    question_id: int
    value: Any
    client_seq: int


@dataclass(frozen=True, slots=True)
class GivenFlag:
    """ "Flag for later", set or taken back."""

    question_id: int
    on: bool


def answer_in(seq: int, payload: Mapping[str, Any]) -> GivenAnswer | None:
    """The answer in a numbered message; None where it is none. Without `client_seq` the message's own number counts."""
    question_id, client_seq = _whole(payload.get("question_id")), _whole(payload.get("client_seq", seq))
    if "value" not in payload or question_id is None or client_seq is None:
        return None
    return GivenAnswer(seq, question_id, payload["value"], client_seq)


def flag_in(payload: Mapping[str, Any]) -> GivenFlag | None:
    """The flag in a `status` message, if it carries one."""
    flagged = payload.get("flagged")
    if not isinstance(flagged, dict):
        return None
    question_id, on = _whole(flagged.get("question_id")), flagged.get("on")
    return GivenFlag(question_id, on) if question_id is not None and isinstance(on, bool) else None


def _whole(value: object) -> int | None:
    """A number that can be an id or a count."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_COUNT else None


async def record_answers(
    db: AsyncSession,
    exam_session_id: int,
    messages: Mapping[int, Mapping[str, Any]],
    *,
    late: bool = False,
    told: Mapping[int, Told] | None = None,
) -> dict[int, str]:
    """Store the answers in new `answer` messages (seq → payload), where they fit their question.

    The others stay as refused messages, and the student is told. What was made after its question's time, or out of
    order, is kept beside what counts. In an exam without questions the messages alone are kept. Within the caller's
    transaction, which holds the exam session's row. `told`: when each was written. Returns seq → why it does not count.
    """
    if not messages:
        return {}
    # A client that was given no paper may still bring answers: whatever the exam asks is a question to it.
    drawn = await _drawn(db, exam_session_id) or await _asked(db, exam_session_id)
    if not drawn:
        return {}
    given = {seq: answer_in(seq, payload) for seq, payload in messages.items()}
    questions = await _questions(db, {one.question_id for one in given.values() if one}.intersection(drawn))
    files = await known_answer_files(db, exam_session_id, files_named(given.values()))
    fitting: list[GivenAnswer] = []
    refusals: dict[int, str] = {}
    for seq, one in given.items():
        refused = _refusal(one, questions, files)
        if refused is not None:
            refusals[seq] = refused
        elif one is not None:
            fitting.append(one)
    if any(questions[one.question_id].held for one in fitting):
        outside = await _put_aside(db, exam_session_id, fitting, drawn, told or {}, late=late)
        fitting = [one for one in fitting if one.seq not in outside]
        refusals |= {seq: REFUSALS[why] for seq, why in outside.items()}
    if fitting:
        await _upsert(db, exam_session_id, _newest(fitting), late=late)
    for seq, code in refusals.items():
        await _refuse(db, exam_session_id, seq, code)
    return refusals


def _newest(given: Iterable[GivenAnswer]) -> list[GivenAnswer]:
    """One for each question."""
    newest: dict[int, GivenAnswer] = {}
    for one in given:
        newest[one.question_id] = max(newest.get(one.question_id, one), one, key=lambda answer: answer.client_seq)
    return list(newest.values())


async def _put_aside(
    db: AsyncSession,
    exam_session_id: int,
    given: Sequence[GivenAnswer],
    drawn: Sequence[int],
    told: Mapping[int, Told],
    *,
    late: bool,
) -> dict[int, Outside]:
    """Keep what was made outside of its question's time or order beside what counts; seq → why."""
    at = now()
    times = await made(db, exam_session_id, {one.seq: told.get(one.seq, Told(None, at)) for one in given}, late=late)
    places = await places_of(db, drawn)
    found = await outside_of(db, exam_session_id, places, [(one.question_id, times[one.seq]) for one in given])
    whys = {one.seq: found.get((one.question_id, times[one.seq])) for one in given}
    outside = {seq: why for seq, why in whys.items() if why is not None}
    if outside:
        newest = _newest(one for one in given if one.seq in outside)
        await _put_beside(db, exam_session_id, [(one, outside[one.seq], times[one.seq]) for one in newest], late=late)
    return outside


async def _put_beside(
    db: AsyncSession, exam_session_id: int, given: Sequence[tuple[GivenAnswer, Outside, datetime]], *, late: bool
) -> None:
    """Keep what does not count by itself; where nothing counts yet, the answer is an empty one (count 0)."""
    at, statement = now(), insert(Answer)
    count = Answer.outside["client_seq"].as_integer()
    statement = statement.on_conflict_do_update(
        index_elements=[Answer.exam_session_id, Answer.question_id],
        set_={"outside": statement.excluded.outside},
        where=func.coalesce(count, -1) < statement.excluded.outside["client_seq"].as_integer(),
    )
    rows = [
        _row(exam_session_id, GivenAnswer(one.seq, one.question_id, None, 0), at, late=late)
        | {"outside": _beside(one, why, made_at, at)}
        for one, why, made_at in given
    ]
    await db.execute(statement, rows)


def _beside(one: GivenAnswer, why: Outside, made_at: datetime, at: datetime) -> dict[str, Any]:
    times = {"made_at": made_at.isoformat(), "saved_at": at.isoformat()}
    return {"value": one.value, "why": why.value, "client_seq": one.client_seq, "seq": one.seq, **times}


async def _upsert(db: AsyncSession, exam_session_id: int, given: Iterable[GivenAnswer], *, late: bool) -> None:
    at = now()
    statement = insert(Answer)
    new = statement.excluded
    values = {"value": new.value, "client_seq": new.client_seq, "seq": new.seq, "saved_at": new.saved_at}
    statement = statement.on_conflict_do_update(
        index_elements=[Answer.exam_session_id, Answer.question_id],
        # Marks are of the answer that was marked; another answer has none yet.
        set_=values | {"late": new.late, "points": None},
        where=Answer.client_seq < new.client_seq,
    )
    await db.execute(statement, [_row(exam_session_id, one, at, late=late) for one in given])


def _row(exam_session_id: int, one: GivenAnswer, at: datetime, *, late: bool) -> dict[str, Any]:
    return {
        "exam_session_id": exam_session_id,
        "question_id": one.question_id,
        "value": one.value,
        "client_seq": one.client_seq,
        "seq": one.seq,
        "saved_at": at,
        "late": late,
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as far as an answer needs it. `held`: it has a time of its own, or there is no way back to it."""

    type: QuestionType
    body: dict[str, Any]
    held: bool


def _refusal(one: GivenAnswer | None, questions: Mapping[int, _Asked], files: set[int]) -> str | None:
    """`files`: those of this sitting among the files that are named."""
    if one is None:
        return "answer_invalid"
    question = questions.get(one.question_id)
    if question is None:
        return "unknown_question"
    try:
        check_answer(question.type, question.body, one.value)
    except AnswerInvalid:
        return "answer_invalid"
    is_files = question.type == QuestionType.FILE_UPLOAD and one.value is not None
    return "answer_invalid" if is_files and not files.issuperset(one.value) else None


def files_named(given: Iterable[GivenAnswer | None]) -> set[int]:
    """Numbers in the answers that could be files."""
    lists = [one.value for one in given if one is not None and isinstance(one.value, list)]
    return {found for values in lists for found in values if _whole(found) is not None and found <= LARGEST_ID}


async def _refuse(db: AsyncSession, exam_session_id: int, seq: int, code: str) -> None:
    mine = (ClientMessage.exam_session_id == exam_session_id, ClientMessage.seq == seq)
    await db.execute(update(ClientMessage).where(*mine).values(refused=code))
    announce(db, exam_session_topic(exam_session_id), Problem(code=code, params={"seq": seq}))


async def _drawn(db: AsyncSession, exam_session_id: int) -> list[int]:
    """The questions on this sitting's paper, in its order."""
    parts = await db.scalar(select(Paper.parts).where(Paper.exam_session_id == exam_session_id))
    return [one["id"] for part in parts or [] for one in part["questions"]]


async def _asked(db: AsyncSession, exam_session_id: int) -> list[int]:
    """All questions of this sitting's exam."""
    exam = select(ExamSession.exam_id).where(ExamSession.id == exam_session_id).scalar_subquery()
    query = select(Question.id).where(Question.exam_id == exam).order_by(Question.position, Question.id)
    return list(await db.scalars(query))


async def _questions(db: AsyncSession, wanted: set[int]) -> dict[int, _Asked]:
    """Each of the wanted ones."""
    rows = await db.execute(
        select(Question.id, Question.type, Question.body, Question.seconds, Section.seconds, forward_in())
        .join(Exam, Exam.id == Question.exam_id)
        .outerjoin(Section, Section.id == Question.section_id)
        .where(Question.id.in_(wanted))
    )
    return {
        key: _Asked(QuestionType(kind), body, bool(seconds or section_seconds or forward))
        for key, kind, body, seconds, section_seconds, forward in rows
    }


async def record_openings(
    db: AsyncSession, exam_session_id: int, payloads: Mapping[int, Mapping[str, Any]], told: Mapping[int, Told]
) -> None:
    """Note which questions new `status` messages (seq → payload) say were shown for the first time."""
    found = {seq: opened_in(payload) for seq, payload in payloads.items()}
    named = {seq: key for seq, key in found.items() if key is not None}
    if not named:
        return
    known = set(await _drawn(db, exam_session_id))
    times = await made(db, exam_session_id, {seq: told[seq] for seq in named}, late=False)
    first: dict[int, datetime] = {}
    for seq, key in named.items():
        if key in known:
            first[key] = min(times[seq], first.get(key, times[seq]))
    await open_questions(db, exam_session_id, first)


def opened_in(payload: Mapping[str, Any]) -> int | None:
    """The question that a `status` message says is shown, if it carries one."""
    opened = payload.get("opened")
    return _whole(opened.get("question_id")) if isinstance(opened, dict) else None


async def record_flags(db: AsyncSession, exam_session_id: int, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Set and take back flags in new `status` messages, in the order they came; only of questions on the paper."""
    given = [found for payload in payloads if (found := flag_in(payload))]
    if not given:
        return
    known = set(await _drawn(db, exam_session_id))
    last = {one.question_id: one.on for one in given if one.question_id in known}
    on = [{"exam_session_id": exam_session_id, "question_id": key} for key, flagged in last.items() if flagged]
    off = [key for key, flagged in last.items() if not flagged]
    if on:
        await db.execute(insert(QuestionFlag).on_conflict_do_nothing(), on)
    if off:
        mine = QuestionFlag.exam_session_id == exam_session_id
        await db.execute(delete(QuestionFlag).where(mine, QuestionFlag.question_id.in_(off)))


async def answers_of(db: AsyncSession, exam_session_id: int) -> list[AnswerRead]:
    """The newest answer to each question, cleared ones too: the client must know that it cleared them."""
    rows = await db.scalars(
        select(Answer).where(Answer.exam_session_id == exam_session_id).order_by(Answer.question_id)
    )
    return [AnswerRead.model_validate(row) for row in rows]


async def flags_of(db: AsyncSession, exam_session_id: int) -> list[int]:
    """Questions flagged for later."""
    mine = QuestionFlag.exam_session_id == exam_session_id
    return list(await db.scalars(select(QuestionFlag.question_id).where(mine).order_by(QuestionFlag.question_id)))
