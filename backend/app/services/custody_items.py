"""What of a sitting its chain stands for, read from the rows: the same when a link is made and when it is verified."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import (
    Answer,
    AuditEntry,
    ClientMessage,
    Consent,
    Document,
    Evidence,
    Exam,
    ExamSession,
    GivenDecision,
    GivenVerdict,
    Outage,
    SittingMessage,
    StaffNote,
    StudentComment,
    UploadedFile,
    Violation,
)
from app.domain.custody import Item, Kind, ranges

VIOLATION = (
    "key",
    "kind",
    "severity",
    "started_at",
    "ended_at",
    "seconds",
    "count",
    "confidence",
    "measured",
    "threshold",
)
EVIDENCE = ("violation_id", "role", "captured_at", "sha256", "size")
DOCUMENT = ("kind", "created_at", "sha256", "size")
FILE = ("purpose", "owner_id", "name", "media_type", "created_at", "sha256", "size")
OUTAGE = ("started_at", "ended_at", "cause", "paused_seconds", "credited_seconds")
VERDICT = (
    "violation_id", "reviewer_id", "verdict", "kind", "reason", "undoes", "in_bulk", "stage", "trust_before",
    "trust_after", "created_at",
)  # fmt: skip
DECISION = ("reviewer_id", "decision", "text", "note", "stage", "trust", "measured_trust", "coverage", "created_at")
COMMENT = ("violation_id", "decision_id", "text", "created_at")
NOTE = ("author_id", "text", "created_at")
TEXT = ("author_id", "text", "warning", "created_at", "read_at")
CONSENT = (
    "exam_id", "student_id", "version", "shown", "camera", "sound", "screen", "identity", "objection", "created_at",
)  # fmt: skip
DEED = ("actor_id", "action", "detail", "created_at")
FLAG = ("flagged_at", "flag_reason")
DEEDS = frozenset(
    f"exam_session.{deed}"
    for deed in (
        "admit", "pause", "resume", "extend", "terminate", "terminate_undone", "terminated", "flag", "room_view",
        "challenge", "challenge_done",
    )
)  # fmt: skip
"""Actions of the audit log that the student is told of, or that cost or give time (services/deeds.py)."""
MARK = ("question_id", "client_seq", "points", "comment", "internal_note", "rubric", "marked_by", "marked_at")
MESSAGE = ("seq", "type", "payload", "client_time", "received_at", "refused", "late")
CLOSED = (
    "exam_id", "student_id", "attempt", "state", "start_time", "begun_at", "admitted_at", "end_time", "ends_at",
    "end_reason", "pauses", "coverage", "outage_seconds", "credited_seconds",
)  # fmt: skip
BY_KIND: dict[Kind, tuple[Any, tuple[str, ...]]] = {
    Kind.VIOLATION: (Violation, VIOLATION),
    Kind.EVIDENCE: (Evidence, EVIDENCE),
    Kind.DOCUMENT: (Document, DOCUMENT),
    Kind.FILE: (UploadedFile, FILE),
    Kind.OUTAGE: (Outage, OUTAGE),
    Kind.VERDICT: (GivenVerdict, VERDICT),
    Kind.DECISION: (GivenDecision, DECISION),
    Kind.COMMENT: (StudentComment, COMMENT),
    Kind.NOTE: (StaffNote, NOTE),
    Kind.TEXT: (SittingMessage, TEXT),
    Kind.MARK: (Answer, MARK),
}
ONLY: dict[Kind, Any] = {
    Kind.OUTAGE: Outage.ended_at.is_not(None),
    Kind.MARK: Answer.marked_at.is_not(None),
    Kind.TEXT: SittingMessage.by_student.is_(False),
}
OF_OTHER_TABLES = {Kind.CONSENT: CONSENT, Kind.DEED: DEED}
"""Rows that name no sitting in a column of their own."""


def item_of(kind: Kind, row: Any) -> Item:
    """A row, or its columns, as the chain stands for it."""
    names = BY_KIND[kind][1] if kind in BY_KIND else OF_OTHER_TABLES[kind]
    found = row._mapping if isinstance(row, Row) else {name: getattr(row, name) for name in names}
    row_id = found["id"] if isinstance(row, Row) else row.id
    return Item(kind, f"{kind}:{row_id}", {name: found[name] for name in names})


def message_items(rows: Sequence[Any], kept: Iterable[tuple[int, int]] = ()) -> list[Item]:
    """Messages in the stretches `kept` in which they were chained; what is in none of them in stretches of its own."""
    by_seq = {row.seq: {name: getattr(row, name) for name in MESSAGE} for row in rows}
    stretches = dict.fromkeys(kept)
    inside = {seq for first, last in stretches for seq in range(first, last + 1)}
    left = ranges(sorted(by_seq.keys() - inside))
    return [
        Item(
            Kind.MESSAGES,
            f"messages:{first}-{last}",
            [by_seq[seq] for seq in range(first, last + 1) if seq in by_seq],
        )
        for first, last in [*stretches, *left]
    ]


async def items_of(db: AsyncSession, exam_session_id: int, kept: Iterable[tuple[int, int]] = ()) -> list[Item]:
    """Everything that a sitting's chain stands for, as the rows have it now."""
    there = await _what_is_there(db, exam_session_id)
    items = await _messages(db, exam_session_id, kept) if Kind.MESSAGES in there else []
    for kind in BY_KIND:
        items += await _of_kind(db, exam_session_id, kind) if kind in there else []
    items += await _consents(db, exam_session_id) if Kind.CONSENT in there else []
    items += await _deeds(db, exam_session_id) if Kind.DEED in there else []
    items += await flag_item(db, exam_session_id) if Kind.FLAG in there else []
    return items + (await final_items(db, exam_session_id) if Kind.CLOSED in there else [])


async def _what_is_there(db: AsyncSession, exam_session_id: int) -> set[Kind]:
    """Of which kinds the sitting has something: few, when its chain begins with its first word."""
    of_this = ExamSession.id == exam_session_id
    asked: dict[Kind, Any] = {
        kind: exists().where(model.exam_session_id == exam_session_id) for kind, (model, _) in BY_KIND.items()
    }
    asked[Kind.MESSAGES] = exists().where(ClientMessage.exam_session_id == exam_session_id)
    asked[Kind.CONSENT] = exists().where(of_this, func.jsonb_array_length(ExamSession.consent_ids) > 0)
    asked[Kind.DEED] = exists().where(*_deeds_of(exam_session_id))
    asked[Kind.FLAG] = exists().where(of_this, ExamSession.flagged_at.is_not(None))
    asked[Kind.CLOSED] = exists().where(of_this, ExamSession.settled)
    found = (await db.execute(select(*asked.values()))).one()
    return {kind for kind, is_there in zip(asked, found, strict=True) if is_there}


async def _messages(db: AsyncSession, exam_session_id: int, kept: Iterable[tuple[int, int]]) -> list[Item]:
    columns = [getattr(ClientMessage, name) for name in MESSAGE]
    query = select(*columns).where(ClientMessage.exam_session_id == exam_session_id).order_by(ClientMessage.seq)
    return message_items((await db.execute(query)).all(), kept)


async def _of_kind(db: AsyncSession, exam_session_id: int, kind: Kind) -> list[Item]:
    """Columns alone: objects that others hold stay as they are."""
    model, names = BY_KIND[kind]
    query = select(model.id, *[getattr(model, name) for name in names]).order_by(model.id)
    query = query.where(model.exam_session_id == exam_session_id)
    rows = await db.execute(query.where(ONLY[kind]) if kind in ONLY else query)
    return [item_of(kind, row) for row in rows]


async def _consents(db: AsyncSession, exam_session_id: int) -> list[Item]:
    ids = select(func.jsonb_array_elements(ExamSession.consent_ids)).where(ExamSession.id == exam_session_id)
    query = select(Consent.id, *[getattr(Consent, name) for name in CONSENT]).order_by(Consent.id)
    rows = await db.execute(query.where(func.to_jsonb(Consent.id).in_(ids)))
    return [item_of(Kind.CONSENT, row) for row in rows]


async def _deeds(db: AsyncSession, exam_session_id: int) -> list[Item]:
    query = select(AuditEntry.id, *[getattr(AuditEntry, name) for name in DEED]).order_by(AuditEntry.id)
    return [item_of(Kind.DEED, row) for row in await db.execute(query.where(*_deeds_of(exam_session_id)))]


def _deeds_of(exam_session_id: int) -> tuple[ColumnElement[bool], ...]:
    return AuditEntry.subject == f"exam_session:{exam_session_id}", AuditEntry.action.in_(DEEDS)


async def flag_item(db: AsyncSession, exam_session_id: int) -> list[Item]:
    """Why a person should look at the sitting, where somebody or a rule has said so."""
    query = select(*[getattr(ExamSession, name) for name in FLAG])
    query = query.where(ExamSession.id == exam_session_id, ExamSession.flagged_at.is_not(None))
    found = (await db.execute(query)).one_or_none()
    return [] if found is None else [Item(Kind.FLAG, "flag", dict(found._mapping))]


async def final_items(db: AsyncSession, exam_session_id: int) -> list[Item]:
    """What stands once a sitting is settled; nothing before."""
    columns = [getattr(ExamSession, name) for name in CLOSED]
    query = select(ExamSession.trust, Exam.weights, *columns).join(ExamSession.exam)
    found = (await db.execute(query.where(ExamSession.id == exam_session_id, ExamSession.settled))).one_or_none()
    if found is None:
        return []
    closed = Item(Kind.CLOSED, "closed", {name: getattr(found, name) for name in CLOSED})
    score = await _score(db, exam_session_id, found.trust, found.weights)
    return [await answers_item(db, exam_session_id), score, closed]


async def answers_item(db: AsyncSession, exam_session_id: int) -> Item:
    """The newest answer to each question, as given."""
    columns = (Answer.question_id, Answer.value, Answer.client_seq, Answer.seq, Answer.saved_at, Answer.late)
    query = select(*columns).where(Answer.exam_session_id == exam_session_id).order_by(Answer.question_id)
    return Item(Kind.ANSWERS, "answers", [list(row) for row in await db.execute(query)])


async def score_now(db: AsyncSession, exam_session_id: int) -> list[Item]:
    """The score, and what of it people have decided, where the sitting is settled."""
    query = select(ExamSession.trust, Exam.weights).join(ExamSession.exam)
    found = (await db.execute(query.where(ExamSession.id == exam_session_id, ExamSession.settled))).one_or_none()
    if found is None:
        return []
    return [await _score(db, exam_session_id, found.trust, found.weights)]


async def _score(db: AsyncSession, exam_session_id: int, trust: float, weights: dict[str, float]) -> Item:
    columns = (Violation.id, Violation.verdict, Violation.reviewed_kind)
    rows = await db.execute(select(*columns).where(Violation.exam_session_id == exam_session_id).order_by(Violation.id))
    judged = [list(row) for row in rows]
    return Item(Kind.SCORE, "score", {"trust": trust, "weights": weights, "judged": judged})


async def marks_of(db: AsyncSession, exam_session_id: int) -> list[Item]:
    """What people gave for the answers."""
    return await _of_kind(db, exam_session_id, Kind.MARK)
