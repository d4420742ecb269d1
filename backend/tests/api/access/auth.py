"""Who may use the routes of auth."""

from tests.api.access.kinds import ANYBODY, LOGGED_IN, NEW_PASSWORD, NEW_USER, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/"): Case(ANYBODY),
    # Nobody's token is looked at here; a wrong password or refresh token is 401 for everybody.
    ("POST", "/api/v1/auth/login"): Case((401,) * 7, {"email": "nobody@example.org", "password": "x"}),
    ("POST", "/api/v1/auth/refresh"): Case((401,) * 7, {"refresh_token": "x"}),
    ("POST", "/api/v1/auth/register"): Case(ANYBODY, NEW_USER),
    ("POST", "/api/v1/auth/logout"): Case(LOGGED_IN),
    ("GET", "/api/v1/auth/me"): Case(LOGGED_IN),
    ("POST", "/api/v1/auth/change-password"): Case(LOGGED_IN, NEW_PASSWORD),
    # No mail server and no identity provider in this test: the same answer for everybody.
    ("POST", "/api/v1/auth/forgot-password"): Case((501,) * 7, {"email": "nobody@example.org"}),
    ("POST", "/api/v1/auth/reset-password"): Case((422,) * 7, {"token": "x", "new_password": "mango lantern 77"}),
    ("GET", "/api/v1/auth/social-login"): Case(ANYBODY),
    ("POST", "/api/v1/auth/social-login"): Case((501,) * 7, {}),
}
