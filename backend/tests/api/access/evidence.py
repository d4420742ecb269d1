"""Who may use the routes of evidence."""

from tests.api.access.kinds import Case, Routes

ROUTES: Routes = {
    # 409: the row is theirs to see, its file does not exist in this test.
    ("GET", "/api/v1/evidence/{evidence_id}"): Case((401, 409, 404, 409, 404, 409, 401)),
}
