"""Who may use the administrator's pages."""

from tests.api.access.kinds import ADMIN_ONLY, ANYBODY, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/audit"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/audit/actions"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/institution"): Case(ADMIN_ONLY),
    ("PUT", "/api/v1/institution"): Case(ADMIN_ONLY, {"name": "Dhaka College"}),
    ("GET", "/api/v1/institution/public"): Case(ANYBODY),
    ("GET", "/api/v1/retention/preview"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/retention/run"): Case(ADMIN_ONLY, {"pictures": 0, "documents": 0}),
    ("GET", "/api/v1/system"): Case(ADMIN_ONLY),
}
