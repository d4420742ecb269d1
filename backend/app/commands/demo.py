"""`proctor demo …`: courses, exams and sittings to look at, marked as demonstration; never in production."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, NoReturn

import typer
from asyncpg import PostgresError
from sqlalchemy.exc import SQLAlchemyError

from app.ai.engine import ProcessEngine
from app.commands.complaints import complain
from app.core.config import Settings, get_settings
from app.core.errors import ProctorError
from app.core.events import Bus
from app.core.i18n import text
from app.core.master_keys import MasterKeyError, MasterKeys
from app.core.signing import Signer, SigningKeyError
from app.db.embedded import database_of
from app.db.postgres_programs import EmbeddedPostgresError
from app.db.session import Sessions, make_engine, make_sessions, unit_of_work
from app.domain.roles import Language
from app.schemas.demo_data import DemoDataRead
from app.services.custody_journal import Journal
from app.services.custody_seal import Notary
from app.services.demo_data.runs import demo_data
from app.services.demo_data.sittings import Place
from app.services.demo_data.work import DemoWork
from app.services.kept_sitting import Services
from app.services.live_exam_sessions import LiveExamSessions
from app.storage import open_storage

commands = typer.Typer(no_args_is_help=True, help=__doc__)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines and nothing else.")]
LOOK_SECONDS = 1.0


@commands.command("on")
def on(*, as_json: AsJson = False) -> None:
    """Make it. Refused in production, and where it is there already."""
    if get_settings().production:  # before any key is looked for
        _fail("demo_data_refused", text("errors", "demo_data_refused", Language.ENGLISH), as_json=as_json)
    _carry_out(removes=False, as_json=as_json)


@commands.command("off")
def off(*, as_json: AsJson = False) -> None:
    """Remove it, and nothing else."""
    _carry_out(removes=True, as_json=as_json)


@commands.command("status")
def status(*, as_json: AsJson = False) -> None:
    """Say what is there."""

    async def run(_work: DemoWork, sessions: Sessions, settings: Settings) -> None:
        _say(await _found(sessions, settings), as_json=as_json)

    _in_database(run, as_json=as_json)


def _carry_out(*, removes: bool, as_json: bool) -> None:
    async def run(work: DemoWork, sessions: Sessions, settings: Settings) -> None:
        await work.begin(None, settings, removes=removes)
        ended = asyncio.create_task(work.finished())
        while not ended.done():
            await asyncio.wait([ended], timeout=LOOK_SECONDS)
            _say(await _found(sessions, settings), as_json=as_json)
        if (await _found(sessions, settings)).progress.state == "failed":
            _fail("failed", "It was not finished. Ask again to go on.", as_json=as_json)

    _in_database(run, as_json=as_json)


def _in_database(run: Callable[[DemoWork, Sessions, Settings], Awaitable[None]], *, as_json: bool) -> None:
    settings = get_settings()

    async def connected(url: str) -> None:
        async with _work(settings, url) as (work, sessions):
            await run(work, sessions, settings)

    try:
        with database_of(settings) as url:
            asyncio.run(connected(url))
    except ProctorError as error:
        _fail(error.code, text("errors", error.code, Language.ENGLISH, error.params), as_json=as_json)
    except (OSError, SigningKeyError, MasterKeyError, EmbeddedPostgresError) as error:
        _fail("unavailable", str(error), as_json=as_json)
    except (SQLAlchemyError, PostgresError) as error:
        reason = f"The database refused ({type(error.__cause__ or error).__name__}); is its schema up to date?"
        _fail("unavailable", f"{reason} See `proctor db upgrade`.", as_json=as_json)


@contextlib.asynccontextmanager
async def _work(settings: Settings, url: str) -> AsyncIterator[tuple[DemoWork, Sessions]]:
    """As a server has it; nothing is ever analysed here, so no worker is started."""
    engine, bus = make_engine(url, pool_size=2, max_overflow=1), Bus()
    masters = MasterKeys(settings.master_key_file, make=not settings.production)
    notary = Notary(Signer(settings.signing_key_file, make=not settings.production), Journal(settings.VAR_DIR))
    store, sessions = open_storage(settings), make_sessions(engine, bus, masters)
    live = LiveExamSessions(Services(sessions, ProcessEngine(workers=1), store, bus.publish), bus)
    try:
        yield DemoWork(Place(sessions, store, live.settle), notary), sessions
    finally:
        await engine.dispose()


async def _found(sessions: Sessions, settings: Settings) -> DemoDataRead:
    async with unit_of_work(sessions) as db:
        return await demo_data(db, settings)


def _say(found: DemoDataRead, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found.model_dump(mode="json")))
        return
    there = f"{found.exams} exams, {found.students} students, {found.exam_sessions} exam sessions"
    steps = f", step {found.progress.done} of {found.progress.total}" if found.progress.total else ""
    typer.echo(f"{found.progress.state}: {there}{steps}.")


def _fail(code: str, reason: str, *, as_json: bool) -> NoReturn:
    complain(code, reason, as_json=as_json)
    raise typer.Exit(1)
