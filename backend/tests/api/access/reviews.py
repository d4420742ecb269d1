"""Who may review, and what the student may read and answer."""

from app.domain.exam_sessions import SessionState
from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, STAFF, Case, Routes

STUDENT_ALONE = (401, 200, 404, 403, 403, 403, 401)

ROUTES: Routes = {
    ("GET", "/api/v1/review/queue"): Case(STAFF),
    ("GET", "/api/v1/exam-sessions/{session_id}/review"): Case(EXAM_STAFF),
    ("POST", "/api/v1/exam-sessions/{session_id}/notes"): Case(EXAM_STAFF, {"text": "Ask about the lamp."}),
    ("POST", "/api/v1/exam-sessions/{session_id}/decision"): Case(
        EXAM_STAFF, {"decision": "clean"}, session_state=SessionState.SUBMITTED
    ),
    ("GET", "/api/v1/exam-sessions/{session_id}/decisions"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exam-sessions/{session_id}/decision"): Case(EXAM_READERS),
    # 409: the student may answer, but nothing is decided yet.
    ("POST", "/api/v1/exam-sessions/{session_id}/decision/comment"): Case(
        (401, 409, 404, 403, 403, 403, 401), {"text": "It was a shadow."}
    ),
    ("POST", "/api/v1/violations/{violation_id}/comments"): Case(STUDENT_ALONE, {"text": "It was a shadow."}),
    ("GET", "/api/v1/evidence-views"): Case(EXAM_READERS, query="?exam_session_id={session_id}"),
}
