"""Everything about one exam session, from beginning to end, for those who decide about it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import (
    AuditEntry,
    ClientMessage,
    ExamSession,
    GivenDecision,
    GivenVerdict,
    SittingMessage,
    StaffNote,
    User,
    Violation,
)
from app.domain.coverage import Coverage
from app.domain.trust import measured_score
from app.schemas.consents import ConsentRead
from app.schemas.documents import DocumentRead
from app.schemas.realtime import BrowserEvent
from app.schemas.reviews import (
    AnswerMoment,
    CommentRead,
    DeedRead,
    EventRead,
    GivenVerdictRead,
    ReviewedViolation,
    ReviewRead,
    UnobservedRead,
)
from app.services.access import access_exam_session, access_violations
from app.services.answers import REFUSALS
from app.services.consents import consent_of
from app.services.conversation import message_read
from app.services.decisions import comments_of, decisions_read, notes_read
from app.services.documents import documents_of
from app.services.evidence_views import VIEWS
from app.services.outages import outages_of
from app.services.papers import stored_parts
from app.services.people import People, people_of
from app.services.sitting_reads import exam_session_detail
from app.services.sound_lane import sound_of
from app.services.verdicts import histories_of
from app.services.violations import describe, episode_of, exam_weights

MOST_MESSAGES = 5000
"""Browser events, and answers, of one sitting shown at most."""
MOST_DEEDS = 1000
OUTSIDE = {code: why for why, code in REFUSALS.items()}


async def review_of(db: AsyncSession, who: User, exam_session_id: int) -> ReviewRead:
    """The whole timeline of a sitting; the edge lets only staff ask."""
    taken, violations = await access_violations(db, who, exam_session_id)
    comments = await comments_of(db, taken.id)
    notes = (await db.scalars(_of(StaffNote, taken).order_by(StaffNote.id))).all()
    decisions = (await db.scalars(_of(GivenDecision, taken).order_by(GivenDecision.id))).all()
    said = (await db.scalars(_of(SittingMessage, taken).order_by(SittingMessage.id).limit(MOST_MESSAGES))).all()
    consent = await consent_of(db, exam_id=taken.exam_id, student_id=taken.student_id)
    return ReviewRead(
        session=await exam_session_detail(db, who, taken.id),
        measured_trust=round(
            measured_score([episode_of(row) for row in violations], exam_weights(taken.exam.weights)), 2
        ),
        violations=await _violations(db, taken, violations, comments),
        events=await _events(db, taken),
        answers=await _answers(db, taken),
        outages=await outages_of(db, who, taken.id),
        messages=[message_read(row) for row in said],
        consent=None if consent is None else ConsentRead.model_validate(consent),
        documents=[DocumentRead.model_validate(row) for row in await documents_of(db, who, taken.id)],
        notes=await notes_read(db, notes),
        decisions=await decisions_read(db, decisions),
        comments=[one for one in comments if one.violation_id is None],
        history=await _history(db, taken),
        unobserved=unobserved_in(taken),
        sound=await sound_of(db, taken.id),
    )


def _of(model: Any, taken: ExamSession) -> Any:
    return select(model).where(model.exam_session_id == taken.id)


async def _violations(
    db: AsyncSession, taken: ExamSession, rows: Sequence[Violation], comments: Sequence[CommentRead]
) -> list[ReviewedViolation]:
    shown = (await describe(db, {taken.id: taken.exam.weights}, rows))[taken.id]
    histories = await histories_of(db, [row.id for row in rows])
    people = await people_of(db, [one.reviewer_id for rows in histories.values() for one in rows])
    return [
        ReviewedViolation(
            **one.model_dump(),
            history=tuple(_given(row, people) for row in histories.get(one.id, ())),
            comments=tuple(said for said in comments if said.violation_id == one.id),
        )
        for one in shown
    ]


def _given(row: GivenVerdict, people: People) -> GivenVerdictRead:
    return GivenVerdictRead(
        id=row.id,
        at=row.created_at,
        reviewer=people[row.reviewer_id],
        verdict=row.verdict,
        kind=row.kind,
        reason=row.reason,
        undoes=row.undoes,
        in_bulk=row.in_bulk,
        stage=row.stage,
        trust_before=round(row.trust_before, 2),
        trust_after=round(row.trust_after, 2),
    )


async def _messages(db: AsyncSession, taken: ExamSession, kind: str) -> Sequence[ClientMessage]:
    query = select(ClientMessage).where(
        ClientMessage.exam_session_id == taken.id, ClientMessage.type == kind, ClientMessage.refused.is_(None)
    )
    return (await db.scalars(query.order_by(ClientMessage.seq).limit(MOST_MESSAGES))).all()


async def _events(db: AsyncSession, taken: ExamSession) -> list[EventRead]:
    events = []
    for row in await _messages(db, taken, "event"):
        event = BrowserEvent.model_validate(row.payload)
        events.append(
            EventRead(
                seq=row.seq,
                at=row.received_at,
                client_time=row.client_time,
                kind=event.kind,
                phase=event.phase,
                counted=not (event.composing or event.assistive),
            )
        )
    return events


async def _answers(db: AsyncSession, taken: ExamSession) -> list[AnswerMoment]:
    parts = await stored_parts(db, taken.id) or []
    positions = {one.id: at for at, one in enumerate((one for part in parts for one in part.questions), start=1)}
    answers = []
    for row in await _messages(db, taken, "answer"):
        question = row.payload.get("question_id")
        known = question if isinstance(question, int) else None
        answers.append(
            AnswerMoment(
                question_id=known,
                position=None if known is None else positions.get(known),
                at=row.received_at,
                late=row.late,
                outside=OUTSIDE.get(row.refused or ""),
            )
        )
    return answers


async def _history(db: AsyncSession, taken: ExamSession) -> list[DeedRead]:
    """What the audit log says of this sitting, oldest first; looks at evidence have a list of their own."""
    about = or_(
        AuditEntry.subject == f"exam_session:{taken.id}", AuditEntry.detail["exam_session_id"].astext == str(taken.id)
    )
    query = (
        select(AuditEntry)
        .where(about, AuditEntry.action.not_in(VIEWS))
        .order_by(AuditEntry.id.desc())
        .limit(MOST_DEEDS)
    )
    rows = list(await db.scalars(query))[::-1]
    people = await people_of(db, [row.actor_id for row in rows])
    return [
        DeedRead(
            at=row.created_at,
            actor=None if row.actor_id is None else people[row.actor_id],
            action=row.action,
            subject=row.subject,
            detail=row.detail,
        )
        for row in rows
    ]


async def unobserved_of(db: AsyncSession, who: User, exam_session_id: int) -> list[UnobservedRead]:
    """The same for its student and the exam's staff."""
    return unobserved_in(await access_exam_session(db, who, exam_session_id))


def unobserved_in(taken: ExamSession) -> list[UnobservedRead]:
    """When we could not see, and why."""
    dumped = taken.analysis.get("coverage")
    if dumped is None:
        return []
    return [
        UnobservedRead(
            begin=taken.start_time + timedelta(seconds=span.begin),
            to=taken.start_time + timedelta(seconds=span.end),
            states=[span.state],
        )
        for span in Coverage.load(dumped).spans
    ]
