"""Who may use the routes of accommodations."""

from tests.api.access.kinds import EXAM_STAFF, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/exams/{exam_id}/accommodations"): Case(EXAM_STAFF),
    ("PUT", "/api/v1/exams/{exam_id}/accommodations/{student_id}"): Case(EXAM_STAFF, {"extra_minutes": 10}),
    ("DELETE", "/api/v1/exams/{exam_id}/accommodations/{student_id}"): Case(EXAM_STAFF),
}
