"""Who may use the routes of detection."""

from tests.api.access.kinds import LOGGED_IN, Case, Routes

ROUTES: Routes = {
    ("GET", "/api/v1/detection/presets"): Case(LOGGED_IN),
}
