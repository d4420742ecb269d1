"""Who may give verdicts."""

from tests.api.access.kinds import EXAM_STAFF, Case, Routes

LIGHTER = {"weights": {"looking_away": 0.1}}

ROUTES: Routes = {
    ("POST", "/api/v1/violations/{violation_id}/verdict"): Case(EXAM_STAFF, {"verdict": "dismissed"}),
    # 409: it is theirs to take back, but nothing was said yet.
    ("POST", "/api/v1/violations/{violation_id}/verdict/undo"): Case((401, 403, 403, 409, 404, 409, 401)),
    ("POST", "/api/v1/exams/{exam_id}/verdicts"): Case(
        EXAM_STAFF, {"violation_ids": ["{violation_id}"], "verdict": "unsure", "reason": "glare"}
    ),
    ("POST", "/api/v1/exams/{exam_id}/verdicts/undo"): Case(
        (401, 403, 403, 409, 404, 409, 401), {"violation_ids": ["{violation_id}"]}
    ),
    ("POST", "/api/v1/exams/{exam_id}/rescore/preview"): Case(EXAM_STAFF, LIGHTER),
    ("POST", "/api/v1/exams/{exam_id}/rescore"): Case(EXAM_STAFF, LIGHTER),
}
