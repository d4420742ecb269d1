"""One exam session: what is known of it, and what its exam's staff can do."""

from fastapi import APIRouter, Request

from app.api.deps import CurrentUser, Db, Staff
from app.db.session import commit
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.schemas.exam_sessions import (
    ExamSessionDetail,
    ExamSessionRead,
    ExtendRequest,
    OutageRead,
    ReasonRequest,
    TerminateRequest,
)
from app.schemas.late_messages import LateMessages, LateTaken
from app.schemas.realtime import ChallengeAsked, ViolationOut
from app.services import beginning, challenges
from app.services.beginning import begin_exam_session
from app.services.endings import cancel_end, plan_end
from app.services.exam_sessions import (
    end_exam_session,
    extend_exam_session,
    pause_exam_session,
    resume_exam_session,
)
from app.services.flags import flag_exam_session
from app.services.late_messages import take_late
from app.services.live_exam_sessions import LiveExamSessions
from app.services.outages import outages_of
from app.services.room_views import ask_for_room
from app.services.sitting_reads import exam_session_detail, exam_session_read, reload
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


@router.post("/{session_id}/begin")
async def begin(db: Db, who: CurrentUser, session_id: PathId) -> ExamSessionRead:
    """Let the clock of one's own exam session run: after consent, and admission where the exam asks for it."""
    return exam_session_read(await begin_exam_session(db, who, session_id))


@router.post("/{session_id}/admit")
async def admit(db: Db, who: Staff, session_id: PathId) -> ExamSessionDetail:
    """Let the student out of the waiting room."""
    await beginning.admit(db, who, session_id)
    return await exam_session_detail(db, who, session_id)


@router.get("/{session_id}/outages")
async def outages(db: Db, who: CurrentUser, session_id: PathId) -> list[OutageRead]:
    """When the student could not be heard, why, and how much time that gave back."""
    return await outages_of(db, who, session_id)


@router.post("/{session_id}/late-messages")
async def late_messages(db: Db, who: CurrentUser, session_id: PathId, wanted: LateMessages) -> LateTaken:
    """After the end: what one's own client could not send before."""
    return await take_late(db, who, session_id, wanted.messages)


@router.post("/{session_id}/flag")
async def flag(db: Db, who: Staff, session_id: PathId, wanted: ReasonRequest) -> ExamSessionDetail:
    """Say that a person should look at this exam session; student and teachers are told."""
    await flag_exam_session(db, who, session_id, reason=wanted.reason)
    return await exam_session_detail(db, who, session_id)


@router.post("/{session_id}/room-view")
async def room_view(request: Request, db: Db, who: Staff, session_id: PathId) -> Done:
    """Ask the student to show the room; 409 where the student is not connected."""
    live_sessions: LiveExamSessions = request.app.state.live
    live = live_sessions.get(session_id)
    await ask_for_room(db, who, session_id, connected=live is not None and live.online)
    return Done()


@router.post("/{session_id}/challenge")
async def challenge(request: Request, db: Db, who: Staff, session_id: PathId) -> ChallengeAsked:
    """Ask the student to turn the head in a direction of the server's choice; the live page hears what came of it."""
    live_sessions: LiveExamSessions = request.app.state.live
    live = live_sessions.get(session_id)
    running = live.challenges if live is not None and live.online else None
    return await challenges.ask(db, who, session_id, running=running)


@router.post("/{session_id}/terminate")
async def terminate(
    request: Request, db: Db, who: Staff, session_id: PathId, wanted: TerminateRequest
) -> ExamSessionDetail:
    """End it, with a reason that the student is told; with a delay it may be undone until then."""
    if wanted.delay_seconds:
        await plan_end(db, who, session_id, reason=wanted.reason, seconds=wanted.delay_seconds)
        return await exam_session_detail(db, who, session_id)
    await end_exam_session(db, who, session_id, reason=wanted.reason)
    await commit(db)
    live: LiveExamSessions = request.app.state.live
    await live.settle(session_id)
    await reload(db, session_id)
    return await exam_session_detail(db, who, session_id)


@router.post("/{session_id}/terminate/undo")
async def undo_terminate(db: Db, who: Staff, session_id: PathId) -> ExamSessionDetail:
    """Take an end back that has not come yet."""
    await cancel_end(db, who, session_id)
    return await exam_session_detail(db, who, session_id)
