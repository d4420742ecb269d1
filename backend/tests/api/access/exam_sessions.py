"""Who may use the routes of exam sessions."""

from app.domain.exam_sessions import SessionState
from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/exam-sessions/{session_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/exam-sessions/{session_id}/violations"): Case(EXAM_READERS),
    ("POST", "/api/v1/exam-sessions/{session_id}/pause"): Case(EXAM_STAFF, {"reason": "fire drill"}),
    ("POST", "/api/v1/exam-sessions/{session_id}/resume"): Case(EXAM_STAFF, session_state=SessionState.PAUSED),
    ("POST", "/api/v1/exam-sessions/{session_id}/extend"): Case(EXAM_STAFF, {"minutes": 5}),
    # 409: staff may ask, but nobody is connected in this test.
    ("POST", "/api/v1/exam-sessions/{session_id}/challenge"): Case((401, 403, 403, 409, 404, 409, 401)),
    ("POST", "/api/v1/exam-sessions/{session_id}/terminate"): Case(EXAM_STAFF, {"reason": "asked to leave"}),
    # 422: a picture without a single byte.
    ("POST", "/api/v1/exam-sessions/{session_id}/enrolment"): Case((401, 422, 404, 404, 404, 404, 401)),
}
