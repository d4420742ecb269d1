"""Who may use the routes of users."""

from tests.api.access.kinds import ADMIN_ONLY, LOGGED_IN, NEW_USER, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/users/me"): Case(LOGGED_IN),
    ("PUT", "/api/v1/users/me"): Case(LOGGED_IN, {"full_name": "New"}),
    ("GET", "/api/v1/users/"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/users/"): Case(ADMIN_ONLY, NEW_USER),
    ("GET", "/api/v1/users/{user_id}"): Case((401, 200, 404, 404, 404, 200, 401)),
    ("PUT", "/api/v1/users/{user_id}"): Case(ADMIN_ONLY, {"full_name": "New"}),
    ("DELETE", "/api/v1/users/{user_id}"): Case((401, 403, 403, 403, 403, 409, 401)),
}
