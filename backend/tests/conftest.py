"""What all tests share: a private PostgreSQL built by the migrations, the app, and a client for each kind of user."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from starlette.routing import BaseRoute

from app.ai.engine import ProcessEngine
from app.core.config import Environment, Settings
from app.core.events import Bus
from app.core.master_keys import MasterKeys
from app.core.security import API_AUDIENCE, TokenKind, issue_token
from app.db.base import Base
from app.db.embedded import running
from app.db.migrate import migrate
from app.db.models import Exam, ExamSession, User
from app.db.server_role import SERVER_ROLE, grant
from app.db.session import Sessions, make_engine, make_sessions, unit_of_work
from app.domain.roles import Role
from app.main import create_app
from app.storage import LocalStore
from app.websockets.rights import Rights
from tests.builders import make_exam, make_exam_session, make_user
from tests.live import LiveServer, Loopback, serving

Login = Callable[[User], dict[str, str]]


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of this test process alone; it may forget on a power cut, we do not test that here."""
    options = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB"}
    with running(tmp_path_factory.mktemp("cluster") / "postgres", options=options) as url:
        yield url


@pytest.fixture(scope="session")
async def engine(cluster_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a database with all migrations run."""
    engine = make_engine(cluster_url)
    await migrate(engine)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def server_engine(engine: AsyncEngine, cluster_url: str) -> AsyncIterator[AsyncEngine]:
    """The same database as the server's own account sees it, which may not do everything."""
    url = make_url(cluster_url).set(username=SERVER_ROLE).render_as_string(hide_password=False)
    await grant(engine, url, make=True)
    server_engine = make_engine(url)
    yield server_engine
    await server_engine.dispose()


@pytest.fixture
def settings(tmp_path: Path, cluster_url: str) -> Settings:
    """Settings of a test server; `model_copy(update=…)` makes others."""
    return Settings(
        _env_file=None,
        ENVIRONMENT=Environment.TEST,
        DATABASE_URL=cluster_url,
        VAR_DIR=tmp_path / "var",
        SECRET_KEY="test-key-0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        WEB_DIR=tmp_path / "no-web-app",
        ANALYSIS_WORKERS=1,
    )


@pytest.fixture
def bus() -> Bus:
    """The bus of this test's app."""
    return Bus()


@pytest.fixture
async def sessions(
    engine: AsyncEngine, server_engine: AsyncEngine, bus: Bus, settings: Settings
) -> AsyncIterator[Sessions]:
    """Database sessions on tables that are empty at the start; what the test commits is removed after it."""
    yield make_sessions(server_engine, bus, MasterKeys(settings.master_key_file, make=True))
    # TRUNCATE makes new files for every table; few rows go faster one by one, and all statements in one go.
    emptied = "; ".join(f"DELETE FROM {table.name}" for table in reversed(Base.metadata.sorted_tables))
    async with engine.begin() as connection:
        raw = await connection.get_raw_connection()
        await raw.driver_connection.execute(emptied)  # type: ignore[union-attr]


@pytest.fixture
async def db(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """For looking at rows and making some; commit what the app must see."""
    async with sessions() as db:
        yield db


@pytest.fixture(scope="session")
def routes() -> dict[int, BaseRoute]:
    """Routes of the session's first app by their place; each app works them out anew, which takes 0.13 s."""
    return {}


@pytest.fixture
def app(settings: Settings, sessions: Sessions, bus: Bus, routes: dict[int, BaseRoute]) -> FastAPI:
    """The app over the test's database; its lifespan does not run, so nothing analyses frames."""
    app = create_app(settings)
    for place, route in enumerate(app.router.routes):
        if hasattr(route, "original_router"):  # included as it is: the same in every app, whatever its settings
            app.router.routes[place] = routes.setdefault(place, route)
    app.state.settings = settings
    app.state.sessions = sessions
    app.state.rights = Rights(sessions)
    app.state.bus = bus
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Nobody in particular, on this machine."""
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def login(settings: Settings) -> Login:
    """Headers of somebody who is logged in; without the cost of a password."""

    def headers(user: User) -> dict[str, str]:
        token, _, _ = issue_token(
            settings,
            kind=TokenKind.ACCESS,
            audience=API_AUDIENCE,
            user_id=user.id,
            token_version=user.token_version,
        )
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
async def student(sessions: Sessions) -> User:
    """A student."""
    return await _person(sessions, Role.STUDENT)


@pytest.fixture
async def teacher(sessions: Sessions) -> User:
    """A teacher."""
    return await _person(sessions, Role.TEACHER)


@pytest.fixture
async def admin(sessions: Sessions) -> User:
    """An administrator."""
    return await _person(sessions, Role.ADMIN)


@pytest.fixture
async def student_client(app: FastAPI, student: User, login: Login) -> AsyncIterator[httpx2.AsyncClient]:
    """The student's browser."""
    async with _browser(app, login(student)) as client:
        yield client


@pytest.fixture
async def teacher_client(app: FastAPI, teacher: User, login: Login) -> AsyncIterator[httpx2.AsyncClient]:
    """The teacher's browser."""
    async with _browser(app, login(teacher)) as client:
        yield client


@pytest.fixture
async def admin_client(app: FastAPI, admin: User, login: Login) -> AsyncIterator[httpx2.AsyncClient]:
    """The administrator's browser."""
    async with _browser(app, login(admin)) as client:
        yield client


@pytest.fixture
async def exam(sessions: Sessions, teacher: User) -> Exam:
    """The teacher's exam, running now, open to all students."""
    async with unit_of_work(sessions) as db:
        return await make_exam(db, teacher)


@pytest.fixture
async def taken(sessions: Sessions, exam: Exam, student: User) -> ExamSession:
    """The student's sitting of it, just begun."""
    async with unit_of_work(sessions) as db:
        return await make_exam_session(db, exam, student)


@pytest.fixture(scope="session")
async def analysis() -> AsyncIterator[ProcessEngine]:
    """The real engine with one worker process, for all tests."""
    engine = ProcessEngine(workers=1)
    await engine.start()
    yield engine
    await engine.close()


@pytest.fixture(scope="session")
async def loopback() -> AsyncIterator[Loopback]:
    """One server on a spare port for all tests; each test puts its own app in place."""
    loopback = await Loopback(Settings(_env_file=None)).open()
    yield loopback
    await loopback.shutdown()


@pytest.fixture
async def server(
    app: FastAPI, loopback: Loopback, analysis: ProcessEngine, settings: Settings
) -> AsyncIterator[LiveServer]:
    """This test's app behind a real port, with real analysis and a real evidence folder."""
    async with serving(app, loopback, analysis, LocalStore(settings.evidence_dir)) as server:
        yield server


def _browser(app: FastAPI, headers: dict[str, str]) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 50_000))
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)


async def _person(sessions: Sessions, role: Role) -> User:
    async with unit_of_work(sessions) as db:
        return await make_user(db, role)
