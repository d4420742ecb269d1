"""Enrolment: the picture a student's face is compared with during one exam session."""

from fastapi import APIRouter, Request

from app.api.deps import CurrentUser, SessionsDep
from app.db.session import unit_of_work
from app.schemas.base import PathId
from app.schemas.face_templates import Enrolled
from app.services.face_templates import enrol, enrolling_session, template_from
from app.services.live_exam_sessions import LiveExamSessions

router = APIRouter(prefix="/exam-sessions", tags=["exam sessions"])
PICTURE = {
    "requestBody": {"required": True, "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post("/{session_id}/enrolment", openapi_extra=PICTURE)
async def enrol_face(request: Request, sessions: SessionsDep, who: CurrentUser, session_id: PathId) -> Enrolled:
    """Enrol by a picture of one face, before the stream has done so by itself. The picture is not kept.

    422 with a code says why the picture will not do: `enrolment_no_face`, `_several_faces`, `_too_small`,
    `_turned_away`, `_too_dark`, `_too_bright`, `_blurred`, or `picture_refused`.
    """
    async with unit_of_work(sessions) as db:
        await enrolling_session(db, who, session_id)
    template = await template_from(request.app.state.engine, await request.body())
    async with unit_of_work(sessions) as db:
        at = await enrol(db, who, session_id, template)
    live_sessions: LiveExamSessions = request.app.state.live
    live = live_sessions.get(session_id)
    if live is not None:
        live.recognition.expect(template)
    return Enrolled(session_id=session_id, enrolled_at=at)
