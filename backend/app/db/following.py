"""A copy that follows: a base of PostgreSQL's files, its write-ahead log as it is written, and every piece of evidence.

A copy is a folder of *eras*, each a base and all the log since; the newest two are kept. What can be lost with the
machine is what was not yet sent: fractions of a second of the database, seconds of pictures.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.clock import now
from app.db.backup import connection_environment, evidence_files, unhurried
from app.db.postgres_programs import pg_binary
from app.db.stored import STORED

ERAS, EVIDENCE, JOURNAL = "eras", "evidence", "journal.jsonl"
BASE, WAL, SYSTEM, ENDED = "base", "wal", "system", "ended"
MANIFEST = "backup_manifest"
STAMP = "%Y%m%dT%H%M%S.%fZ"
KEPT_ERAS = 2
PICTURES_EVERY_S = 3.0
ALL_PICTURES_EVERY_S = 600.0
FORGET_AFTER_S = 2 * 86400
LOOK_BACK = 1000
"""Numbers that a row may be committed behind a later one."""
AGAIN_S = 1.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Era:
    """A base and the log since."""

    folder: Path

    @property
    def base(self) -> Path:
        """PostgreSQL's files at the beginning."""
        return self.folder / BASE

    @property
    def wal(self) -> Path:
        """Segments of the log, the one being written as `….partial`."""
        return self.folder / WAL

    @property
    def has_base(self) -> bool:
        """Whether it can be recovered from: the manifest is written last."""
        return (self.base / MANIFEST).exists()

    @property
    def begun(self) -> datetime:
        """When it began."""
        return datetime.strptime(self.folder.name, STAMP).replace(tzinfo=UTC)

    @property
    def age(self) -> float:
        """Seconds since then."""
        return (now() - self.begun).total_seconds()

    def goes_on(self, system: str) -> bool:
        """Whether the log of the database with that identifier may be added to it."""
        said = self.folder / SYSTEM
        return said.exists() and said.read_text() == system and not (self.folder / ENDED).exists()


def eras_of(copy: Path) -> list[Era]:
    """Oldest first."""
    folder = copy / ERAS
    return [Era(one) for one in sorted(folder.iterdir())] if folder.is_dir() else []


class Follower:
    """Keeps `copy` up to date with the database at `url`, the store and the journal of what was signed and erased."""

    def __init__(self, url: str, copy: Path, evidence: Path, journal: Path, *, era_hours: float, say: Say) -> None:
        self._url = url
        self._copy = copy
        self._evidence = evidence
        self._journal = journal
        self._era_seconds = era_hours * 3600
        self._say = say
        self._last: dict[str, int] = {}
        self._all_at = 0.0
        self._ending = False

    async def run_until(self, *signals: int) -> None:
        """Until one of these comes. An exception thrown in from a signal's handler could be lost on its way."""
        running = asyncio.ensure_future(self.run())

        def end() -> None:
            self._ending = True
            running.cancel()

        for one in signals:
            asyncio.get_running_loop().add_signal_handler(one, end)
        with suppress(asyncio.CancelledError):
            await running

    async def run(self) -> None:
        """Until cancelled; comes back by itself whenever the database does."""
        self._copy.mkdir(parents=True, exist_ok=True, mode=0o700)
        while not self._ending:
            try:
                await self._follow_era(await self._era_to_follow())
            except OSError as error:
                self._say(f"waiting: {error.strerror or type(error).__name__}")
            except Exception as error:  # noqa: BLE001 - the database is away, or the disk full: the copy waits for it
                self._say(f"waiting: {type(error).__name__}")
            await asyncio.sleep(AGAIN_S)

    async def _era_to_follow(self) -> Era:
        """The newest, where this database's log goes on from it; else a new one."""
        async with unhurried(self._url) as connection:
            found = await connection.execute(text("SELECT system_identifier FROM pg_control_system()"))
            system = str(found.scalar_one())
        newest = next(reversed(eras_of(self._copy)), None)
        if newest is not None and newest.goes_on(system) and newest.age < self._era_seconds:
            return newest
        era = Era(self._copy / ERAS / now().strftime(STAMP))
        era.wal.mkdir(parents=True, mode=0o700)
        (era.folder / SYSTEM).write_text(system)
        return era

    async def _follow_era(self, era: Era) -> None:
        receiver = await self._program("pg_receivewal", "--no-loop", "--synchronous", "-D", str(era.wal))
        ended = asyncio.create_task(receiver.communicate())
        try:
            if not era.has_base:
                await self._make_base(era)
                self._say(f"following since {era.folder.name}")
            while not ended.done() and era.age < self._era_seconds:
                await self._copy_pieces()
                await asyncio.wait([ended], timeout=PICTURES_EVERY_S)
            if ended.done() and receiver.returncode and b"already been removed" in (await ended)[1]:
                (era.folder / ENDED).touch()  # what came between is gone: only a new base helps
        finally:
            if receiver.returncode is None:
                receiver.terminate()
            await asyncio.gather(ended, return_exceptions=True)

    async def _make_base(self, era: Era) -> None:
        await asyncio.to_thread(shutil.rmtree, era.base, ignore_errors=True)
        program = await self._program("pg_basebackup", "--checkpoint=fast", "-D", str(era.base))
        try:
            _, said = await program.communicate()
        finally:
            if program.returncode is None:
                program.terminate()
        if program.returncode or not era.has_base:
            raise OSError(0, f"no base: {said.decode(errors='replace').strip()[-300:]}")
        for old in eras_of(self._copy)[:-KEPT_ERAS]:
            await asyncio.to_thread(shutil.rmtree, old.folder, ignore_errors=True)

    async def _program(self, name: str, *arguments: str) -> asyncio.subprocess.Process:
        environment = {key: value for key, value in connection_environment(self._url).items() if key != "PGDATABASE"}
        return await asyncio.create_subprocess_exec(
            pg_binary(name),
            "--no-password",
            *arguments,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def _copy_pieces(self) -> None:
        async with unhurried(self._url) as connection:
            everything = time.monotonic() - self._all_at > ALL_PICTURES_EVERY_S or not self._all_at
            names = set(await evidence_files(connection)) if everything else await self._new_names(connection)
        await asyncio.to_thread(self._bring, names)
        if everything:
            self._all_at = time.monotonic()
            await asyncio.to_thread(self._forget, names)

    async def _new_names(self, connection: AsyncConnection) -> set[str]:
        names: set[str] = set()
        for table in STORED:
            last = self._last.get(table.__tablename__, 0)
            names |= set(await connection.scalars(select(table.path).where(table.id > last - LOOK_BACK)))
            newest = await connection.scalar(select(func.coalesce(func.max(table.id), 0)))
            self._last[table.__tablename__] = int(newest or 0)
        return names

    def _bring(self, names: set[str]) -> None:
        for name in names:
            source, target = self._evidence / name, self._copy / EVIDENCE / name
            if not target.exists() and source.exists():
                copied(source, target)
        kept = self._copy / JOURNAL
        if self._journal.exists() and (not kept.exists() or kept.stat().st_size != self._journal.stat().st_size):
            copied(self._journal, kept)

    def _forget(self, known: set[str]) -> None:
        """Copies of what no row names any more (retention, erasing), two days after they were made."""
        place = self._copy / EVIDENCE
        for path in place.rglob("*"):
            name = path.relative_to(place).as_posix()
            if path.is_file() and name not in known and time.time() - path.stat().st_ctime > FORGET_AFTER_S:
                path.unlink()


def copied(source: Path, target: Path) -> None:
    """A copy that is there whole or not at all, and on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, partial)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(target)


def all_copied(copy: Path, evidence: Path) -> Sequence[Path]:
    """Bring the copied pieces into the store that are not there; which ones."""
    place, brought = copy / EVIDENCE, []
    for path in place.rglob("*"):
        target = evidence / path.relative_to(place)
        if path.is_file() and not path.name.startswith(".") and not target.exists():
            copied(path, target)
            brought.append(target)
    return brought
