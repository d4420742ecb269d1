"""Answers: stored with the numbered message that brings them, before it is acknowledged; the newest wins (I4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Answer, ClientMessage, ExamSession, Paper, Question, QuestionFlag
from app.db.session import announce
from app.domain.questions import AnswerInvalid, QuestionType, check_answer
from app.schemas.papers import AnswerRead
from app.schemas.realtime import Problem, exam_session_topic
from app.services.answer_files import known_answer_files

LARGEST_COUNT = 2**63 - 1
LARGEST_ID = 2**31 - 1


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
    db: AsyncSession, exam_session_id: int, messages: Mapping[int, Mapping[str, Any]], *, late: bool = False
) -> dict[int, str]:
    """Store the answers in new `answer` messages (seq → payload), where they fit their question.

    The others stay as messages that are marked as refused, and the student is told. In an exam without questions
    nothing is an answer: they are asked elsewhere, and the messages alone are kept. Within the caller's transaction,
    which holds the exam session's row: of two writers the second sees the first. Returns seq → why it was refused.
    """
    if not messages:
        return {}
    # A client that was given no paper may still bring answers: whatever the exam asks is a question to it.
    drawn = await _drawn(db, exam_session_id) or await _asked(db, exam_session_id)
    if not drawn:
        return {}
    given = {seq: answer_in(seq, payload) for seq, payload in messages.items()}
    questions = await _questions(db, drawn & {one.question_id for one in given.values() if one})
    files = await known_answer_files(db, exam_session_id, files_named(given.values()))
    newest: dict[int, GivenAnswer] = {}
    refusals: dict[int, str] = {}
    for seq, one in given.items():
        refused = "answer_invalid" if one is None else _refusal(questions.get(one.question_id), one.value, files)
        if refused is not None:
            refusals[seq] = refused
            await _refuse(db, exam_session_id, seq, refused)
        elif one is not None:
            known = newest.setdefault(one.question_id, one)
            newest[one.question_id] = max(known, one, key=lambda answer: answer.client_seq)
    if newest:
        await _upsert(db, exam_session_id, newest.values(), late=late)
    return refusals


async def _upsert(db: AsyncSession, exam_session_id: int, given: Any, *, late: bool) -> None:
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
    rows = [
        {
            "exam_session_id": exam_session_id,
            "question_id": one.question_id,
            "value": one.value,
            "client_seq": one.client_seq,
            "seq": one.seq,
            "saved_at": at,
            "late": late,
        }
        for one in given
    ]
    await db.execute(statement, rows)


def _refusal(question: tuple[str, dict[str, Any]] | None, value: Any, files: set[int]) -> str | None:
    """`files`: those of this sitting among the files that are named."""
    if question is None:
        return "unknown_question"
    try:
        check_answer(QuestionType(question[0]), question[1], value)
    except AnswerInvalid:
        return "answer_invalid"
    is_files = question[0] == QuestionType.FILE_UPLOAD and value is not None
    return "answer_invalid" if is_files and not files.issuperset(value) else None


def files_named(given: Iterable[GivenAnswer | None]) -> set[int]:
    """Numbers in the answers that could be files."""
    lists = [one.value for one in given if one is not None and isinstance(one.value, list)]
    return {found for values in lists for found in values if _whole(found) is not None and found <= LARGEST_ID}


async def _refuse(db: AsyncSession, exam_session_id: int, seq: int, code: str) -> None:
    mine = (ClientMessage.exam_session_id == exam_session_id, ClientMessage.seq == seq)
    await db.execute(update(ClientMessage).where(*mine).values(refused=code))
    announce(db, exam_session_topic(exam_session_id), Problem(code=code, params={"seq": seq}))


async def _drawn(db: AsyncSession, exam_session_id: int) -> set[int]:
    """The questions on this sitting's paper."""
    parts = await db.scalar(select(Paper.parts).where(Paper.exam_session_id == exam_session_id))
    return {one["id"] for part in parts or [] for one in part["questions"]}


async def _asked(db: AsyncSession, exam_session_id: int) -> set[int]:
    """All questions of this sitting's exam."""
    exam = select(ExamSession.exam_id).where(ExamSession.id == exam_session_id).scalar_subquery()
    return set(await db.scalars(select(Question.id).where(Question.exam_id == exam)))


async def _questions(db: AsyncSession, wanted: set[int]) -> dict[int, tuple[str, dict[str, Any]]]:
    """Type and body of each."""
    rows = await db.execute(select(Question.id, Question.type, Question.body).where(Question.id.in_(wanted)))
    return {row.id: (row.type, row.body) for row in rows}


async def record_flags(db: AsyncSession, exam_session_id: int, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Set and take back flags in new `status` messages, in the order they came; only of questions on the paper."""
    given = [found for payload in payloads if (found := flag_in(payload))]
    if not given:
        return
    known = await _drawn(db, exam_session_id)
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
