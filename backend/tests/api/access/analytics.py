"""Who may use the routes of analytics."""

from tests.api.access.kinds import STAFF, Case, Routes

READS = (
    "overview",
    "violations/trends",
    "violations/types",
    "trust-scores/distribution",
    "coverage/distribution",
    "exams/performance",
    "students/performance",
    "activity/hourly",
    "dismissals",
    "reviewers",
    "connections",
    "export",
)

# Whose exams the numbers are of is tested in test_analytics.py: other teachers get numbers, but not these.
ROUTES: Routes = {("GET", f"/api/v1/analytics/{name}"): Case(STAFF) for name in READS}
