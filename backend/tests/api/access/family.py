"""Who may use the seed family's routes."""

from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, Case, Routes

ROUTES: Routes = {
    ("POST", "/api/v1/proctoring/sessions/{exam_id}/start"): Case((401, 200, 404, 403, 404, 403, 401)),
    # 404: staff sit nothing that could be stopped.
    ("POST", "/api/v1/proctoring/sessions/{exam_id}/stop"): Case((401, 200, 404, 404, 404, 404, 401)),
    ("GET", "/api/v1/proctoring/monitoring/{exam_id}"): Case(EXAM_STAFF),
    ("GET", "/api/v1/proctoring/students/{exam_id}"): Case(EXAM_STAFF),
    ("GET", "/api/v1/proctoring/violations/{exam_id}"): Case(EXAM_STAFF),
    ("POST", "/api/v1/proctoring/violations/{violation_id}/handle"): Case(EXAM_STAFF, {"action": "dismiss"}),
    # 422: no picture; whoever sits nothing learns only that.
    ("POST", "/api/v1/proctoring/frames/{exam_id}"): Case((401, 422, 422, 422, 422, 422, 401), {"frame": ""}),
    ("POST", "/api/v1/proctoring/violation-report"): Case(
        (401, 422, 422, 422, 422, 422, 401), {"session_id": 0, "violation_type": "x"}
    ),
    ("GET", "/api/v1/proctoring/settings/{exam_id}"): Case(EXAM_READERS),
    ("PUT", "/api/v1/proctoring/settings/{exam_id}"): Case(EXAM_STAFF, {"enable_eye_tracking": False}),
    ("POST", "/api/v1/proctoring/reports/{exam_id}"): Case(EXAM_STAFF),
    ("GET", "/api/v1/proctoring/trust-score/{student_id}/{exam_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/proctoring/session-analytics/{session_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/exams/{exam_id}/statistics"): Case(EXAM_STAFF),
}
