"""Who may use the routes of exams."""

from app.domain.exam_sessions import SessionState
from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, LOGGED_IN, STAFF, Case, Routes

NEW_EXAM = {
    "title": "Chemistry",
    "start_time": "2027-01-01T09:00:00Z",
    "end_time": "2027-01-01T12:00:00Z",
    "duration_minutes": 60,
}

ROUTES: Routes = {
    ("GET", "/api/v1/exams/"): Case(LOGGED_IN),
    ("POST", "/api/v1/exams/"): Case(STAFF, NEW_EXAM),
    ("GET", "/api/v1/exams/{exam_id}"): Case(EXAM_READERS),
    ("PUT", "/api/v1/exams/{exam_id}"): Case(EXAM_STAFF, {"title": "New"}),
    ("DELETE", "/api/v1/exams/{exam_id}"): Case(EXAM_STAFF, session_state=SessionState.SUBMITTED),
    ("POST", "/api/v1/exams/{exam_id}/publish"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/enrolments"): Case(EXAM_STAFF),
    ("PUT", "/api/v1/exams/{exam_id}/enrolments"): Case(EXAM_STAFF, {"students": []}),
    ("POST", "/api/v1/exams/{exam_id}/enrolments/import"): Case(EXAM_STAFF, {"text": "x@example.org", "dry_run": True}),
    # 422: they may, but must say which period.
    ("GET", "/api/v1/exams/calendar"): Case((401, 403, 403, 422, 422, 422, 401)),
    ("GET", "/api/v1/exams/{exam_id}/groups"): Case(EXAM_STAFF),
}
