"""Who may have reports."""

from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/exam-sessions/{session_id}/report"): Case(EXAM_READERS),
    ("GET", "/api/v1/exams/{exam_id}/report"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/export"): Case(EXAM_STAFF),
}
