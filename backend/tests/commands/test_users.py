"""`proctor users`: the command as an administrator types it, on the test's own database."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from app.cli import app
from app.core.config import get_settings
from app.core.security import verify_password
from app.db.models import User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from tests.builders import PASSWORD, make_user

Run = Callable[..., "asyncio.Future[Result]"]


@pytest.fixture
def run(
    engine: AsyncEngine, cluster_url: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Sequence[str], str], "asyncio.Future[Result]"]:
    """Types `proctor users …`, with something on standard input; in a thread, for it runs a loop of its own."""
    monkeypatch.setenv("DATABASE_URL", cluster_url)
    monkeypatch.setenv("ENVIRONMENT", "test")
    get_settings.cache_clear()

    def typed(arguments: Sequence[str], stdin: str = "") -> "asyncio.Future[Result]":
        runner = CliRunner()
        return asyncio.get_running_loop().run_in_executor(
            None, lambda: runner.invoke(app, ["users", *arguments], input=stdin)
        )

    return typed


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    yield
    get_settings.cache_clear()


async def test_create_list_and_close(run: Run, sessions: Sessions) -> None:
    made = await run(
        ["create", "Nila@Example.org", "--name", "নীলা", "--role", "teacher", "--password-stdin", "--json"],
        "mango lantern 77\n",
    )
    assert made.exit_code == 0, made.output
    user = json.loads(made.stdout)
    assert (user["email"], user["role"], user["full_name"]) == ("nila@example.org", "teacher", "নীলা")
    listed = [json.loads(line) for line in (await run(["list", "--json"])).stdout.splitlines()]
    assert [one["id"] for one in listed] == [user["id"]]
    for command, is_active in (("deactivate", False), ("activate", True)):
        changed = json.loads((await run([command, "NILA@example.org", "--json"])).stdout)
        assert changed["is_active"] is is_active
    assert "nila@example.org" in (await run(["list"])).stdout


async def test_passwd_ends_logins(run: Run, sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        user = await make_user(db, must_change_password=True)
    done = await run(["passwd", user.email], "mango lantern 77\n")
    assert done.exit_code == 0, done.output
    async with sessions() as db:
        changed = await db.get_one(User, user.id)
    assert (changed.token_version, changed.must_change_password) == (1, False)
    assert (await verify_password("mango lantern 77", changed.hashed_password))[0]
    assert not (await verify_password(PASSWORD, changed.hashed_password))[0]


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (["create", "a@example.org", "--name", "A"], "short\n", "password_too_short"),
        (["create", "a@example.org", "--name", "A"], "teacher123\n", "password_too_common"),
        (["create", "no address", "--name", "A"], "mango lantern 77\n", "validation_failed"),
        (["create", "a@example.org", "--name", "A"], "\n", "validation_failed"),
        (["passwd", "nobody@example.org"], "mango lantern 77\n", "not_found"),
        (["deactivate", "nobody@example.org"], "", "not_found"),
        (["deactivate", "{admin}"], "", "last_admin"),
    ],
)
async def test_refusals_are_one_line_and_status_1(
    run: Run, sessions: Sessions, arguments: list[str], stdin: str, code: str
) -> None:
    async with unit_of_work(sessions) as db:
        admin = await make_user(db, Role.ADMIN)
    arguments = [one.replace("{admin}", admin.email) for one in arguments]
    refused = await run([*arguments, "--json"], stdin)
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["code"] == code
    in_words = await run(arguments, stdin)
    assert (in_words.exit_code, len(in_words.stderr.strip().splitlines())) == (1, 1)


async def test_demo_remove(run: Run, sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        await make_user(db, Role.ADMIN, is_demo=True)
        kept = await make_user(db)
    assert json.loads((await run(["demo-remove", "--json"])).stdout) == {"deleted": 1, "closed": 0}
    listed = (await run(["list", "--json"])).stdout.splitlines()
    assert [json.loads(line)["id"] for line in listed] == [kept.id]


async def test_a_database_that_is_away_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://proctor@127.0.0.1:9/x")
    get_settings.cache_clear()
    refused = await run(["list", "--json"])
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["code"] == "unavailable"
