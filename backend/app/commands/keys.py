"""`proctor keys …`: the keys that open what is sealed. They lie in files outside database and evidence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn, TypeVar

import typer
from asyncpg import PostgresError
from sqlalchemy.exc import SQLAlchemyError

from app.commands.complaints import complain
from app.core.config import Settings, get_settings
from app.core.events import Bus
from app.core.master_keys import MasterKeyError, MasterKeys
from app.core.sealing import Unsealable
from app.core.signing import Signer, SigningKeyError
from app.db.embedded import database_of
from app.db.postgres_programs import EmbeddedPostgresError
from app.db.session import Sessions, make_engine, make_sessions, unit_of_work
from app.services.key_rotation import forget_unused, keys_in_use, rewrap_all
from app.services.late_sealing import seal_old
from app.storage import open_storage

commands = typer.Typer(no_args_is_help=True, help=__doc__)
T = TypeVar("T")
Work = Callable[[Sessions, MasterKeys, Settings], Awaitable[T]]


@commands.command("make")
def make() -> None:
    """Make master key and signing key where there are none yet. Keep copies of both apart from every backup."""
    settings = get_settings()
    there = settings.master_key_file.exists()
    masters = MasterKeys(settings.master_key_file, make=True)
    typer.echo(f"{settings.master_key_file}: {'is there' if there else 'made'} (key {_ids(masters)[0]}).")
    signer = Signer(settings.signing_key_file, make=True)
    there = settings.signing_key_file.exists()
    typer.echo(f"{settings.signing_key_file}: {'is there' if there else 'made'} (key {signer.key_id}).")


@commands.command("public")
def public() -> None:
    """Print the public key that verifies what this server signs: give it to whoever has to verify."""
    settings = get_settings()
    try:
        typer.echo(Signer(settings.signing_key_file, make=not settings.production).public_pem, nl=False)
    except SigningKeyError as error:
        _fail(str(error))


@commands.command("show")
def show() -> None:
    """Name the master keys and how much each of them opens; never a key itself."""

    async def run(sessions: Sessions, masters: MasterKeys, _: Settings) -> None:
        async with unit_of_work(sessions) as db:
            used = await keys_in_use(db)
        for place, master_id in enumerate(masters.ids):
            typer.echo(f"{master_id}  {used.get(master_id, 0):>8} data keys{'  newest' if place == 0 else ''}")

    _in_database(run)


@commands.command("rotate")
def rotate(
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the newest key instead of making one.")] = False,
) -> None:
    """Make a new master key and wrap every data key with it; servers may go on meanwhile. Old keys stay in the file."""

    async def run(sessions: Sessions, masters: MasterKeys, _: Settings) -> None:
        if not resume:
            masters.add()
        done = await rewrap_all(sessions, masters)
        typer.echo(f"{done} data keys are now wrapped by master key {masters.ids[0]}.")

    _in_database(run)


@commands.command("forget")
def forget() -> None:
    """Remove master keys that open nothing any more; backups from before the rotation become unreadable."""

    async def run(sessions: Sessions, masters: MasterKeys, _: Settings) -> None:
        async with unit_of_work(sessions) as db:
            gone = await forget_unused(db, masters)
        typer.echo(f"Forgotten: {', '.join(sorted(gone)) or 'nothing'}.")

    _in_database(run)


@commands.command("seal")
def seal() -> None:
    """Seal pictures, documents, recordings and answer files that were kept before there were keys."""

    async def run(sessions: Sessions, _: MasterKeys, settings: Settings) -> list[str]:
        done, damaged = await seal_old(sessions, open_storage(settings))
        typer.echo(f"{done} files sealed.")
        return damaged

    damaged = _in_database(run)
    for name in damaged:
        typer.echo(f"missing or damaged already: {name}", err=True)
    if damaged:
        raise typer.Exit(1)


def _in_database(work: Work[T]) -> T:
    settings = get_settings()
    masters = MasterKeys(settings.master_key_file, make=not settings.production)
    try:
        with database_of(settings) as url:
            return asyncio.run(_run(url, settings, masters, work))
    except (MasterKeyError, EmbeddedPostgresError) as error:
        _fail(str(error))
    except Unsealable:
        _fail("A data key was wrapped by a master key that is not in the file.")
    except (SQLAlchemyError, PostgresError, OSError) as error:
        _fail(f"The database or the disk refused: {type(error.__cause__ or error).__name__}")


async def _run(url: str, settings: Settings, masters: MasterKeys, work: Work[T]) -> T:
    engine = make_engine(url)
    try:
        return await work(make_sessions(engine, Bus(), masters), masters, settings)
    finally:
        await engine.dispose()


def _ids(masters: MasterKeys) -> list[str]:
    try:
        return masters.ids
    except MasterKeyError as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    complain("keys", text, as_json=False)
    raise typer.Exit(1)
