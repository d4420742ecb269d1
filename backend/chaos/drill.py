"""`python -m chaos.drill`: F26. A copy is made, then the machine is lost; how much is gone, and how long it takes.

First a backup under load: what was acknowledged before it began must be back, unchanged and checked; what came after
it is the price of the interval between backups. Then a copy that follows (`proctor db follow`): all of the disk is
lost, and what the copy did not have yet is measured.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from chaos import resources
from chaos.world import World, looking, world
from tools.server_child import BACKEND

LONGEST_RECOVERY_S = 900.0
AFTERWARDS_S = 5.0
MESSAGES_IN_A_SECOND = 20
COMMAND = (sys.executable, "-c", "from app.launch import main; main()", "db")


async def proctor(made: World, *arguments: str) -> dict[str, Any]:
    """The JSON that `proctor db …` says; AssertionError where it fails."""

    def run() -> "subprocess.CompletedProcess[str]":
        command = [*COMMAND, *arguments, "--json"]
        return subprocess.run(  # noqa: S603 - our own program
            command, cwd=BACKEND, env=made.server.environment, capture_output=True, text=True, check=False
        )

    done = await made.blocking(run)
    if done.returncode:
        raise AssertionError(f"proctor db {arguments[0]}: {done.stdout}{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


async def drill(folder: Path, *, students: int, seed: int) -> dict[str, Any]:
    """What was measured; AssertionError where something is missing that was acknowledged before the backup."""
    async with world(folder, students=students, seed=seed) as made:
        await made.some_acks(40)
        promised = [student.history.acked for student in made.students]
        begun, backup = time.monotonic(), folder / "backup.tar"
        saved = await proctor(made, "backup", str(backup))
        took = time.monotonic() - begun
        during = made.acked
        await asyncio.sleep(AFTERWARDS_S)
        acked = made.acked
        await made.blocking(made.server.kill)
        lost_at = time.monotonic()
        for student in made.students:
            if student.talking is not None:
                student.talking.cancel()
        shutil.rmtree(made.var_dir / "evidence", ignore_errors=True)
        async with looking(made.url) as db:
            await db.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await proctor(made, "restore", str(backup), "--force")
        await proctor(made, "check")
        await made.blocking(made.server.start)
        recovered = time.monotonic() - lost_at
        kept = await _kept(made)
        missing = [seq for seq, want in zip(kept, promised, strict=True) if seq < want]
        if missing:
            raise AssertionError(f"acknowledged before the backup and gone: {kept} of {promised}")
        if phantom := [one for one in await made.broken_promises() if "not stored" not in one]:
            raise AssertionError("; ".join(phantom[:3]))
        return {
            "students": students,
            "rows": saved["rows"],
            "backup_seconds": round(took, 1),
            "acked_during_backup": during - sum(promised),
            "acked_in_all": acked,
            "gone": acked - sum(kept),
            "recovery_point_seconds": round(lost_at - begun, 1),
            "recovery_seconds": round(recovered, 1),
            "held": recovered <= LONGEST_RECOVERY_S,
        }


async def follow(folder: Path, *, students: int, seed: int) -> dict[str, Any]:
    """The same with a copy that follows; AssertionError where more is gone than the bar allows."""
    copy, journal = folder / "copy", folder / "follower.log"
    async with world(folder, students=students, seed=seed) as made:
        with journal.open("wb") as said:
            follower = subprocess.Popen(  # noqa: S603, ASYNC220 - our own program
                [*COMMAND, "follow", str(copy)], cwd=BACKEND, env=made.server.environment, stdout=said, stderr=said
            )
        try:
            async with asyncio.timeout(120):
                while b"following since" not in journal.read_bytes():  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
            await resources.show(made.students[0], 2, seconds=6)
            await made.some_acks(40)
        finally:
            acked = made.acked
            follower.kill()
            await made.blocking(follower.wait)
        acked_behind, lost_at = made.acked - acked, time.monotonic()
        await _lose_machine(made)
        noted = await proctor(made, "recover", str(copy))
        checked = await proctor(made, "check")
        await made.blocking(made.cluster.start)
        await made.blocking(made.server.start)
        recovered = time.monotonic() - lost_at
        gone = acked - sum(await _kept(made))
        if phantom := [one for one in await made.broken_promises() if "not stored" not in one]:
            raise AssertionError("; ".join(phantom[:3]))
        return {
            "students": students,
            "acked_when_lost": acked,
            "acked_after_the_copy_ended": acked_behind,
            "gone": max(gone, 0),
            "pieces": checked["evidence"],
            "segments": noted["segments"],
            "recovery_seconds": round(recovered, 1),
            "held": recovered <= LONGEST_RECOVERY_S and gone <= students * MESSAGES_IN_A_SECOND,
        }


async def _lose_machine(made: World) -> None:
    """The server is killed, and so is PostgreSQL; its folder and the evidence are gone."""
    await made.blocking(made.server.kill)
    for student in made.students:
        if student.talking is not None:
            student.talking.cancel()
    first = psutil.Process(made.postmaster())
    for process in [first, *first.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    await made.blocking(made.cluster.stop)
    for name in ("postgres/cluster", "evidence"):
        shutil.rmtree(made.var_dir / name)


async def _kept(made: World) -> list[int]:
    async with looking(made.url) as db:
        keys = [student.client.exam_session_id for student in made.students]
        return [await db.fetchval("SELECT last_seq FROM exam_sessions WHERE id = $1", key) or 0 for key in keys]


def main() -> int:
    """The exit status: 1 where the drill failed."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        for number, one in enumerate((drill, follow)):
            place = Path(folder) / str(number)
            place.mkdir()
            found.append(asyncio.run(one(place, students=4, seed=7)))
            sys.stdout.write(f"{one.__name__}: {json.dumps(found[-1])}\n")
            sys.stdout.flush()
    return 0 if all(one["held"] for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
