"""docs/compatibility.md is complete and true: routes and sockets of the seed family, and the words spoken on them."""

import re
from pathlib import Path

from fastapi import FastAPI
from starlette.routing import Match

PAGE = (Path(__file__).parents[2] / "docs" / "compatibility.md").read_text()
NAMED = re.compile(r"`(GET|POST|PUT|DELETE|WS) (/[^` ?]*)")
FAMILY = ("/auth/", "/users/", "/proctoring/", "/analytics/", "/notifications/", "/files/")
WORDS = [
    "connection_established",
    "frame_data",
    "frame_analysis",
    "audio_data",
    "audio_analysis",
    "violation_report",
    "violation_acknowledged",
    "ping",
    "pong",
    "browser_event",
    "browser_event_processed",
    "heartbeat",
    "heartbeat_ack",
    "session_status",
    "session_status_update",
    "monitoring_started",
    "flag_session",
    "session_flagged",
    "add_note",
    "note_added",
    "request_screenshot",
    "screenshot_requested",
    "unknown_command",
    "violation_alert",
    "analytics_request",
    "analytics_data",
    "subscribe_analytics",
    "unsubscribe_analytics",
    "subscription_updated",
    "analytics_update",
    "heartbeat_response",
    "notification_read",
    "join_room",
    "leave_room",
    "subscribe_exam",
    "unsubscribe_exam",
    "proctoring_data",
    "notification",
    "violation",
    "exam_update",
    "student_status",
    "proctoring_alert",
    "tab_switching",
    "suspicious_audio",
    "copy_paste_attempt",
    "unusual_behavior",
    "audioLevel",
    "tabActive",
]
SPEAKERS = ("websockets/seed_dialects.py", "websockets/family_sockets.py", "services/seed_shapes.py")


def test_every_route_of_the_family_is_on_the_page(app: FastAPI) -> None:
    routes = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.removeprefix("/api/v1").startswith(FAMILY)
    }
    assert routes - set(NAMED.findall(PAGE)) == set()


def test_every_route_on_the_page_is_there(app: FastAPI) -> None:
    named = set(NAMED.findall(PAGE))
    assert {one for one in named if not _is_there(app, *one)} == set()
    assert not _is_there(app, "GET", "/users/me/password")
    assert not _is_there(app, "WS", "/api/v1/realtime/other/{session_id}")


def _is_there(app: FastAPI, method: str, path: str) -> bool:
    full = re.sub(r"{\w+}", "7", path if method == "WS" else f"/api/v1{path}")
    kind = "websocket" if method == "WS" else "http"
    scope = {"type": kind, "path": full, "method": method, "headers": [], "root_path": "", "app": app}
    found = next((route for route in app.router.routes if route.matches(dict(scope))[0] is Match.FULL), None)
    return found is not None and type(found).__name__ not in ("UnknownApiPath", "Mount")


def test_every_word_is_on_the_page() -> None:
    said = set(re.findall(r"\b\w+\b", PAGE))
    assert set(WORDS) - said == set()


def test_every_word_we_speak_is_known() -> None:
    """A new message in the dialects' code comes onto the page, and into the list above."""
    app = Path(__file__).parents[1] / "app"
    code = "".join((app / name).read_text() for name in SPEAKERS)
    spoken = set(re.findall(r'(?:\.say|\.tell)\(\s*"(\w+)"', code)) | set(re.findall(r'"type": "(\w+)"', code))
    assert spoken - set(WORDS) - {"error"} == set()
