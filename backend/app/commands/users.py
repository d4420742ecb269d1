"""`proctor users …`: accounts from the server's own terminal. Passwords come from a prompt or from standard input."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, NoReturn, TypeVar

import typer
from asyncpg import PostgresError
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings, get_settings
from app.core.errors import ProctorError
from app.core.events import Bus
from app.core.i18n import text
from app.db.embedded import database_of
from app.db.postgres_programs import EmbeddedPostgresError
from app.db.session import make_engine, make_sessions, unit_of_work
from app.domain.roles import Language, Role
from app.schemas.users import UserCreate, UserRead, UserUpdate, normalise_email
from app.services import users
from app.services.user_directory import list_users

commands = typer.Typer(no_args_is_help=True, help=__doc__)
T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines and nothing else.")]
Address = Annotated[str, typer.Argument(help="E-mail address of the account.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Change = Annotated[bool, typer.Option("--must-change", help="Ask for a new password at the first login.")]


@commands.command("list")
def list_all(
    *,
    skip: Annotated[int, typer.Option(min=0)] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 1000,
    as_json: AsJson = False,
) -> None:
    """Show the accounts."""

    async def run(db: AsyncSession, _: Settings) -> Sequence[UserRead]:
        return [UserRead.model_validate(user) for user in await list_users(db, skip=skip, limit=limit)]

    found = _in_database(run, as_json=as_json)
    if as_json:
        for user in found:
            typer.echo(user.model_dump_json())
        return
    table = Table("id", "e-mail", "name", "role", "active", "language")
    for user in found:
        row = (str(user.id), user.email, user.full_name, user.role, "yes" if user.is_active else "no")
        table.add_row(*row, user.preferred_language)
    Console().print(table)


@commands.command("create")
def create(
    email: Address,
    *,
    name: Annotated[str, typer.Option(help="Full name.")],
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.STUDENT,
    language: Annotated[Language, typer.Option(help="Language of texts.")] = Language.ENGLISH,
    must_change: Change = False,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Make an account."""
    password = _read_password(from_stdin=password_stdin)
    fields = {"email": email, "full_name": name, "role": role, "preferred_language": language}
    try:
        wanted = UserCreate(**fields, password=password, must_change_password=must_change)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
        _fail("; ".join(problems), code="validation_failed", as_json=as_json)

    async def run(db: AsyncSession, settings: Settings) -> UserRead:
        return UserRead.model_validate(await users.create(db, None, wanted, settings=settings))

    _show(_in_database(run, as_json=as_json), "is made", as_json=as_json)


@commands.command("passwd")
def passwd(
    email: Address, *, must_change: Change = False, password_stdin: FromStdin = False, as_json: AsJson = False
) -> None:
    """Give an account a new password; all its logins end."""
    password = _read_password(from_stdin=password_stdin)
    _change(email, UserUpdate(password=password, must_change_password=must_change), "has a new password", as_json)


@commands.command("deactivate")
def deactivate(email: Address, *, as_json: AsJson = False) -> None:
    """Close an account: its logins end and it cannot log in, but its exams and exam sessions stay."""
    _change(email, UserUpdate(is_active=False), "is closed", as_json)


@commands.command("activate")
def activate(email: Address, *, as_json: AsJson = False) -> None:
    """Open a closed account again."""
    _change(email, UserUpdate(is_active=True), "is open", as_json)


@commands.command("demo-remove")
def demo_remove(*, as_json: AsJson = False) -> None:
    """Remove the demo accounts, for good; those that exams name are closed and lose their name."""

    async def run(db: AsyncSession, _: Settings) -> tuple[int, int]:
        return await users.remove_demo_users(db)

    deleted, closed = _in_database(run, as_json=as_json)
    _say({"deleted": deleted, "closed": closed}, f"{deleted} demo accounts deleted, {closed} closed.", as_json=as_json)


def _change(email: str, wanted: UserUpdate, words: str, as_json: bool) -> None:
    async def run(db: AsyncSession, settings: Settings) -> UserRead:
        user = await users.find(db, normalise_email(email))
        return UserRead.model_validate(await users.update(db, None, user, wanted, settings=settings))

    _show(_in_database(run, as_json=as_json), words, as_json=as_json)


def _in_database(run: Callable[[AsyncSession, Settings], Awaitable[T]], *, as_json: bool) -> T:
    """What `run` gives, in one transaction; a refusal becomes one line and exit status 1."""
    settings = get_settings()

    async def connected(url: str) -> T:
        engine = make_engine(url, pool_size=1, max_overflow=0)
        try:
            async with unit_of_work(make_sessions(engine, Bus())) as db:
                return await run(db, settings)
        finally:
            await engine.dispose()

    try:
        with database_of(settings) as url:
            return asyncio.run(connected(url))
    except ProctorError as error:
        _fail(text("errors", error.code, Language.ENGLISH, error.params), code=error.code, as_json=as_json)
    except EmbeddedPostgresError as error:
        _fail(str(error), code="unavailable", as_json=as_json)
    except (SQLAlchemyError, PostgresError) as error:
        reason = f"The database refused ({type(error.__cause__ or error).__name__}); is its schema up to date?"
        _fail(f"{reason} See `proctor db upgrade`.", code="unavailable", as_json=as_json)
    except OSError as error:
        _fail(f"The database cannot be reached: {error.strerror or error}", code="unavailable", as_json=as_json)


def _read_password(*, from_stdin: bool) -> str:
    """Never from the command line: other accounts of the machine could read it there."""
    if from_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _show(user: UserRead, words: str, *, as_json: bool) -> None:
    _say(user.model_dump(mode="json"), f"{user.email} ({user.role}, number {user.id}) {words}.", as_json=as_json)


def _say(found: Mapping[str, object], words: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else words)


def _fail(reason: str, *, code: str, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": reason, "code": code}, ensure_ascii=False))
    else:
        typer.echo(reason, err=True)
    raise typer.Exit(1) from None
