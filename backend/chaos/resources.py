"""Faults of what a server lives on: disks that are full, files that cannot be opened, keys that change."""

import asyncio
import os
import resource
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from shutil import which

import psutil
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from chaos.pictures import picture
from chaos.world import Student, World, looking

BALLAST = "ballast"
HUNGRY_SECONDS = 8.0


@cache
def can_mount() -> bool:
    """Whether a small disk of our own can be had; a container's root often may not."""
    if os.geteuid() != 0 or which("mount") is None:
        return False
    try:
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder), 1):
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[None]:
    """A disk of that size at `place`, gone afterwards."""
    place.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    subprocess.run(mount, check=True, capture_output=True)  # noqa: S603
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S603, S607


@contextmanager
def small_evidence_disk(folder: Path) -> Iterator[None]:
    """Evidence on a disk of its own, of 4 MB."""
    with small_disk(folder / "evidence", 4):
        yield


@contextmanager
def small_database_disk(folder: Path) -> Iterator[None]:
    """The database on a disk of its own, just large enough."""
    with small_disk(folder / "var" / "postgres", 200):
        yield


def evidence_elsewhere(folder: Path) -> Mapping[str, str]:
    """Settings of a server whose evidence lies on the small disk."""
    return {"EVIDENCE_DIR": str(folder / "evidence")}


def fill(place: Path) -> None:
    """Leave no room on the disk at `place`."""
    with (place / BALLAST).open("wb", buffering=0) as ballast:
        for size in (1024 * 1024, 4096, 512, 1):
            try:
                while True:
                    ballast.write(b"\0" * size)
            except OSError:
                continue


async def fill_evidence_disk(world: World, times: int) -> float:
    """F10: evidence cannot be written; violations and messages are stored all the same, and evidence comes back."""
    place, student = world.var_dir.parent / "evidence", world.students[0]
    slowest = 0.0
    for _ in range(times):
        fill(place)
        before = await noted(world, student)
        await show(student, 2, seconds=6)
        slowest = max(slowest, await world.acks_again())
        during = await noted(world, student)
        (place / BALLAST).unlink()
        if half := [path.name for path in place.rglob(".*") if path.is_file()]:
            raise AssertionError(f"half-written files stayed: {half}")
        await show(student, 1, seconds=12)
        await show(student, 2, seconds=6)
        after = await noted(world, student)
        if during[0] <= before[0] or during[1] != before[1]:
            raise AssertionError(f"violations and pictures were {before}, then {during} on a full disk")
        if after[1] <= during[1]:
            raise AssertionError("no evidence was kept when there was room again")
        await show(student, 1, seconds=12)
    return slowest


async def show(student: Student, faces: int, *, seconds: float, fps: float = 4.0) -> None:
    """So many people before the camera for so long."""
    for number in range(round(seconds * fps)):
        await student.client.show(picture(faces, number), int(time.time() * 1000))
        await asyncio.sleep(1 / fps)


async def noted(world: World, student: Student) -> tuple[int, int]:
    """Violations and their pictures in the database."""
    key = student.client.exam_session_id
    async with looking(world.url) as db:
        violations = await db.fetchval("SELECT count(*) FROM violations WHERE exam_session_id = $1", key)
        pictures = await db.fetchval("SELECT count(*) FROM evidence WHERE exam_session_id = $1", key)
    return int(violations), int(pictures)


async def fill_database_disk(world: World) -> float:
    """F11: the database's disk is full: nothing is acknowledged falsely, and all goes on when there is room again."""
    place = world.var_dir / "postgres"
    fill(place)
    await asyncio.sleep(8)
    (place / BALLAST).unlink()
    return await world.acks_again(seconds=120)


async def exhaust_files(world: World, times: int) -> float:
    """F24: the server may open no more files; who is connected goes on, who comes is let in when it may again."""
    slowest, pid = 0.0, world.server.process.pid
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    for _ in range(times):
        await world.some_acks()
        room = psutil.Process(pid).num_fds() + 8
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (room, usual[1]))
        try:
            async with asyncio.timeout(30):
                with ExitStack():
                    await asyncio.gather(*(knock(world) for _ in range(40)))
            slowest = max(slowest, await world.acks_again())
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        if sum(student.client.tally.reconnects for student in world.students):
            raise AssertionError("somebody who was connected was hung up on")
        if await world.blocking(lambda: world.server.status_of("/health/live")) != 200:
            raise AssertionError("nobody is let in although there is room again")
    return slowest


async def knock(world: World) -> None:
    """Hold a connection for a few seconds, if there is one to be had."""
    try:
        async with asyncio.timeout(4):
            address = f"ws://127.0.0.1:{world.server.port}/api/v1/proctoring/ws/1"
            async with connect(address, proxy=None, open_timeout=4):
                await asyncio.sleep(3)
    except (OSError, WebSocketException, TimeoutError):
        return


async def starve(world: World) -> float:
    """F23: the server gets no more memory than it has; it may fail and it may die, but not lie.

    Like systemd (`Restart=always`) whoever watches starts it again where it died; or there is memory again after 8 s.
    """
    pid = world.server.process.pid
    has = psutil.Process(pid).memory_info().vms
    resource.prlimit(pid, resource.RLIMIT_AS, (has, resource.RLIM_INFINITY))
    crowd = asyncio.gather(*(knock(world) for _ in range(100)))
    until = time.monotonic() + HUNGRY_SECONDS
    while world.server.process.poll() is None and time.monotonic() < until:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.1)
    begun = time.monotonic()
    if world.server.process.poll() is None:
        resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        await world.blocking(world.server.start)
    await world.acks_again()
    took = time.monotonic() - begun
    await crowd
    return took


async def rotate_keys(world: World) -> float:
    """F27: a restart with a new SECRET_KEY, the old one still accepted; nobody has to log in again."""
    begun = time.monotonic()
    await world.blocking(world.server.stop)
    keys = world.server.environment
    keys["PREVIOUS_SECRET_KEY"] = keys.get("SECRET_KEY") or (world.var_dir / "secret_key").read_text().strip()
    keys["SECRET_KEY"] = secrets.token_urlsafe(48)
    await world.blocking(world.server.start)
    await world.acks_again()
    if any(student.client.ended.is_set() for student in world.students):
        raise AssertionError("somebody was logged out")
    return time.monotonic() - begun
