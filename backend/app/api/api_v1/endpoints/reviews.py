"""Review: the queue, one exam session's timeline, notes, comments, decisions, and who looked at the evidence."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import CurrentUser, Db, Page, Staff, Student
from app.schemas.base import PathId
from app.schemas.reviews import (
    CommentRead,
    DecisionRead,
    DecisionRequest,
    EvidenceViewRead,
    NoteRead,
    OwnDecisionRead,
    QueueItem,
    QueueStatus,
    ReviewRead,
    UnobservedRead,
    WordsRequest,
)
from app.services import decisions
from app.services.evidence_views import evidence_views_of
from app.services.review_queue import review_queue
from app.services.reviews import review_of, unobserved_of

router = APIRouter(tags=["review"])


@router.get("/review/queue")
async def queue(
    db: Db,
    who: Staff,
    page: Page,
    exam_id: Annotated[PathId | None, Query()] = None,
    status: Annotated[QueueStatus, Query()] = QueueStatus.OPEN,
) -> list[QueueItem]:
    """Exam sessions that are over, those first in which a look could change most."""
    return await review_queue(db, who, exam_id=exam_id, status=status, skip=page.skip, limit=page.limit)


@router.get("/exam-sessions/{session_id}/review")
async def review(db: Db, who: Staff, session_id: PathId) -> ReviewRead:
    """One exam session from beginning to end."""
    return await review_of(db, who, session_id)


@router.get("/exam-sessions/{session_id}/unobserved")
async def unobserved(db: Db, who: CurrentUser, session_id: PathId) -> list[UnobservedRead]:
    """When nothing could be seen of the student, and why; costs no trust."""
    return await unobserved_of(db, who, session_id)


@router.post("/exam-sessions/{session_id}/notes")
async def add_note(db: Db, who: Staff, session_id: PathId, wanted: WordsRequest) -> NoteRead:
    """Note something for the other staff; no student reads it."""
    return await decisions.add_note(db, who, session_id, wanted.text)


@router.post("/exam-sessions/{session_id}/decision")
async def decide(db: Db, who: Staff, session_id: PathId, wanted: DecisionRequest) -> DecisionRead:
    """Decide about an exam session that is over; earlier decisions stay in the history."""
    return await decisions.decide(db, who, session_id, wanted)


@router.get("/exam-sessions/{session_id}/decisions")
async def read_decisions(db: Db, who: Staff, session_id: PathId) -> list[DecisionRead]:
    """All decisions, oldest first."""
    return await decisions.decisions_of(db, who, session_id)


@router.get("/exam-sessions/{session_id}/decision")
async def read_own_decision(db: Db, who: CurrentUser, session_id: PathId) -> OwnDecisionRead:
    """The decision that stands as the student is told it, and the trust with and without what people changed."""
    return await decisions.own_decision(db, who, session_id)


@router.post("/exam-sessions/{session_id}/decision/comment")
async def comment_on_decision(db: Db, who: Student, session_id: PathId, wanted: WordsRequest) -> CommentRead:
    """The student answers to the decision."""
    return await decisions.comment_on_decision(db, who, session_id, wanted.text)


@router.post("/violations/{violation_id}/comments")
async def comment_on_violation(db: Db, who: Student, violation_id: PathId, wanted: WordsRequest) -> CommentRead:
    """The student says something to a violation."""
    return await decisions.comment_on_violation(db, who, violation_id, wanted.text)


@router.get("/evidence-views")
async def evidence_views(
    db: Db, who: CurrentUser, page: Page, exam_session_id: Annotated[PathId, Query()]
) -> list[EvidenceViewRead]:
    """Who looked at which picture of an exam session: for its student and the exam's staff."""
    return await evidence_views_of(db, who, exam_session_id, skip=page.skip, limit=page.limit)
