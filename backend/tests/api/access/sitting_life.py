"""Who may use the routes of a sitting's life: way in, messages, staff's commands, outages, documents."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Consent, Document
from app.domain.documents import DocumentKind
from app.domain.exam_sessions import SessionState
from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, OWN_STUDENT, Case, Routes, World

SESSION = "/api/v1/exam-sessions/{session_id}"
CONSENT = {"version": "1", "camera": True, "sound": True, "screen": False, "identity": True}
ONLY_STUDENTS = (401, 200, 200, 403, 403, 403, 401)

ROUTES: Routes = {
    ("POST", f"{SESSION}/begin"): Case(OWN_STUDENT),
    ("POST", f"{SESSION}/admit"): Case(EXAM_STAFF),
    ("GET", f"{SESSION}/outages"): Case(EXAM_READERS),
    ("GET", f"{SESSION}/unobserved"): Case(EXAM_READERS),
    ("POST", f"{SESSION}/late-messages"): Case(OWN_STUDENT, {"messages": []}, session_state=SessionState.SUBMITTED),
    ("POST", f"{SESSION}/flag"): Case(EXAM_STAFF, {"reason": "please look"}),
    # 409: staff may ask, but nobody is connected in this test.
    ("POST", f"{SESSION}/room-view"): Case((401, 403, 403, 409, 404, 409, 401)),
    # 409: nothing was planned.
    ("POST", f"{SESSION}/terminate/undo"): Case((401, 403, 403, 409, 404, 409, 401)),
    ("GET", f"{SESSION}/messages"): Case(EXAM_READERS),
    ("POST", f"{SESSION}/message"): Case(EXAM_STAFF, {"text": "Good luck"}),
    ("POST", f"{SESSION}/warn"): Case(EXAM_STAFF, {"text": "Please sit upright"}),
    ("POST", f"{SESSION}/hand/lower"): Case(EXAM_STAFF),
    ("POST", "/api/v1/exams/{exam_id}/message"): Case(EXAM_STAFF, {"text": "Ten minutes left"}),
    ("POST", "/api/v1/exams/{exam_id}/admit-all"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/consent"): Case(OWN_STUDENT),
    ("POST", "/api/v1/exams/{exam_id}/consent"): Case((401, 200, 404, 403, 404, 403, 401), CONSENT),
    ("GET", "/api/v1/exams/{exam_id}/consents"): Case(EXAM_STAFF),
    # 422: no kind of document was named.
    ("POST", f"{SESSION}/documents"): Case((401, 422, 422, 422, 422, 422, 401)),
    ("GET", f"{SESSION}/documents"): Case((401, 403, 404, 200, 404, 200, 401)),
    # 409: the row is theirs to see, its file does not exist in this test.
    ("GET", "/api/v1/documents/{document_id}"): Case((401, 404, 404, 409, 404, 409, 401)),
    ("GET", "/api/v1/students/me/exams"): Case(ONLY_STUDENTS),
    ("POST", "/api/v1/practice"): Case(ONLY_STUDENTS),
    ("POST", "/api/v1/proctoring/echo"): Case((401, 200, 200, 200, 200, 200, 401)),
}


async def add_to_world(db: AsyncSession, world: World) -> dict[str, int]:
    """A consent of the own student, and a document whose file is gone."""
    db.add(Consent(exam_id=world.exam.id, student_id=world.taken.student_id, **CONSENT))
    document = Document(
        exam_session_id=world.taken.id,
        kind=DocumentKind.ROOM,
        path=f"{world.taken.id}/gone.jpg",
        sha256="0" * 64,
        size=1,
    )
    db.add(document)
    await db.flush()
    return {"document_id": document.id}
