"""Who may have reports."""

from app.domain.exam_sessions import SessionState
from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/exam-sessions/{session_id}/report"): Case(EXAM_READERS),
    # 409: theirs to have, but what is open or not yet settled cannot be verified.
    ("GET", "/api/v1/exam-sessions/{session_id}/bundle"): Case(
        (401, 403, 403, 409, 404, 409, 401), session_state=SessionState.SUBMITTED
    ),
    ("GET", "/api/v1/exams/{exam_id}/report"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/export"): Case(EXAM_STAFF),
}
