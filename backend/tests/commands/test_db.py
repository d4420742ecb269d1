"""`proctor db …` as an operator runs it: its own PostgreSQL, one JSON line, exit statuses."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db.archive import BackupError
from app.db.embedded import running
from app.db.recovering import recover
from chaos.world import looking

PROCTOR = str(Path(sys.executable).with_name("proctor"))
COPIED = "SELECT bool_and(flush_lsn >= $1::text::pg_lsn) FROM pg_stat_replication"


def environment_of(var: Path) -> dict[str, str]:
    """A server's own folder, and nothing of ours."""
    return {**os.environ, "VAR_DIR": str(var), "ENVIRONMENT": "test", "DATABASE_URL": ""}


def proctor(var: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """Exit status and the JSON line of `proctor db`."""
    environment = environment_of(var)
    command = [PROCTOR, "db", *arguments, "--json"]
    done = subprocess.run(command, env=environment, cwd=var, capture_output=True, text=True, check=False)
    found: dict[str, object] = json.loads(done.stdout)
    return done.returncode, found


def test_a_new_installation_is_upgraded_checked_saved_and_brought_back(tmp_path: Path) -> None:
    status, found = proctor(tmp_path, "backup")
    assert status == 1
    assert "no tables yet" in str(found["error"])
    status, found = proctor(tmp_path, "check")
    assert (status, found["ok"], found["revision"]) == (1, False, None)

    with running(tmp_path / "postgres"):  # else each of these starts and stops it
        status, upgraded = proctor(tmp_path, "upgrade")
        assert status == 0
        status, found = proctor(tmp_path, "check")
        assert (status, found["ok"], found["revision"]) == (0, True, upgraded["revision"])

        status, found = proctor(tmp_path, "backup", "safe.tar")
        assert (status, found["rows"], found["damaged"]) == (0, 0, [])
        assert (tmp_path / "safe.tar").stat().st_mode & 0o777 == 0o600
        status, found = proctor(tmp_path, "restore", "safe.tar")
        assert (status, found["revision"]) == (0, upgraded["revision"])

        (tmp_path / "safe.tar").write_bytes(b"not a backup")
        status, found = proctor(tmp_path, "restore", "safe.tar", "--force")
        assert status == 1
        assert "not a whole backup" in str(found["error"])


def recover_in(var: Path, until: datetime | None = None) -> None:
    """What `proctor db recover` does first."""
    recover(var / "postgres", var / "copy", var / "evidence", var / "custody" / "journal.jsonl", until)


async def _write(url: str, number: int) -> str:
    """A row that is in the copy when this returns; a moment after it."""
    async with looking(url) as db, asyncio.timeout(60):
        await db.execute("CREATE TABLE IF NOT EXISTS written (number int)")
        await db.execute("INSERT INTO written VALUES ($1)", number)
        at = await db.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        while not await db.fetchval(COPIED, at):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        moment = await db.fetchval("SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US')")
    return str(moment)


def _written(var: Path) -> list[int]:
    async def look(url: str) -> list[int]:
        async with looking(url) as db:
            return [row["number"] for row in await db.fetch("SELECT number FROM written ORDER BY number")]

    with running(var / "postgres") as url:
        return asyncio.run(look(url))


def test_a_copy_that_follows_gives_back_everything_and_any_moment_before(tmp_path: Path) -> None:
    assert proctor(tmp_path, "upgrade")[0] == 0
    copy, said = tmp_path / "copy", tmp_path / "said"
    command = [PROCTOR, "db", "follow", str(copy)]
    with said.open("wb") as file:
        follower = subprocess.Popen(command, env=environment_of(tmp_path), cwd=tmp_path, stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + 60
        while "following since" not in said.read_text():
            assert follower.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.05)
        with pytest.raises(BackupError, match="stop every server"):
            recover_in(tmp_path)
        with running(tmp_path / "postgres") as url:
            moment = asyncio.run(_write(url, 1))
            asyncio.run(_write(url, 2))
    finally:
        follower.terminate()
        follower.wait(30)
    shutil.rmtree(tmp_path / "postgres" / "cluster")
    assert proctor(tmp_path, "recover", str(copy), "--until", moment)[0] == 0
    assert _written(tmp_path) == [1]
    recover_in(tmp_path)
    assert _written(tmp_path) == [1, 2]
    with pytest.raises(BackupError, match="from before that moment"):
        recover_in(tmp_path, datetime(2020, 1, 1, tzinfo=UTC))
