"""The seed's proctoring routes, and tickets for the sockets."""

from fastapi import APIRouter, Request

from app.api.deps import CurrentUser, Db, Disk, LoginId, Page, Peer, SettingsDep
from app.api.errors import language_of
from app.db.session import commit
from app.schemas.base import PathId
from app.schemas.exam_sessions import AlertRead, ExamSessionRead, StartRequest, TicketRead
from app.services import tickets
from app.services.access import access_exam_as_staff, access_own_exam_session
from app.services.exam_sessions import end_exam_session, start_exam_session
from app.services.live_exam_sessions import LiveExamSessions
from app.services.sitting_reads import alerts_of, exam_session_read, exam_sessions_of, reload

router = APIRouter(prefix="/proctoring", tags=["proctoring"])


@router.post("/start-session")
async def start(db: Db, who: CurrentUser, peer: Peer, disk: Disk, wanted: StartRequest) -> ExamSessionRead:
    """Begin to sit an exam; the open exam session is returned again."""
    taken = await start_exam_session(
        db, who, wanted.exam_id, address=peer, password=wanted.exam_password, hold=wanted.hold, disk=disk
    )
    await db.flush()
    return exam_session_read(taken)


@router.post("/end-session/{session_id}")
async def end(request: Request, db: Db, who: CurrentUser, session_id: PathId) -> ExamSessionRead:
    """Submit one's own exam session, or end another's as its exam's staff; what was open is settled first."""
    taken = await end_exam_session(db, who, session_id)
    await commit(db)  # settling needs a connection of its own: holding two, many at once would wait for each other
    live: LiveExamSessions = request.app.state.live
    settled = await live.settle(session_id, ended_at=taken.end_time)
    if settled is None:
        return exam_session_read(await reload(db, session_id))
    return exam_session_read(taken, trust=settled.trust, coverage=settled.coverage)


@router.get("/sessions/{exam_id}")
async def exam_sessions(db: Db, who: CurrentUser, exam_id: PathId, page: Page) -> list[ExamSessionRead]:
    """A student's own sittings of an exam; for its staff all."""
    return await exam_sessions_of(db, who, exam_id, skip=page.skip, limit=page.limit)


@router.get("/alerts/{session_id}")
async def alerts(request: Request, db: Db, who: CurrentUser, session_id: PathId) -> list[AlertRead]:
    """What was noted in an exam session."""
    return await alerts_of(db, who, session_id, language_of(request.scope))


@router.post("/sessions/{session_id}/ticket")
async def student_ticket(
    db: Db, who: CurrentUser, login: LoginId, settings: SettingsDep, session_id: PathId
) -> TicketRead:
    """A one-use ticket for the socket of one's own exam session."""
    await access_own_exam_session(db, who, session_id)
    ticket, seconds = await tickets.issue(db, who, audience=f"student:{session_id}", settings=settings, login=login)
    return TicketRead(ticket=ticket, expires_in=seconds)


@router.post("/live/{exam_id}/ticket")
async def teacher_ticket(
    db: Db, who: CurrentUser, login: LoginId, settings: SettingsDep, exam_id: PathId
) -> TicketRead:
    """A one-use ticket for the live page of an exam one runs."""
    await access_exam_as_staff(db, who, exam_id)
    ticket, seconds = await tickets.issue(db, who, audience=f"live:{exam_id}", settings=settings, login=login)
    return TicketRead(ticket=ticket, expires_in=seconds)
