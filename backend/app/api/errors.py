"""Every failure ends as `{"detail", "code", "params"}`: the text for people, the code for programs."""

import traceback
from collections.abc import Mapping
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.background import BackgroundTask
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app.core.errors import Conflict, Invalid, LoginRefused, ProctorError, Unavailable
from app.core.i18n import negotiate, text
from app.db.session import is_passing
from app.domain.roles import Language

log = structlog.get_logger(__name__)

RETRY_AFTER_S = "5"
LONGEST_LOCATION = 64
DEEPEST_TRACE = 20
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}


def install(app: FastAPI) -> None:
    """Answer all failures in our shape. Call it after the last router: it closes the part of `/api` nobody knows."""
    app.add_exception_handler(ProctorError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    for kind in (PoolTimeout, OSError, TimeoutError):
        app.add_exception_handler(kind, _away)
    app.add_exception_handler(Exception, _unexpected)
    app.router.routes.append(UnknownApiPath(app))


def answer(scope: Scope, error: ProctorError) -> JSONResponse:
    """The error as a response in the reader's language."""
    return _response(
        scope,
        error.status,
        error.code,
        error.params,
        lines=getattr(error, "lines", None),
        report=getattr(error, "report", None),
    )


def unexpected(scope: Scope, error: Exception) -> JSONResponse:
    """Our own mistake: noted where it happened, told to nobody.

    Only places are logged: the text of an exception may hold names, answers or a statement's parameters.
    """
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST_TRACE:]
    places = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
    log.error("internal_error", kind=type(error).__name__, frames=places)
    return _response(scope, 500, "internal_error")


def language_of(scope: Scope) -> Language:
    """The logged-in reader's own choice, else what the browser asks for, else English."""
    chosen: Language | None = scope.get("state", {}).get("language")
    return chosen or negotiate(Headers(scope=scope).get("accept-language")) or Language.ENGLISH


class UnknownApiPath(BaseRoute):
    """What no route before it knows under `/api` ends here as JSON.

    The web app behind it answers every address with its page, also GET where only POST is known.
    """

    def __init__(self, app: FastAPI) -> None:
        self._known = list(app.router.routes)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Everything under `/api`; what is known was matched before."""
        is_api = scope["type"] == "http" and (scope["path"] + "/").startswith("/api/")
        return (Match.FULL if is_api else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """405 where another method would have been right, else 404."""
        allowed = [method for method in METHODS if self._knows({**scope, "method": method})]
        status = 405 if allowed else 404
        response = _response(scope, status, CODES[status])
        if allowed:
            response.headers["Allow"] = ", ".join(allowed)
        await response(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self._known)


def _response(
    scope: Scope,
    status: int,
    code: str,
    params: Mapping[str, str | int | float] | None = None,
    *,
    detail: object = None,
    lines: object = None,
    report: object = None,
) -> JSONResponse:
    content: dict[str, object] = {
        "detail": detail if detail is not None else text("errors", code, language_of(scope), params),
        "code": code,
        "params": dict(params or {}),
    }
    if lines is not None:
        content["errors"] = lines
    if report is not None:
        content["report"] = report
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        headers["Retry-After"] = str((params or {}).get("seconds", RETRY_AFTER_S))
    return JSONResponse(content, status, headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProctorError)  # noqa: S101 - tells the type checker what Starlette dispatched on
    response = answer(request.scope, error)
    if isinstance(error, LoginRefused) and error.afterwards is not None:
        response.background = BackgroundTask(error.afterwards)
    return response


async def _invalid(request: Request, error: Exception) -> Response:
    """FastAPI's own list, without the values that came in: they may be passwords."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    detail = [
        {"loc": [_short(part) for part in one["loc"]], "msg": one["msg"], "type": one["type"]} for one in error.errors()
    ]
    return _response(request.scope, 422, "validation_failed", detail=detail[:100])


def _short(part: str | int) -> str | int:
    return part[:LONGEST_LOCATION] if isinstance(part, str) else part


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    response = _response(request.scope, error.status_code, CODES.get(error.status_code, f"http_{error.status_code}"))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _database(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)  # noqa: S101
    state = str(getattr(error.orig, "sqlstate", None) or "")
    log.warning("database_error", kind=type(error.orig).__name__, sqlstate=state)
    if is_passing(error):
        return answer(request.scope, Unavailable())
    if state.startswith("23"):
        return answer(request.scope, Conflict())
    if state.startswith("22"):
        return answer(request.scope, Invalid())
    return _response(request.scope, 500, "internal_error")


async def _away(request: Request, error: Exception) -> Response:
    """No connection to the database, or none free in time."""
    log.warning("unavailable", kind=type(error).__name__)
    return answer(request.scope, Unavailable())


async def _unexpected(request: Request, error: Exception) -> Response:
    return unexpected(request.scope, error)
