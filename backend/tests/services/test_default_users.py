"""The default users (reliability.md §6, tests D1 to D14 as far as they concern the server)."""

import asyncio
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.clock import now
from app.core.config import Environment, Settings
from app.core.events import Bus
from app.core.master_keys import MasterKeys
from app.core.passwords import is_demo_password
from app.core.refusals import Refused
from app.core.signing import Signer
from app.db.init_db import ONE_TIME_FILE, init_db
from app.db.models import AuditEntry, User
from app.db.session import Sessions, unit_of_work
from app.domain.demo_accounts import DEMO_ACCOUNTS
from app.domain.roles import Role
from app.main import create_app
from app.services import users
from app.services.refusals import refuse_to_start
from tests.builders import make_exam, make_user

KEY = "Zr8vQ1mX4kT7cW2nB9yL5hG3dF6sJ0aPeUiOqRtY"
PAIRS = [(account.email, account.password) for account in DEMO_ACCOUNTS]
ForEnvironment = Callable[..., Settings]


@pytest.fixture
def in_environment(tmp_path: Path) -> ForEnvironment:
    """Settings for an environment, with other fields by name."""

    def make(environment: Environment, **fields: Any) -> Settings:
        return Settings(
            _env_file=None, ENVIRONMENT=environment, SECRET_KEY=KEY, DATABASE_URL=None, VAR_DIR=tmp_path, **fields
        )

    return make


@pytest.fixture
def development(in_environment: ForEnvironment) -> Settings:
    """A laptop."""
    return in_environment(Environment.DEVELOPMENT)


@pytest.fixture
def production(in_environment: ForEnvironment) -> Settings:
    """A server people depend on."""
    settings = in_environment(Environment.PRODUCTION)
    MasterKeys(settings.master_key_file, make=True).ids  # noqa: B018 - makes the file, as `proctor keys make` does
    Signer(settings.signing_key_file, make=True).key_id  # noqa: B018
    return settings


@pytest.fixture
async def laptop(development: Settings, sessions: Sessions, bus: Bus) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser on a freshly started laptop."""
    await init_db(development, sessions)
    async with browser(served(development, sessions, bus)) as client:
        yield client


def served(settings: Settings, sessions: Sessions, bus: Bus) -> FastAPI:
    """The app of these settings over the test's database."""
    app = create_app(settings)
    app.state.sessions, app.state.bus = sessions, bus
    return app


def browser(app: FastAPI, *, peer: str = "127.0.0.1", host: str = "localhost:8000") -> httpx2.AsyncClient:
    """A browser whose packets come from `peer` and which asks for `host`."""
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app, client=(peer, 50_000)), base_url="http://x", headers={"Host": host}
    )


async def log_in(
    client: httpx2.AsyncClient, email: str, password: str, headers: dict[str, str] | None = None
) -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json={"email": email, "password": password}, headers=headers)


async def count_users(sessions: Sessions) -> int:
    async with sessions() as db:
        return await db.scalar(select(func.count()).select_from(User)) or 0


@pytest.mark.parametrize(
    ("peer", "host"),
    [("127.0.0.1", "localhost"), ("127.8.9.1", "127.0.0.1:8000"), ("::1", "[::1]:8000"), ("::ffff:127.0.0.1", "[::1]")],
)
async def test_d1_the_three_logins_of_the_readme_work_here(
    laptop: httpx2.AsyncClient, development: Settings, sessions: Sessions, bus: Bus, peer: str, host: str
) -> None:
    async with browser(served(development, sessions, bus), peer=peer, host=host) as client:
        answer = await log_in(client, *PAIRS[0])
    assert (answer.status_code, answer.json()["user"]["role"]) == (200, "admin")


async def test_d1_every_role_and_the_documentation(laptop: httpx2.AsyncClient) -> None:
    for account in DEMO_ACCOUNTS:
        answer = await log_in(laptop, account.email, account.password)
        assert (answer.status_code, answer.json()["user"]["role"]) == (200, account.role)
        assert answer.headers["x-demo-mode"] == "1"
    assert (await laptop.get("/docs")).status_code == 200


@pytest.mark.parametrize(
    ("peer", "host", "headers"),
    [
        ("192.168.1.5", "localhost", {}),
        ("10.0.0.1", "10.0.0.2:8000", {}),
        ("127.0.0.1", "exam.example", {}),
        ("127.0.0.1", "localhost.exam.example", {}),
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", "localhost", {"X-Forwarded-Proto": "https"}),
        ("127.0.0.1", "localhost", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", "localhost", {"Via": "1.1 proxy"}),
        ("127.0.0.1", "localhost", {"X-Real-IP": "127.0.0.1"}),
    ],
)
async def test_d2_d3_d14_from_elsewhere_it_is_a_wrong_password(
    development: Settings, sessions: Sessions, bus: Bus, peer: str, host: str, headers: dict[str, str]
) -> None:
    await init_db(development, sessions)
    async with browser(served(development, sessions, bus), peer=peer, host=host) as client:
        refused = await log_in(client, *PAIRS[0], headers=headers)
        wrong = await log_in(client, PAIRS[0][0], "wrong", headers=headers)
    assert refused.status_code == wrong.status_code == 401
    assert refused.json() == wrong.json()
    assert set(refused.headers) == set(wrong.headers)
    async with sessions() as db:
        reasons = await db.scalars(
            select(AuditEntry.detail["reason"].astext).where(AuditEntry.action == "user.login_refused")
        )
        assert sorted(reasons) == ["remote_demo", "wrong_password"]


async def test_a_demo_refresh_token_is_no_way_around(
    laptop: httpx2.AsyncClient, development: Settings, sessions: Sessions, bus: Bus
) -> None:
    opened = (await log_in(laptop, *PAIRS[0])).json()
    async with browser(served(development, sessions, bus), peer="192.168.1.5") as client:
        answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": opened["refresh_token"]})
    assert answer.status_code == 401


async def test_remote_demo_can_be_allowed_outside_production(
    in_environment: ForEnvironment, sessions: Sessions, bus: Bus
) -> None:
    settings = in_environment(Environment.DEVELOPMENT, ALLOW_REMOTE_DEMO=True)
    await init_db(settings, sessions)
    async with browser(served(settings, sessions, bus), peer="192.168.1.5") as client:
        assert (await log_in(client, *PAIRS[0])).status_code == 200


async def test_d4_production_starts_with_one_random_administrator(
    production: Settings, sessions: Sessions, bus: Bus, capsys: pytest.CaptureFixture[str]
) -> None:
    await refuse_to_start(production, sessions)
    await init_db(production, sessions)
    file = production.VAR_DIR / ONE_TIME_FILE
    email, password = file.read_text().split()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert capsys.readouterr().err.count(password) == 1
    assert len(password) == 20
    await init_db(production, sessions)
    assert capsys.readouterr().err == ""
    assert await count_users(sessions) == 1
    async with browser(served(production, sessions, bus), peer="203.0.113.9", host="exam.example") as client:
        opened = (await log_in(client, email, password)).json()
        headers = {"Authorization": f"Bearer {opened['access_token']}"}
        blocked = await client.get("/api/v1/users/", headers=headers)
        assert (blocked.status_code, blocked.json()["code"]) == (403, "password_change_required")
        change = {"password": "violet kettle 94 rivers", "current_password": password}
        assert (await client.put("/api/v1/users/me", json=change, headers=headers)).status_code == 200
        assert (await log_in(client, email, password)).status_code == 401
        assert (await log_in(client, email, change["password"])).status_code == 200
        assert "x-demo-mode" not in (await client.get("/api/v1/")).headers


async def test_d4_the_one_time_password_is_dead_after_a_day(production: Settings, sessions: Sessions, bus: Bus) -> None:
    await init_db(production, sessions)
    email, password = (production.VAR_DIR / ONE_TIME_FILE).read_text().split()
    async with sessions() as db:
        (admin,) = await db.scalars(select(User))
    assert admin.password_expires_at is not None
    assert 23.9 < (admin.password_expires_at - now()).total_seconds() / 3600 <= 24
    async with unit_of_work(sessions) as db:  # a day later
        await db.execute(update(User).values(password_expires_at=now()))
    async with browser(served(production, sessions, bus)) as client:
        assert (await log_in(client, email, password)).status_code == 401


async def test_production_takes_the_given_administrator(
    in_environment: ForEnvironment, sessions: Sessions, bus: Bus, tmp_path: Path
) -> None:
    (tmp_path / "given").write_text("violet kettle 94 rivers\n")
    given: dict[str, Any] = {
        "FIRST_ADMIN_EMAIL": "Head@School.example",
        "FIRST_ADMIN_PASSWORD_FILE": tmp_path / "given",
    }
    settings = in_environment(Environment.PRODUCTION, **given)
    await init_db(settings, sessions)
    assert not (tmp_path / ONE_TIME_FILE).exists()
    async with browser(served(settings, sessions, bus)) as client:
        answer = await log_in(client, "head@school.example", "violet kettle 94 rivers")
    assert (answer.status_code, answer.json()["user"]["must_change_password"]) == (200, False)


@pytest.mark.parametrize("content", ["admin123", "four22", None], ids=str)
async def test_d10_a_bad_given_password_is_refused(
    in_environment: ForEnvironment, sessions: Sessions, tmp_path: Path, content: str | None
) -> None:
    if content:
        (tmp_path / "given").write_text(content)
    settings = in_environment(Environment.PRODUCTION, FIRST_ADMIN_PASSWORD_FILE=tmp_path / "given")
    with pytest.raises(Refused) as refused:
        await init_db(settings, sessions)
    assert not content or content not in str(refused.value)
    assert await count_users(sessions) == 0


async def test_d5_d9_production_over_a_laptops_database(
    development: Settings, production: Settings, sessions: Sessions, bus: Bus
) -> None:
    await init_db(development, sessions)
    with pytest.raises(Refused, match="demo-remove"):
        await refuse_to_start(production, sessions)
    async with unit_of_work(sessions) as db:
        assert await users.remove_demo_users(db) == (3, 0)
    await refuse_to_start(production, sessions)
    await init_db(production, sessions)
    assert await count_users(sessions) == 1
    await init_db(development, sessions)  # back on the laptop: the demo accounts stay gone
    assert await count_users(sessions) == 1


async def test_d5_demo_accounts_that_exams_name_are_closed(
    development: Settings, production: Settings, sessions: Sessions
) -> None:
    await init_db(development, sessions)
    async with unit_of_work(sessions) as db:
        teacher = await users.find(db, "teacher@example.com")
        await make_exam(db, teacher)
        assert await users.remove_demo_users(db) == (2, 1)
    await refuse_to_start(production, sessions)
    async with sessions() as db:
        closed = await db.get_one(User, teacher.id)
    assert (closed.is_active, closed.email) == (False, f"demo-{teacher.id}@removed.invalid")


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
async def test_d5_a_known_password_is_found_without_the_mark(
    production: Settings, development: Settings, sessions: Sessions, pair: tuple[str, str]
) -> None:
    await init_db(development, sessions)
    async with unit_of_work(sessions) as db:
        await db.execute(update(User).values(is_demo=False, is_active=User.email == pair[0]))
    with pytest.raises(Refused, match=pair[0]) as refused:
        await refuse_to_start(production, sessions)
    assert pair[1] not in str(refused.value).replace(pair[0], "")


async def test_d7_two_servers_starting_together_make_three_users(
    engine: AsyncEngine, development: Settings, sessions: Sessions
) -> None:
    await asyncio.gather(*(init_db(development, sessions) for _ in range(4)))
    assert await count_users(sessions) == 3


async def test_d8_what_was_changed_or_deleted_stays_so(
    laptop: httpx2.AsyncClient, development: Settings, sessions: Sessions
) -> None:
    opened = (await log_in(laptop, *PAIRS[0])).json()
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    people = (await laptop.get("/api/v1/users/", headers=headers)).json()
    student = next(one["id"] for one in people if one["role"] == "student")
    assert (await laptop.delete(f"/api/v1/users/{student}", headers=headers)).status_code == 200
    change = {"password": "mango lantern 77", "current_password": PAIRS[0][1]}
    assert (await laptop.put("/api/v1/users/me", json=change, headers=headers)).status_code == 200
    await init_db(development, sessions)
    assert (await log_in(laptop, *PAIRS[2])).status_code == 401
    assert (await log_in(laptop, *PAIRS[0])).status_code == 401
    assert (await log_in(laptop, PAIRS[0][0], "mango lantern 77")).status_code == 200


async def test_a_database_with_people_gets_no_demo_accounts(development: Settings, sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        await make_user(db, Role.ADMIN)
    await init_db(development, sessions)
    assert await count_users(sessions) == 1


@pytest.mark.parametrize("password", [password for _, password in PAIRS])
async def test_d10_nobody_can_choose_a_demo_password(laptop: httpx2.AsyncClient, password: str) -> None:
    assert is_demo_password(password)
    opened = (await log_in(laptop, *PAIRS[0])).json()
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    new = {"email": "new@example.org", "full_name": "New", "password": password}
    for answer in (
        await laptop.post("/api/v1/auth/register", json=new),
        await laptop.post("/api/v1/users/", json=new, headers=headers),
        await laptop.put("/api/v1/users/3", json={"password": password}, headers=headers),
        await laptop.put(
            "/api/v1/users/me", json={"password": password, "current_password": PAIRS[0][1]}, headers=headers
        ),
    ):
        assert answer.status_code in (404, 422)
        assert answer.json()["code"] in ("password_too_common", "not_found")


async def test_d12_a_demo_login_is_in_the_audit_log(laptop: httpx2.AsyncClient, sessions: Sessions) -> None:
    await log_in(laptop, *PAIRS[1])
    async with sessions() as db:
        (entry,) = await db.scalars(select(AuditEntry).where(AuditEntry.action == "user.login"))
    assert entry.detail == {"demo": True}


async def test_the_demo_header_goes_with_the_demo_accounts(
    development: Settings, sessions: Sessions, bus: Bus, laptop: httpx2.AsyncClient
) -> None:
    assert (await laptop.get("/api/v1/")).headers["x-demo-mode"] == "1"
    async with unit_of_work(sessions) as db:
        await users.remove_demo_users(db)
    async with browser(served(development, sessions, bus)) as client:
        assert "x-demo-mode" not in (await client.get("/api/v1/")).headers


def test_d11_demo_passwords_stand_only_where_they_are_seeded() -> None:
    app_folder = Path(__file__).resolve().parents[2] / "app"
    holders = {
        path.name
        for path in app_folder.rglob("*")
        if path.suffix in (".py", ".txt", ".json", ".toml")
        for _, password in PAIRS
        if password in path.read_text(encoding="utf-8")
    }
    assert holders == {"demo_accounts.py"}


async def test_d6_a_secret_is_checked_before_the_database(production: Settings) -> None:
    settings = production.model_copy(update={"SECRET_KEY": SecretStr("short")})
    with pytest.raises(Refused, match="SECRET_KEY"):
        await refuse_to_start(settings, None)  # type: ignore[arg-type]  # it must not be touched
