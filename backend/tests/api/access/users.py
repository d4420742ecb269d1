"""Who may use the routes of users."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tests.api.access.kinds import ADMIN_ONLY, LOGGED_IN, NEW_PASSWORD, NEW_USER, SELF_OR_ADMIN, Case, Routes, World

ROUTES: Routes = {
    ("GET", "/api/v1/users/me"): Case(LOGGED_IN),
    ("PUT", "/api/v1/users/me"): Case(LOGGED_IN, {"full_name": "New"}),
    ("PUT", "/api/v1/users/me/password"): Case(LOGGED_IN, NEW_PASSWORD),
    ("GET", "/api/v1/users/"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/users/stats"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/users/search/"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/users/activity-logs"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/users/import"): Case(ADMIN_ONLY, {"text": "new@example.org", "dry_run": True}),
    # 422: the e-mail is not that person's.
    ("POST", "/api/v1/users/{user_id}/erase"): Case((401, 403, 403, 403, 403, 422, 401), {"email": "no@example.org"}),
    ("POST", "/api/v1/users/{user_id}/activate"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/users/{user_id}/deactivate"): Case(ADMIN_ONLY),
    ("POST", "/api/v1/users/{user_id}/reset-password"): Case(ADMIN_ONLY),
    ("GET", "/api/v1/users/{user_id}/export"): Case(SELF_OR_ADMIN),
    ("GET", "/api/v1/users/{user_id}/activity-logs"): Case(SELF_OR_ADMIN),
    ("GET", "/api/v1/users/{user_id}/sessions"): Case(SELF_OR_ADMIN),
    ("DELETE", "/api/v1/users/{user_id}/sessions"): Case(SELF_OR_ADMIN),
    # 404: nobody has logged in for real in this test.
    ("DELETE", "/api/v1/users/{user_id}/sessions/{login_id}"): Case((401, 404, 404, 404, 404, 404, 401)),
    ("POST", "/api/v1/users/"): Case(ADMIN_ONLY, NEW_USER),
    ("GET", "/api/v1/users/{user_id}"): Case(SELF_OR_ADMIN),
    ("PUT", "/api/v1/users/{user_id}"): Case(ADMIN_ONLY, {"full_name": "New"}),
    ("DELETE", "/api/v1/users/{user_id}"): Case((401, 403, 403, 403, 403, 409, 401)),
}


async def add_to_world(_db: AsyncSession, _world: World) -> dict[str, int | UUID]:
    """The id of a login that is none."""
    return {"login_id": UUID(int=1)}
