"""What every answer carries: headers that keep browsers strict, and CORS for the pages we know."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import unexpected
from app.api.strict_json import StrictBodies
from app.core.clock import monotonic
from app.core.config import Environment, Settings
from app.db.session import is_passing
from app.services.users import has_demo_users

PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), window-management=(self), fullscreen=(self), "
    "geolocation=()"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
"""`style-src-attr`: the web app's components place themselves by style attributes; style sheets stay our own."""
DOCS_CSP = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; worker-src blob:; "
    "style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net https://fonts.googleapis.com; "
    "font-src https://fonts.gstatic.com; img-src 'self' data: https://fastapi.tiangolo.com https://cdn.redoc.ly; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For /docs and /redoc alone, which FastAPI's own pages load from a CDN."""
DOCS = ("/docs", "/docs/oauth2-redirect", "/redoc")
HSTS = "max-age=31536000"
DEMO_CHECK_S = 10.0


def install(app: FastAPI, settings: Settings) -> None:
    """Put the middleware on: headers outermost, then CORS, then answers to unexpected errors, the check of bodies."""
    app.add_middleware(StrictBodies)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Accept-Language", "X-Requested-With"],
        allow_credentials=True,  # asked for by pages that always do; we set no cookie, so nothing is sent along
        expose_headers=["X-Demo-Mode", "Retry-After", "Content-Disposition"],
        max_age=600,
    )
    app.add_middleware(AnswerHeaders, settings=settings, demo=DemoMode(app, settings))


class DemoMode:
    """Whether demo accounts can be logged in to; asked of the database at most every ten seconds."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app = app
        self._wanted = settings.ENVIRONMENT is Environment.DEVELOPMENT
        self._active = False
        self._checked_at: float | None = None

    async def is_active(self) -> bool:
        """The last known answer while the database is away."""
        at = monotonic()
        if self._wanted and (self._checked_at is None or at - self._checked_at > DEMO_CHECK_S):
            self._checked_at = at
            try:
                async with self._app.state.sessions() as db:
                    self._active = await has_demo_users(db)
            except Exception as error:
                if not is_passing(error):
                    raise
        return self._active


class UnexpectedErrors:
    """ASGI middleware: an unexpected error becomes an answer of our shape, readable to other origins too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting_send)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await unexpected(scope, error)(scope, receive, send)


class AnswerHeaders:
    """ASGI middleware that puts on every answer what browsers are to keep to."""

    def __init__(self, app: ASGIApp, *, settings: Settings, demo: DemoMode) -> None:
        self.app = app
        self.settings = settings
        self.demo = demo

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_api = (scope["path"] + "/").startswith("/api/")
        is_demo = is_api and await self.demo.is_active()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope, is_api=is_api, is_demo=is_demo)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders, scope: Scope, *, is_api: bool, is_demo: bool) -> None:
        for name, value in FIXED.items():
            headers.setdefault(name, value)
        is_docs = scope["path"] in DOCS and not self.settings.production
        headers.setdefault("Content-Security-Policy", DOCS_CSP if is_docs else CSP)
        if is_api:
            headers.setdefault("Cache-Control", "no-store")
        if scope["scheme"] == "https":
            headers.setdefault("Strict-Transport-Security", HSTS)
        if is_demo:
            headers["X-Demo-Mode"] = "1"
