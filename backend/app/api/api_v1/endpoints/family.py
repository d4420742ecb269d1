"""The seed family's proctoring and exam routes: thin doors to the services that our own routes use."""

from typing import Any

from fastapi import APIRouter, Request

from app.api.deps import CurrentUser, Db, Disk, Peer, Staff
from app.api.errors import language_of
from app.core.errors import Invalid
from app.db.session import commit
from app.domain.reviews import Verdict
from app.schemas.base import PathId
from app.schemas.exam_sessions import ExamSessionRead
from app.schemas.family import (
    Acknowledged,
    Action,
    ExamStatistics,
    ExamViolation,
    FrameRequestBody,
    Handled,
    HandleRequest,
    MonitoredSession,
    Monitoring,
    ProctoringSettings,
    ProctoringSettingsUpdate,
    ReportRead,
    SessionAnalytics,
    StartBody,
    TrustScoreRead,
    ViolationReport,
)
from app.schemas.reviews import VerdictRequest
from app.services import family_views
from app.services.exam_sessions import end_exam_session, start_exam_session
from app.services.family_visits import arrive, visit
from app.services.live_exam_sessions import LiveExamSessions
from app.services.seed_shapes import SeedMessage
from app.services.sitting_reads import exam_session_read, reload
from app.services.verdicts import give_verdict

router = APIRouter(tags=["seed family"])

VERDICTS = {
    Action.CONFIRM: Verdict.CONFIRMED,
    Action.DISMISS: Verdict.DISMISSED,
    Action.IGNORE: Verdict.DISMISSED,
    Action.REVIEW: Verdict.UNSURE,
    Action.ESCALATE: Verdict.UNSURE,
}


@router.post("/proctoring/sessions/{exam_id}/start")
async def start(
    db: Db, who: CurrentUser, peer: Peer, disk: Disk, exam_id: PathId, wanted: StartBody | None = None
) -> ExamSessionRead:
    """As `start-session`."""
    password = wanted.exam_password if wanted else None
    taken = await start_exam_session(db, who, exam_id, address=peer, password=password, disk=disk)
    await db.flush()
    return exam_session_read(taken)


@router.post("/proctoring/sessions/{exam_id}/stop")
async def stop(request: Request, db: Db, who: CurrentUser, exam_id: PathId) -> ExamSessionRead:
    """As `end-session`, of one's own sitting that is going on."""
    session_id = await family_views.open_sitting_id(db, who, exam_id)
    await end_exam_session(db, who, session_id)
    await commit(db)
    await _live(request).settle(session_id)
    return exam_session_read(await reload(db, session_id))


@router.get("/proctoring/monitoring/{exam_id}")
async def monitoring(request: Request, db: Db, who: Staff, exam_id: PathId) -> Monitoring:
    """An exam's sittings at this moment."""
    return await family_views.monitoring(db, who, exam_id, _live(request))


@router.get("/proctoring/students/{exam_id}")
async def students(request: Request, db: Db, who: Staff, exam_id: PathId) -> list[MonitoredSession]:
    """An exam's sittings alone."""
    return (await family_views.monitoring(db, who, exam_id, _live(request))).sessions


@router.get("/proctoring/violations/{exam_id}")
async def violations(request: Request, db: Db, who: Staff, exam_id: PathId) -> list[ExamViolation]:
    """Everything noted in an exam, newest first."""
    return await family_views.exam_violations(db, who, exam_id, _live(request), language_of(request.scope))


@router.post("/proctoring/violations/{violation_id}/handle")
async def handle(db: Db, who: Staff, violation_id: PathId, wanted: HandleRequest) -> Handled:
    """A verdict, in the family's words."""
    given = await give_verdict(
        db, who, violation_id, VerdictRequest(verdict=VERDICTS[wanted.action], reason=wanted.notes)
    )
    return Handled(id=given.violation.id, action=wanted.action, status=given.violation.verdict, trust_score=given.trust)


@router.post("/proctoring/frames/{exam_id}")
async def frame(
    request: Request, db: Db, who: CurrentUser, peer: Peer, exam_id: PathId, wanted: FrameRequestBody
) -> dict[str, Any]:
    """One picture of one's own sitting, judged as over the socket. Invalid `frame_refused` with the reason."""
    session_id = await arrive(db, who, await family_views.open_sitting_id(db, who, exam_id), address=peer)
    await commit(db)  # judging needs a connection of its own
    async with visit(_live(request), request.app.state.bus, session_id) as sitting:
        answer = await sitting.typed(SeedMessage(type="frame_data", frame=wanted.frame)) or {}
    if "error" in answer:
        raise Invalid("frame_refused", reason=answer["error"])
    return answer


@router.post("/proctoring/violation-report")
async def violation_report(
    request: Request, db: Db, who: CurrentUser, peer: Peer, wanted: ViolationReport
) -> Acknowledged:
    """What one's own browser noticed; it counts where a browser can know of it."""
    await arrive(db, who, wanted.session_id, address=peer)
    await commit(db)
    told = SeedMessage(type="violation_report", violation=wanted.violation_type)
    async with visit(_live(request), request.app.state.bus, wanted.session_id) as sitting:
        answer = await sitting.reported(told)
    return Acknowledged(
        violation_id=answer["violation_id"],
        acknowledged=True,
        counted=answer["counted"],
        trust_score=answer["trust_score"]["current_score"],
    )


@router.get("/proctoring/settings/{exam_id}")
async def read_settings(db: Db, who: CurrentUser, exam_id: PathId) -> ProctoringSettings:
    """What an exam looks for."""
    return await family_views.read_settings(db, who, exam_id)


@router.put("/proctoring/settings/{exam_id}")
async def write_settings(db: Db, who: Staff, exam_id: PathId, wanted: ProctoringSettingsUpdate) -> ProctoringSettings:
    """Change what an exam looks for."""
    return await family_views.write_settings(db, who, exam_id, wanted)


@router.post("/proctoring/reports/{exam_id}")
async def report(request: Request, db: Db, who: Staff, exam_id: PathId) -> ReportRead:
    """Where the exam's report lies."""
    return await family_views.report_of(db, who, exam_id, _live(request))


@router.get("/proctoring/trust-score/{student_id}/{exam_id}")
async def trust_score(db: Db, who: CurrentUser, student_id: PathId, exam_id: PathId) -> TrustScoreRead:
    """A student's score in an exam, and what each violation took from it."""
    return await family_views.trust_score_of(db, who, student_id, exam_id)


@router.get("/proctoring/session-analytics/{session_id}")
async def session_analytics(request: Request, db: Db, who: CurrentUser, session_id: PathId) -> SessionAnalytics:
    """One sitting summed up."""
    return await family_views.session_analytics(db, who, session_id, language_of(request.scope))


@router.get("/exams/{exam_id}/statistics")
async def statistics(db: Db, who: Staff, exam_id: PathId) -> ExamStatistics:
    """An exam in numbers."""
    return await family_views.exam_statistics(db, who, exam_id)


def _live(request: Request) -> LiveExamSessions:
    live: LiveExamSessions = request.app.state.live
    return live
