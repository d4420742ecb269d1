"""Makes the application: `create_app(settings)` puts the parts together, its lifespan opens and closes them."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy.engine import make_url

from app.ai.engine import ProcessEngine
from app.api import described, errors, headers, health, web
from app.api.api_v1.api import router as http_router
from app.api.metrics import ServerNumbers
from app.core import garbage
from app.core.clock import monotonic
from app.core.config import Settings, get_settings
from app.core.events import Bus
from app.core.identity_provider import IdentityProvider
from app.core.logging import configure_logging
from app.core.mail import Mailer
from app.core.master_keys import MasterKeys
from app.core.refusals import EXIT_CODE, Refused, refuse_settings
from app.core.signing import Signer
from app.core.time_stamps import TimeStampAuthority, authority_certificates
from app.db.embedded import EmbeddedPostgres
from app.db.init_db import init_db
from app.db.migrate import migrate
from app.db.postgres_programs import EmbeddedPostgresError
from app.db.server_role import SERVER_ROLE, grant
from app.db.session import Sessions, make_engine, make_sessions
from app.schemas.institution import InstitutionSettings
from app.services.clock_watch import watch_clock
from app.services.custody_journal import Journal
from app.services.custody_seal import Notary, keep_sealing
from app.services.custody_stamps import keep_stamping
from app.services.demo_data.sittings import Place
from app.services.demo_data.work import DemoWork
from app.services.disk_watch import DiskWatch, SparingStore
from app.services.evidence_sweep import sweep_evidence
from app.services.film_comparison import keep_comparing
from app.services.hourly_limits import HourlyLimits
from app.services.institution import follow_institution, in_force
from app.services.kept_sitting import Services
from app.services.key_rotation import refuse_without_masters
from app.services.live_exam_sessions import LiveExamSessions
from app.services.mail_digest import keep_digesting
from app.services.practice import sweep_practice
from app.services.pulse import Pulse
from app.services.readiness import DatabasePool
from app.services.refusals import refuse_to_start
from app.services.report_rendering import ReportRenderer
from app.services.retention import keep_running
from app.services.scrub import keep_scrubbing
from app.services.spent_tokens import keep_forgetting
from app.storage import open_storage
from app.websockets import family_sockets, student, teacher
from app.websockets.connections import Connections
from app.websockets.rights import Rights

log = structlog.get_logger(__name__)
KEEP_SECONDS = 1.0
ENTRANCE = 6
"""Students' connections that are let in at the same time; more wait in line, so that others get at the database."""


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan begins."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with opened(app, settings):
                yield
        except Refused as refused:
            # uvicorn would turn any exception into its own exit code; whoever starts us must see ours.
            print(f"360° Proctor does not start: {refused}", file=sys.stderr, flush=True)  # noqa: T201
            os._exit(EXIT_CODE)

    app = FastAPI(
        title="360° Proctor",
        description="Online exam proctoring: evidence for people who decide.",
        version="0.1.0",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None if settings.production else "/docs",
        redoc_url=None if settings.production else "/redoc",
        openapi_url=None if settings.production else "/openapi.json",
    )
    _add_parts(app, settings)
    headers.install(app, settings)
    app.include_router(http_router, prefix="/api/v1")
    app.include_router(student.router, prefix="/api/v1")
    app.include_router(teacher.router, prefix="/api/v1")
    for prefix in ("/api/v1", ""):  # the family's front end knows its general sockets without a prefix
        app.include_router(family_sockets.router, prefix=prefix)
    app.include_router(health.router)
    errors.install(app)
    described.install(app)
    web.install(app, settings)
    return app


def _add_parts(app: FastAPI, settings: Settings) -> None:
    """What endpoints and sockets find in the app's state, as far as it needs no opening."""
    state = app.state
    state.settings = state.own_settings = settings
    state.began = monotonic()
    state.bus = Bus()
    state.connections = Connections()
    state.entrance = asyncio.Semaphore(ENTRANCE)
    state.store = open_storage(settings)
    state.disk = DiskWatch(settings)
    state.limits = HourlyLimits()
    state.mailer = Mailer(settings)
    state.identity_provider = IdentityProvider(settings)
    state.reports = ReportRenderer()
    state.masters = MasterKeys(settings.master_key_file, make=not settings.production)
    state.notary = Notary(Signer(settings.signing_key_file, make=not settings.production), Journal(settings.VAR_DIR))
    state.metrics = CollectorRegistry()


@contextlib.asynccontextmanager
async def opened(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Database, analysis and the live exam sessions, for as long as the server runs."""
    state = app.state
    configure_logging(settings)
    refuse_settings(settings)
    async with contextlib.AsyncExitStack() as stack:
        state.engine = ProcessEngine(workers=settings.ANALYSIS_WORKERS)
        seeing = asyncio.create_task(state.engine.start())  # loads its models while the database is looked at
        stack.push_async_callback(_closed, state.engine, seeing)
        url = await stack.enter_async_context(_database(settings))
        at = await _prepared(settings, url)
        database = make_engine(at, pool_size=settings.DATABASE_POOL, max_overflow=settings.DATABASE_OVERFLOW)
        stack.push_async_callback(database.dispose)
        state.sessions = make_sessions(database, state.bus, state.masters)
        state.rights = Rights(state.sessions)
        await _look_before_serving(settings, state.sessions, state.masters)
        await seeing
        pulse = Pulse()
        await pulse.begin(state.sessions)
        sparing = SparingStore(state.store, state.disk)
        services = Services(state.sessions, state.engine, sparing, state.bus.publish, pulse)
        state.live = LiveExamSessions(services, state.bus)
        state.demo = DemoWork(Place(state.sessions, sparing, state.live.settle), state.notary)
        stack.push_async_callback(state.demo.close)
        numbers = ServerNumbers(state.engine, state.live, DatabasePool(database))
        state.metrics.register(numbers)
        stack.callback(state.metrics.unregister, numbers)
        for work in _background(app, settings, pulse):
            stack.push_async_callback(_ended, asyncio.create_task(work))
        garbage.settle()
        log.info("server.ready", environment=settings.ENVIRONMENT, port=settings.PORT)
        yield


def _background(app: FastAPI, settings: Settings, pulse: Pulse) -> tuple[Coroutine[Any, Any, None], ...]:
    """What goes on beside the requests until the server ends."""
    state = app.state
    return (
        pulse.run(state.sessions),
        state.live.sweep(),
        sweep_evidence(state.sessions, state.store),
        keep_running(state.sessions, state.store),
        follow_institution(state.sessions, lambda wanted: _put_in_force(app, wanted)),
        sweep_practice(state.sessions, state.store),
        keep_forgetting(state.sessions),
        keep_sealing(state.sessions, state.notary),
        keep_stamping(state.sessions, _authority(settings)),
        keep_comparing(state.sessions),
        keep_scrubbing(state.sessions, state.store, bytes_per_second=settings.SCRUB_MB_PER_SECOND * 1_000_000),
        watch_clock(state.sessions),
        state.disk.run(state.sessions),
        keep_digesting(
            state.sessions, state.mailer, minutes=settings.MAIL_DIGEST_MINUTES, public_url=settings.PUBLIC_URL
        ),
    )


def _authority(settings: Settings) -> TimeStampAuthority | None:
    """Who dates what is signed, where somebody does."""
    certificates = authority_certificates(settings.TIMESTAMP_CERTIFICATES_FILE)
    return TimeStampAuthority(settings.TIMESTAMP_URL, certificates) if settings.TIMESTAMP_URL else None


async def _prepared(settings: Settings, url: str) -> str:
    """As the owner: the newest schema, and what the server's own account may do; the address as that account."""
    owner = make_engine(url, pool_size=1, max_overflow=0)
    try:
        await migrate(owner)
        await grant(owner, server_url(settings, url), make=settings.DATABASE_URL is None)
    finally:
        await owner.dispose()
    return server_url(settings, url)


def server_url(settings: Settings, owner_url: str) -> str:
    """The address as the server's own account has it."""
    if settings.DATABASE_URL is not None:
        return settings.DATABASE_URL.get_secret_value()
    return make_url(owner_url).set(username=SERVER_ROLE).render_as_string(hide_password=False)


async def _look_before_serving(settings: Settings, sessions: Sessions, masters: MasterKeys) -> None:
    """Refused where what is in the database must not be served like this; the first rows where there are none."""
    await refuse_to_start(settings, sessions)
    await refuse_without_masters(sessions, masters)
    await init_db(settings, sessions)


def _put_in_force(app: FastAPI, wanted: InstitutionSettings) -> None:
    """What connections and requests that begin from now on go by."""
    app.state.settings = in_force(app.state.own_settings, wanted)
    app.state.mailer.use(app.state.settings)


@contextlib.asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[str]:
    """The owner's address of the database; the embedded one runs as long as somebody uses it."""
    owner = settings.DATABASE_OWNER_URL or settings.DATABASE_URL
    if owner is not None:
        yield owner.get_secret_value()
        return
    cluster = EmbeddedPostgres(settings.VAR_DIR / "postgres")
    try:
        url = await asyncio.to_thread(cluster.start)
        keeper = asyncio.create_task(_keep(cluster))
        try:
            yield url
        finally:
            await _ended(keeper)
    finally:
        await asyncio.to_thread(cluster.stop)


async def _keep(cluster: EmbeddedPostgres) -> None:
    """Until cancelled: nobody else starts the embedded PostgreSQL again when something has killed it."""
    while True:
        await asyncio.sleep(KEEP_SECONDS)
        try:
            if await asyncio.to_thread(cluster.revive):
                log.warning("database.revived")
        except EmbeddedPostgresError as error:
            log.error("database.not_revived", error=str(error))


async def _closed(engine: ProcessEngine, starting: "asyncio.Task[None]") -> None:
    await _ended(starting)
    await engine.close()


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


app = create_app(get_settings())
