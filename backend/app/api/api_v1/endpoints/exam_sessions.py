"""One exam session: what is known of it, and what its exam's staff can do."""

from fastapi import APIRouter, Request

from app.api.deps import CurrentUser, Db, Staff
from app.db.session import commit
from app.schemas.base import PathId
from app.schemas.exam_sessions import ExamSessionDetail, ExtendRequest, ReasonRequest
from app.schemas.realtime import ChallengeAsked, ViolationOut
from app.services import challenges
from app.services.exam_sessions import (
    end_exam_session,
    extend_exam_session,
    pause_exam_session,
    resume_exam_session,
)
from app.services.live_exam_sessions import LiveExamSessions
from app.services.sitting_reads import exam_session_detail, reload
from app.services.violations import violations_of

router = APIRouter(prefix="/exam-sessions", tags=["exam sessions"])


@router.get("/{session_id}")
async def read(db: Db, who: CurrentUser, session_id: PathId) -> ExamSessionDetail:
    """One exam session, for its student and the exam's staff."""
    return await exam_session_detail(db, who, session_id)


@router.get("/{session_id}/violations")
async def violations(db: Db, who: CurrentUser, session_id: PathId) -> list[ViolationOut]:
    """What was noted, oldest first, each with what was measured, its evidence and what it cost."""
    return await violations_of(db, who, session_id)


@router.post("/{session_id}/pause")
async def pause(db: Db, who: Staff, session_id: PathId, wanted: ReasonRequest) -> ExamSessionDetail:
    """Stop the clock."""
    await pause_exam_session(db, who, session_id, reason=wanted.reason)
    return await exam_session_detail(db, who, session_id)


@router.post("/{session_id}/resume")
async def resume(db: Db, who: Staff, session_id: PathId) -> ExamSessionDetail:
    """Let the clock run again; the paused time is given back."""
    await resume_exam_session(db, who, session_id)
    return await exam_session_detail(db, who, session_id)


@router.post("/{session_id}/extend")
async def extend(db: Db, who: Staff, session_id: PathId, wanted: ExtendRequest) -> ExamSessionDetail:
    """Give more time."""
    await extend_exam_session(db, who, session_id, minutes=wanted.minutes)
    return await exam_session_detail(db, who, session_id)


@router.post("/{session_id}/challenge")
async def challenge(request: Request, db: Db, who: Staff, session_id: PathId) -> ChallengeAsked:
    """Ask the student to turn the head in a direction of the server's choice; the live page hears what came of it."""
    live_sessions: LiveExamSessions = request.app.state.live
    live = live_sessions.get(session_id)
    running = live.challenges if live is not None and live.online else None
    return await challenges.ask(db, who, session_id, running=running)


@router.post("/{session_id}/terminate")
async def terminate(
    request: Request, db: Db, who: Staff, session_id: PathId, wanted: ReasonRequest
) -> ExamSessionDetail:
    """End it, with a reason that the student is told."""
    await end_exam_session(db, who, session_id, reason=wanted.reason)
    await commit(db)
    live: LiveExamSessions = request.app.state.live
    await live.settle(session_id)
    await reload(db, session_id)
    return await exam_session_detail(db, who, session_id)
