"""Brings a backup back: verified first, then the database in one transaction, then the evidence by renaming."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.archive import (
    CHUNK,
    DUMP,
    EVIDENCE,
    BackupError,
    Manifest,
    Progress,
    no_progress,
    open_member,
    verify,
)
from app.db.backup import connection_environment, unhurried
from app.db.base import Base
from app.db.migrate import is_known, migrate
from app.db.postgres_programs import pg_binary
from app.db.session import make_engine

INCOMING = ".restoring"
OUTGOING = ".replaced"
BEGIN = "BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public; ALTER SCHEMA public OWNER TO pg_database_owner;\n"
COMMIT = "COMMIT;\n"


async def restore(
    url: str, evidence_dir: Path, source: Path, *, force: bool = False, progress: Progress = no_progress
) -> Manifest:
    """Replace the database at `url` and the files in `evidence_dir` by the backup `source`.

    Nothing is touched before the whole backup is verified; a failure in the database leaves both as they were.
    Raises BackupError: damaged backup, made by a newer version, servers still connected, or something there to lose
    and not `force`.
    """
    manifest = await asyncio.to_thread(verify, source, progress)
    if not is_known(manifest.revision):
        raise BackupError(f"{source} was made by a newer version (revision {manifest.revision}): update first.")
    async with unhurried(url) as connection:
        await _refuse_connected(connection)
        if not force:
            await _refuse_loss(connection, evidence_dir)
    await asyncio.to_thread(_replace_all, url, evidence_dir, source, manifest, progress)
    engine = make_engine(url)
    await migrate(engine)
    await engine.dispose()
    return manifest


async def _refuse_connected(connection: AsyncConnection) -> None:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    others = (await connection.execute(query)).scalar_one()
    if others:
        raise BackupError(f"{others} connections use this database: stop every server first.")


async def _refuse_loss(connection: AsyncConnection, evidence_dir: Path) -> None:
    present = await connection.run_sync(lambda found: set(inspect(found).get_table_names()))
    filled = [
        table.name
        for table in Base.metadata.sorted_tables
        if table.name in present
        and (await connection.execute(select(func.count()).select_from(table).limit(1))).scalar_one()
    ]
    if filled or _entries(evidence_dir):
        there = ", ".join(filled) or str(evidence_dir)
        raise BackupError(f"There is something here already ({there}). With --force the backup replaces it all.")


def _replace_all(url: str, evidence_dir: Path, source: Path, manifest: Manifest, progress: Progress) -> None:
    with tarfile.open(source, "r:") as archive, tempfile.TemporaryDirectory(dir=source.parent) as folder:
        dump = Path(folder) / DUMP
        with dump.open("wb") as file:
            shutil.copyfileobj(open_member(archive, DUMP), file, CHUNK)
        with _incoming(evidence_dir) as incoming:
            _unpack(archive, incoming, manifest, progress)
            _replace_database(url, dump, manifest, progress)
            _replace_files(evidence_dir, incoming)


@contextmanager
def _incoming(evidence_dir: Path) -> Iterator[Path]:
    """A folder on the evidence's own volume, so that its content can be renamed into place."""
    incoming = evidence_dir / INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(mode=0o700, parents=True)
    try:
        yield incoming
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _unpack(archive: tarfile.TarFile, incoming: Path, manifest: Manifest, progress: Progress) -> None:
    done = 0
    for name, content in manifest.members.items():
        if name == DUMP:
            continue
        target = incoming / name.removeprefix(EVIDENCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(open_member(archive, name), file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        done += content.size
        progress("evidence", done, manifest.bytes)


def _replace_database(url: str, dump: Path, manifest: Manifest, progress: Progress) -> None:
    """Empty the schema and fill it again in one transaction: afterwards it is the backup, or what it was."""
    environment = connection_environment(url)
    reading: list[str | Path] = [pg_binary("pg_restore"), "--no-owner", "--no-privileges", "--file=-", dump]
    writing: list[str | Path] = [pg_binary("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=said) as reader,  # noqa: S603
        subprocess.Popen(writing, stdin=subprocess.PIPE, stderr=said, env=environment) as writer,  # noqa: S603
    ):
        _feed(reader, writer, manifest, progress)
        if reader.wait() != 0 or writer.wait() != 0:
            said.seek(0)
            raise BackupError(f"The database stays as it was: {said.read().decode(errors='replace').strip()[-600:]}")


def _feed(
    reader: "subprocess.Popen[bytes]", writer: "subprocess.Popen[bytes]", manifest: Manifest, progress: Progress
) -> None:
    """Hand the script over line by line; COMMIT is said by us, after its good end, and by nobody when we are killed."""
    if reader.stdout is None or writer.stdin is None:
        raise BackupError("No pipe.")
    done = 0
    try:
        writer.stdin.write(BEGIN.encode())
        for line in reader.stdout:
            writer.stdin.write(line)
            if line.startswith(b"COPY public."):
                done = min(done + 1, len(manifest.tables))
                progress("replace", done, len(manifest.tables))
        if reader.wait() == 0:
            writer.stdin.write(COMMIT.encode())
        writer.stdin.close()
    except BrokenPipeError:  # psql ended early and has said why
        reader.kill()
        with contextlib.suppress(BrokenPipeError):  # what is still in the buffer has nowhere to go
            writer.stdin.close()


def _replace_files(evidence_dir: Path, incoming: Path) -> None:
    outgoing = evidence_dir / OUTGOING
    outgoing.mkdir(exist_ok=True)
    for entry in _entries(evidence_dir):
        entry.rename(outgoing / entry.name)
    for entry in incoming.iterdir():
        entry.rename(evidence_dir / entry.name)
    shutil.rmtree(outgoing)


def _entries(evidence_dir: Path) -> list[Path]:
    if not evidence_dir.exists():
        return []
    return [entry for entry in evidence_dir.iterdir() if entry.name not in (INCOMING, OUTGOING)]
