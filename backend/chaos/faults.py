"""The faults of the reliability plan, each really injected: what is done, how often, and how soon all is well again.

A fault is a coroutine that takes the world and a number of times, and returns how long the slowest recovery took in
seconds. Whether anything was lost is for the checker to say, after the fault, when everybody is quiet.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil

from chaos import resources
from chaos.proxy import CLEAR, Line
from chaos.world import World, is_alive, looking

Inject = Callable[[World, int], Awaitable[float]]
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
OURS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '360proctor'"


@dataclass(frozen=True, slots=True)
class Fault:
    """`times` in a full run, `few` in a short one; `bar`: seconds within which acknowledgements must flow again."""

    id: str
    what: str
    inject: Inject
    times: int
    few: int
    bar: float
    environment: Callable[[Path], Mapping[str, str]] = lambda _: {}
    """Of the server, given the fault's folder."""
    place: Callable[[Path], AbstractContextManager[None]] = lambda _: nullcontext()
    """What must be around the system, such as a disk of its own; given the fault's folder."""
    possible: Callable[[], bool] = lambda: True
    """Whether this machine has what it takes."""


async def kill_server(world: World, times: int) -> float:
    """F01: SIGKILL at random instants under load, and a new start."""
    slowest = 0.0
    for _ in range(times):
        await world.some_acks()
        await asyncio.sleep(world.random.uniform(0.0, 0.3))
        begun = time.monotonic()
        world.server.kill()
        await world.blocking(world.server.start)
        await world.acks_again()
        slowest = max(slowest, time.monotonic() - begun)
    return slowest


async def restart_server(world: World, times: int) -> float:
    """F02: SIGTERM and a new start; students are told to come back (1012)."""
    slowest = 0.0
    for _ in range(times):
        await world.some_acks()
        begun = time.monotonic()
        world.server.send(signal.SIGTERM)
        await world.blocking(world.server.wait)
        ended = time.monotonic() - begun
        if ended > 20:
            raise AssertionError(f"the server took {ended:.0f} s to end")
        codes = {student.client.close_code for student in world.students}
        if codes & {1006, 1011}:
            raise AssertionError(f"students were not told to come back but hung up on: {codes}")
        await world.blocking(world.server.start)
        await world.acks_again()
        slowest = max(slowest, time.monotonic() - begun)
    return slowest


async def kill_worker(world: World, times: int) -> float:
    """F03: SIGKILL of an analysis worker; the server goes on and starts another."""
    slowest = 0.0
    for _ in range(times):
        await world.some_acks()
        before = workers(world)
        begun = time.monotonic()
        victim = world.random.choice(sorted(before))
        os.kill(victim, signal.SIGKILL)
        async with asyncio.timeout(30):
            while not workers(world) - before:  # noqa: ASYNC110 - another process's child has no event
                await asyncio.sleep(0.05)
        slowest = max(slowest, time.monotonic() - begun, await world.acks_again())
    return slowest


def workers(world: World) -> set[int]:
    """The server's analysis processes; PostgreSQL is no child of the server."""
    children = psutil.Process(world.server.process.pid).children(recursive=True)
    return {child.pid for child in children if is_alive(child.pid) and "postgres" not in child.name()}


async def crash_postgres(world: World, times: int) -> float:
    """F04: PostgreSQL is told to drop everything (SIGQUIT); the server starts it again by itself."""
    return await _end_postgres(world, times, signal.SIGQUIT)


async def restart_postgres(world: World, times: int) -> float:
    """F05: a fast shutdown (SIGINT); the server starts it again by itself."""
    return await _end_postgres(world, times, signal.SIGINT)


async def _end_postgres(world: World, times: int, how: signal.Signals) -> float:
    slowest = 0.0
    for _ in range(times):
        await world.some_acks()
        postmaster = world.postmaster()
        begun = time.monotonic()
        os.kill(postmaster, how)
        async with asyncio.timeout(30):
            while is_alive(postmaster):  # noqa: ASYNC110 - no child of ours
                await asyncio.sleep(0.02)
        await world.acks_again()
        slowest = max(slowest, time.monotonic() - begun)
    return slowest


async def freeze_postgres(world: World, times: int) -> float:
    """F06: every process of PostgreSQL stands still for 6 s; nothing is acknowledged meanwhile, health says so."""
    slowest = 0.0
    for _ in range(times):
        await world.some_acks()
        first = psutil.Process(world.postmaster())
        frozen = [*first.children(recursive=True), first]
        for process in frozen:
            process.suspend()
        try:
            await asyncio.sleep(1.0)
            acked = world.acked
            await asyncio.sleep(5.0)
            if world.acked != acked:
                raise AssertionError("acknowledged while the database stood still")
            live = await world.blocking(lambda: world.server.status_of("/health/live"))
            ready = await world.blocking(lambda: world.server.status_of("/health/ready"))
            if (live, ready) != (200, 503):
                raise AssertionError(f"health says {live} alive and {ready} ready")
        finally:
            for process in frozen:
                process.resume()
        slowest = max(slowest, await world.acks_again())
    return slowest


async def end_backends(world: World, times: int) -> float:
    """F07: backends of the server are terminated, as fast as they come."""
    ended = 0
    async with looking(world.url) as db, asyncio.timeout(240):
        while ended < times:
            ended += await db.fetchval(OURS)
            await asyncio.sleep(0.003)
    return await world.acks_again()


async def cut_line(world: World, times: int) -> float:
    """F13: nothing arrives either way for 12 s (60 s and more are the browser test's); then it does again."""
    slowest = 0.0
    for _ in range(times):
        await world.some_acks()
        world.proxy.become(Line(deaf=True))
        await asyncio.sleep(12)
        world.proxy.become(CLEAR)
        slowest = max(slowest, await world.acks_again())
    return slowest


async def reset_line(world: World, times: int) -> float:
    """F15: TCP resets at random instants, some while nobody may connect."""
    slowest = 0.0
    for _ in range(times):
        await world.some_acks(2)
        await asyncio.sleep(world.random.uniform(0.0, 0.1))
        away = world.random.uniform(0.0, 0.5)
        world.proxy.become(Line(down=True))
        world.proxy.reset()
        await asyncio.sleep(away)
        world.proxy.become(CLEAR)
        slowest = max(slowest, await world.acks_again())
    return slowest


async def slice_line(world: World, times: int) -> float:
    """F15: every byte comes alone, and connections break after a random number of them."""
    slowest = 0.0
    for _ in range(times):
        world.proxy.become(Line(piece=1, limit=world.random.randrange(2_000, 40_000)))
        await asyncio.sleep(3)
        world.proxy.become(CLEAR)
        slowest = max(slowest, await world.acks_again())
    return slowest


async def bad_line(world: World, times: int) -> float:
    """F16: 800 ± 400 ms and 64 kbit/s each way for every connection, for 10 s each time."""
    slowest = 0.0
    for _ in range(times):
        world.proxy.become(Line(latency=0.8, jitter=0.4, rate=8_000))
        begun = time.monotonic()
        while time.monotonic() - begun < 10:
            slowest = max(slowest, await world.acks_again())
        world.proxy.become(CLEAR)
    return slowest


async def freeze_server(world: World, times: int) -> float:
    """F22: the server stands still for 5 s; that is nobody's fault but ours."""
    slowest = 0.0
    for _ in range(times):
        await world.some_acks()
        world.server.send(signal.SIGSTOP)
        await asyncio.sleep(5)
        world.server.send(signal.SIGCONT)
        slowest = max(slowest, await world.acks_again())
    async with looking(world.url) as db:
        noted = await db.fetchval("SELECT count(*) FROM violations")
    if noted:
        raise AssertionError(f"{noted} violations from our own pause")
    return slowest


def settable_clock(folder: Path) -> Mapping[str, str]:
    """A server whose clock reads what `folder/clock` says, while its timers run as always."""
    clock = folder / "clock"
    clock.write_text("+0")
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


async def set_clock(world: World, times: int) -> float:
    """F21: the server's clock is set two hours ahead, two hours back, and right again, in mid-exam."""
    slowest = 0.0
    async with looking(world.url) as db:
        before = await db.fetch("SELECT id, ends_at, state FROM exam_sessions ORDER BY id")
        for _ in range(times):
            for shift in ("+2h", "-2h", "+0"):
                await world.some_acks()
                (world.var_dir.parent / "clock").write_text(shift)
                await asyncio.sleep(3)
                slowest = max(slowest, await world.acks_again())
        if await db.fetch("SELECT id, ends_at, state FROM exam_sessions ORDER BY id") != before:
            raise AssertionError("a deadline or a state moved with the clock")
    if reconnects := sum(student.client.tally.reconnects for student in world.students):
        raise AssertionError(f"{reconnects} connections ended because the clock was set")
    return slowest


async def everything(world: World, times: int) -> float:
    """F30: one fault after another in random order."""
    slowest = 0.0
    some = [kill_server, restart_server, kill_worker, crash_postgres, restart_postgres, end_backends, reset_line]
    for _ in range(times):
        slowest = max(slowest, await world.random.choice(some)(world, 1))
    return slowest


FAULTS = (
    Fault("F01", "kill -9 of the server", kill_server, 20, 1, 10.0),
    Fault("F02", "SIGTERM, new start", restart_server, 5, 1, 10.0),
    Fault("F03", "kill -9 of an analysis worker", kill_worker, 10, 1, 5.0),
    Fault("F04", "PostgreSQL crashes", crash_postgres, 10, 1, 15.0),
    Fault("F05", "PostgreSQL restarts", restart_postgres, 5, 1, 10.0),
    Fault("F06", "PostgreSQL stands still for 6 s", freeze_postgres, 4, 0, 15.0),
    Fault("F07", "backends terminated", end_backends, 1000, 20, 15.0),
    Fault(
        "F10",
        "evidence disk full",
        resources.fill_evidence_disk,
        2,
        0,
        5.0,
        environment=resources.evidence_elsewhere,
        place=resources.small_evidence_disk,
        possible=resources.can_mount,
    ),
    Fault(
        "F11",
        "database disk full for 8 s",
        resources.fill_database_disk,
        3,
        0,
        30.0,
        place=resources.small_database_disk,
        possible=resources.can_mount,
    ),
    Fault("F13", "line cut for 12 s", cut_line, 3, 0, 15.0),
    Fault("F15", "TCP resets", reset_line, 20, 2, 15.0),
    Fault("F15", "one byte at a time, cut off", slice_line, 5, 1, 15.0),
    Fault("F16", "800 ± 400 ms, 64 kbit/s", bad_line, 2, 0, 10.0),
    Fault(
        "F21",
        "server's clock set ± 2 h",
        set_clock,
        2,
        1,
        2.0,
        environment=settable_clock,
        possible=FAKETIME.exists,
    ),
    Fault("F22", "server stands still for 5 s", freeze_server, 4, 0, 10.0),
    Fault("F24", "no more files may be opened", resources.exhaust_files, 3, 1, 5.0),
    Fault("F27", "signing key rotated", resources.rotate_keys, 3, 1, 10.0),
    Fault("F30", "any of these in random order", everything, 30, 2, 20.0),
)
