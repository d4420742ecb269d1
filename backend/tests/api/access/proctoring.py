"""Who may use the routes of proctoring."""

from tests.api.access.kinds import EXAM_READERS, OWN_STUDENT, STAFF_OR_NOT_THERE, Case, Routes

ROUTES: Routes = {
    ("POST", "/api/v1/proctoring/start-session"): Case((401, 200, 404, 403, 404, 403, 401), {"exam_id": "{exam_id}"}),
    ("POST", "/api/v1/proctoring/end-session/{session_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/proctoring/sessions/{exam_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/proctoring/alerts/{session_id}"): Case(EXAM_READERS),
    ("POST", "/api/v1/proctoring/sessions/{session_id}/ticket"): Case(OWN_STUDENT),
    ("POST", "/api/v1/proctoring/live/{exam_id}/ticket"): Case(STAFF_OR_NOT_THERE),
}
