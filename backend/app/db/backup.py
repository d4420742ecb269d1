"""Writes database and evidence, as of one moment, into one file."""

import asyncio
import subprocess
import tarfile
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app.core.clock import now
from app.db.archive import (
    DUMP,
    EVIDENCE,
    BackupError,
    Content,
    Manifest,
    Progress,
    add_member,
    appearing,
    no_progress,
    seal,
)
from app.db.base import Base
from app.db.migrate import revision_of
from app.db.postgres_programs import pg_binary
from app.db.session import make_engine
from app.db.stored import STORED

APPLICATION = "360proctor-backup"


async def back_up(url: str, evidence_dir: Path, target: Path, *, progress: Progress = no_progress) -> Manifest:
    """Write the database at `url` and its evidence into `target`, which appears only when complete.

    Evidence that is missing or differs from its row is named in the manifest's `damaged`; the rest is kept.
    Raises BackupError where the database cannot be read and OSError where `target` cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DUMP
        async with _one_moment(url) as connection:
            manifest = await _describe(connection)
            files = await evidence_files(connection)
            snapshot = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            await asyncio.to_thread(_dump, url, snapshot, dump, progress, len(manifest.tables))
        await asyncio.to_thread(_pack, target, dump, evidence_dir, files, manifest, progress)
    return manifest


async def evidence_files(connection: AsyncConnection) -> dict[str, Content]:
    """Every file in the store that the database knows: its name, size and SHA-256 as it lies there."""
    files: dict[str, Content] = {}
    for table in STORED:
        found = await connection.execute(
            select(
                table.path,
                func.coalesce(table.stored_size, table.size),
                func.coalesce(table.stored_sha256, table.sha256),
            ).order_by(table.id)
        )
        files |= {path: Content(size=size, sha256=sha256) for path, size, sha256 in found}
    return files


def connection_environment(url: str) -> dict[str, str]:
    """`url` as the environment of PostgreSQL's programs, so that a password never shows in a list of processes."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    query = {name: value for name, value in parsed.query.items() if isinstance(value, str)}
    values = {
        "PGHOST": parsed.host or query.get("host"),
        "PGPORT": str(parsed.port) if parsed.port else query.get("port"),
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
        "PGSSLMODE": query.get("sslmode") or query.get("ssl"),
        "PGAPPNAME": APPLICATION,
    }
    return {name: value for name, value in values.items() if value}


@asynccontextmanager
async def unhurried(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection without the server's time limits."""
    engine = create_async_engine(
        make_engine(url).url,
        poolclass=NullPool,
        connect_args={"timeout": 10, "server_settings": {"application_name": APPLICATION}},
    )
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def _one_moment(url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction that goes on seeing the database as it is now."""
    async with unhurried(url) as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection
        await connection.rollback()


async def _describe(connection: AsyncConnection) -> Manifest:
    revision = await connection.run_sync(revision_of)
    if revision is None:
        raise BackupError("The database has no tables yet: start the server once, or run `proctor db upgrade`.")
    tables = {
        table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        for table in Base.metadata.sorted_tables
    }
    return Manifest(made_at=now().isoformat(), revision=revision, tables=tables)


def _dump(url: str, snapshot: str, dump: Path, progress: Progress, tables: int) -> None:
    options = ["--format=custom", "--no-owner", "--no-privileges", "--verbose", f"--snapshot={snapshot}"]
    command: Sequence[str | Path] = [pg_binary("pg_dump"), *options, f"--file={dump}"]
    done = 0
    said = []
    environment = connection_environment(url)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as program:  # noqa: S603
        for line in program.stderr or ():
            if "dumping contents of table" in line:
                done = min(done + 1, tables)
                progress("database", done, tables)
            said.append(line)
    if program.returncode != 0:
        raise BackupError(f"pg_dump failed: {''.join(said[-3:]).strip()}")
    progress("database", tables, tables)


def _pack(
    target: Path, dump: Path, evidence_dir: Path, files: dict[str, Content], manifest: Manifest, progress: Progress
) -> None:
    total = sum(content.size for content in files.values())
    done = 0
    with appearing(target) as partial, tarfile.open(partial, "x:") as archive:
        partial.chmod(0o600)
        add_member(archive, DUMP, dump, manifest)
        for path, known in files.items():
            name = EVIDENCE + path
            try:
                add_member(archive, name, evidence_dir / path, manifest)
            except FileNotFoundError:
                manifest.damaged.append(path)
            else:
                if manifest.members[name] != known:
                    manifest.damaged.append(path)
            done += known.size
            progress("evidence", done, total)
        seal(archive, manifest)
