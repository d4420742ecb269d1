"""`proctor db …`: the schema, and safe copies of database and evidence."""

import asyncio
import json
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from asyncpg import PostgresError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import now
from app.core.config import Settings, get_settings
from app.core.events import Bus
from app.core.master_keys import MasterKeyError, MasterKeys
from app.core.signing import Signer, SigningKeyError
from app.db import archive, backup, check, following, migrate, recovering, restore
from app.db.embedded import database_of
from app.db.postgres_programs import EmbeddedPostgresError
from app.db.session import make_engine, make_sessions
from app.services.custody_journal import Journal
from app.services.custody_seal import Notary
from app.services.erasure import erase_again
from app.storage import open_storage

commands = typer.Typer(no_args_is_help=True, help=__doc__)
console = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
REASONED = (archive.BackupError, migrate.MigrationError, EmbeddedPostgresError, MasterKeyError, SigningKeyError)
MOMENTS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%f"]
STAGES: Mapping[archive.Stage, str] = {
    "database": "Reading tables",
    "evidence": "Copying evidence",
    "verify": "Verifying",
    "replace": "Writing tables",
}


@commands.command("upgrade")
def upgrade(*, as_json: AsJson = False) -> None:
    """Bring the schema to the newest revision. The server does so itself when it starts."""
    with _database(as_json=as_json) as url:
        revision = asyncio.run(_upgrade(url))
    _say({"revision": revision}, f"The schema is at revision {revision}.", as_json=as_json)


@commands.command("backup")
def back_up(
    file: Annotated[Path | None, typer.Argument(help="Where to. Unset: VAR_DIR/backups, named by the time.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write database and evidence, as of one moment, into one file; the server may go on meanwhile."""
    settings = get_settings()
    target = file or settings.VAR_DIR / "backups" / f"proctor-{now():%Y%m%dT%H%M%SZ}.tar"
    with _database(as_json=as_json) as url, _progress(as_json=as_json) as progress:
        made = asyncio.run(backup.back_up(url, settings.evidence_dir, target.resolve(), progress=progress))
    _say({"file": str(target), **_summary(made)}, f"{target}: {_in_words(made)}.", as_json=as_json)
    if made.damaged:
        _warn([f"evidence was missing or damaged already: {path}" for path in made.damaged], as_json=as_json)
        raise typer.Exit(1)


@commands.command("restore")
def bring_back(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file made by `proctor db backup`.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Verify a backup, then replace database and evidence by it. Stop every server first."""
    settings = get_settings()
    with _database(as_json=as_json) as url, _progress(as_json=as_json) as progress:
        made = asyncio.run(restore.restore(url, settings.evidence_dir, file.resolve(), force=force, progress=progress))
        asyncio.run(_erase_again(url, settings))
    _say({"file": str(file), **_summary(made)}, f"Restored: {_in_words(made)}.", as_json=as_json)


@commands.command("check")
def look(*, as_json: AsJson = False) -> None:
    """See whether the database is durable and up to date, and all evidence what was stored. Exit status 1 if not."""
    settings = get_settings()
    with _database(as_json=as_json) as url, _progress(as_json=as_json) as progress:
        found = asyncio.run(check.check(url, settings.evidence_dir, progress=progress))
    problems = found.problems
    words = f"PostgreSQL {found.version}, revision {found.revision}, {found.evidence} evidence files read: "
    _say(
        {"ok": not problems, **asdict(found), "problems": problems},
        words + ("all is well." if not problems else f"{len(problems)} problems."),
        as_json=as_json,
    )
    if problems:
        _warn(problems, as_json=as_json)
        raise typer.Exit(1)


@commands.command("follow")
def follow(
    folder: Annotated[Path, typer.Argument(help="Where to; on another disk than the database.")],
    *,
    era_hours: Annotated[float, typer.Option(min=0.01, max=720, help="A new base after so many hours.")] = 24.0,
) -> None:
    """Keep a copy that follows the embedded database and evidence by the second, until ended."""
    settings = get_settings()
    _refuse_foreign(settings, as_json=False)
    with _database(as_json=False) as url:
        journal = Journal(settings.VAR_DIR).path
        follower = following.Follower(
            url, folder.resolve(), settings.evidence_dir, journal, era_hours=era_hours, say=typer.echo
        )
        asyncio.run(follower.run_until(signal.SIGTERM, signal.SIGINT))


@commands.command("recover")
def recover(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="What `proctor db follow` made.")],
    *,
    until: Annotated[datetime | None, typer.Option(formats=MOMENTS, help="As of then (UTC); unset: all of it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put the embedded database back from a copy that followed. Stop every server first."""
    settings = get_settings()
    _refuse_foreign(settings, as_json=as_json)
    with _reasoned(as_json=as_json):
        found = recovering.recover(
            settings.VAR_DIR / "postgres",
            folder.resolve(),
            settings.evidence_dir,
            Journal(settings.VAR_DIR).path,
            until.replace(tzinfo=UTC) if until else None,
        )
        with database_of(settings) as url:
            asyncio.run(_upgrade(url))
            asyncio.run(_erase_again(url, settings))
    words = (
        f"Recovered from {found.era} in {found.seconds:.0f} s: {found.segments} pieces of log, {found.pieces} files."
    )
    _say(asdict(found), words + (f" What was there is in {found.aside}." if found.aside else ""), as_json=as_json)


async def _erase_again(url: str, settings: Settings) -> None:
    """What was erased after the backup was made must not come back with it."""
    make = not settings.production
    masters = MasterKeys(settings.master_key_file, make=make)
    notary = Notary(Signer(settings.signing_key_file, make=make), Journal(settings.VAR_DIR))
    engine = make_engine(url)
    try:
        await erase_again(make_sessions(engine, Bus(), masters), open_storage(settings), notary)
    finally:
        await engine.dispose()


async def _upgrade(url: str) -> str:
    engine = make_engine(url)
    try:
        return await migrate.migrate(engine)
    finally:
        await engine.dispose()


def _refuse_foreign(settings: Settings, *, as_json: bool) -> None:
    if settings.DATABASE_URL is not None:
        _fail("DATABASE_URL is set: a database of your own is copied and recovered by its own means.", as_json=as_json)


@contextmanager
def _database(*, as_json: bool) -> Iterator[str]:
    """The configured database's URL."""
    with _reasoned(as_json=as_json), database_of(get_settings()) as url:
        yield url


@contextmanager
def _reasoned(*, as_json: bool) -> Iterator[None]:
    """What goes wrong becomes one line and exit status 1."""
    try:
        yield
    except REASONED as error:
        _fail(str(error), as_json=as_json)
    except (SQLAlchemyError, PostgresError) as error:
        _fail(f"The database refused: {type(error.__cause__ or error).__name__}", as_json=as_json)
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or 'the database'}", as_json=as_json)


@contextmanager
def _progress(*, as_json: bool) -> Iterator[archive.Progress]:
    if as_json:
        yield archive.no_progress
        return
    columns = (TextColumn("{task.description:<17}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        tasks = {}

        def show(stage: archive.Stage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES[stage], total=total)
            bars.update(tasks[stage], completed=done)

        yield show


def _summary(made: archive.Manifest) -> dict[str, object]:
    return {
        "made_at": made.made_at,
        "revision": made.revision,
        "tables": made.tables,
        "rows": sum(made.tables.values()),
        "evidence": len(made.members) - 1,
        "bytes": made.bytes,
        "damaged": made.damaged,
    }


def _in_words(made: archive.Manifest) -> str:
    size = made.bytes / 1_000_000
    return (
        f"{sum(made.tables.values())} rows and {len(made.members) - 1} evidence files of {made.made_at}, {size:.1f} MB"
    )


def _say(found: Mapping[str, object], words: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else words)


def _warn(lines: list[str], *, as_json: bool) -> None:
    if not as_json:
        for line in lines:
            typer.echo(line, err=True)


def _fail(reason: str, *, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": reason}, ensure_ascii=False))
    else:
        typer.echo(reason, err=True)
    raise typer.Exit(1) from None
