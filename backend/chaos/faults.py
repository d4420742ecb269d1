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
from chaos.upgrade import upgrade_under_load
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


def each(once: Callable[[World], Awaitable[float]], *, acks: int = 5) -> Inject:
    """A fault that is injected again and again, always while acknowledgements flow; the slowest recovery counts."""

    async def inject(world: World, times: int) -> float:
        slowest = 0.0
        for _ in range(times):
            await world.some_acks(acks)
            slowest = max(slowest, await once(world))
        return slowest

    return inject


async def kill_server(world: World) -> float:
    """F01: SIGKILL at a random instant under load, and a new start."""
    await asyncio.sleep(world.random.uniform(0.0, 0.3))
    begun = time.monotonic()
    world.server.kill()
    await world.blocking(world.server.start)
    await world.acks_again()
    return time.monotonic() - begun


async def restart_server(world: World) -> float:
    """F02: SIGTERM and a new start; students are told to come back (1012)."""
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
    return time.monotonic() - begun


async def kill_worker(world: World) -> float:
    """F03: SIGKILL of an analysis worker; the server goes on and starts another."""
    before = workers(world)
    begun = time.monotonic()
    os.kill(world.random.choice(sorted(before)), signal.SIGKILL)
    async with asyncio.timeout(30):
        while not workers(world) - before:  # noqa: ASYNC110 - another process's child has no event
            await asyncio.sleep(0.05)
    return max(time.monotonic() - begun, await world.acks_again())


def workers(world: World) -> set[int]:
    """The server's analysis processes; PostgreSQL is no child of the server."""
    children = psutil.Process(world.server.process.pid).children(recursive=True)
    return {child.pid for child in children if is_alive(child.pid) and "postgres" not in child.name()}


async def crash_postgres(world: World) -> float:
    """F04: PostgreSQL is told to drop everything (SIGQUIT); the server starts it again by itself."""
    return await _end_postgres(world, signal.SIGQUIT)


async def restart_postgres(world: World) -> float:
    """F05: a fast shutdown (SIGINT); the server starts it again by itself."""
    return await _end_postgres(world, signal.SIGINT)


async def _end_postgres(world: World, how: signal.Signals) -> float:
    postmaster = world.postmaster()
    begun = time.monotonic()
    os.kill(postmaster, how)
    async with asyncio.timeout(30):
        while is_alive(postmaster):  # noqa: ASYNC110 - no child of ours
            await asyncio.sleep(0.02)
    await world.acks_again()
    return time.monotonic() - begun


async def freeze_postgres(world: World) -> float:
    """F06: every process of PostgreSQL stands still for 6 s; nothing is acknowledged meanwhile, health says so."""
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
    return await world.acks_again()


async def end_backends(world: World, times: int) -> float:
    """F07: backends of the server are terminated, as fast as they come."""
    ended = 0
    async with looking(world.url) as db, asyncio.timeout(240):
        while ended < times:
            ended += await db.fetchval(OURS)
            await asyncio.sleep(0.003)
    return await world.acks_again()


async def cut_line(world: World) -> float:
    """F13: nothing arrives either way for 12 s (60 s and more are the browser test's); then it does again."""
    world.proxy.become(Line(deaf=True))
    await asyncio.sleep(12)
    world.proxy.become(CLEAR)
    return await world.acks_again()


async def reset_line(world: World) -> float:
    """F15: a TCP reset at a random instant, now and then while nobody may connect."""
    await asyncio.sleep(world.random.uniform(0.0, 0.1))
    away = world.random.uniform(0.0, 0.5)
    world.proxy.become(Line(down=True))
    world.proxy.reset()
    await asyncio.sleep(away)
    world.proxy.become(CLEAR)
    return await world.acks_again()


async def slice_line(world: World) -> float:
    """F15: every byte comes alone, and connections break after a random number of them."""
    world.proxy.become(Line(piece=1, limit=world.random.randrange(2_000, 40_000)))
    await asyncio.sleep(3)
    world.proxy.become(CLEAR)
    return await world.acks_again()


async def bad_line(world: World) -> float:
    """F16: 800 ± 400 ms and 64 kbit/s each way for every connection, for 10 s."""
    slowest, begun = 0.0, time.monotonic()
    world.proxy.become(Line(latency=0.8, jitter=0.4, rate=8_000))
    while time.monotonic() - begun < 10:
        slowest = max(slowest, await world.acks_again())
    world.proxy.become(CLEAR)
    return slowest


async def freeze_server(world: World) -> float:
    """F22: the server stands still for 5 s; that is nobody's fault but ours."""
    world.server.send(signal.SIGSTOP)
    await asyncio.sleep(5)
    world.server.send(signal.SIGCONT)
    back = await world.acks_again()
    async with looking(world.url) as db:
        noted = await db.fetchval("SELECT count(*) FROM violations")
    if noted:
        raise AssertionError(f"{noted} violations from our own pause")
    return back


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


async def end_one_backend(world: World) -> float:
    """Backends are terminated, once."""
    return await end_backends(world, 1)


async def anything(world: World) -> float:
    """F30: one fault, whichever comes."""
    once = [kill_server, restart_server, kill_worker, crash_postgres, restart_postgres, end_one_backend, reset_line]
    return await world.random.choice(once)(world)


FAULTS = (
    Fault("F01", "kill -9 of the server", each(kill_server), 20, 1, 10.0),
    Fault("F02", "SIGTERM, new start", each(restart_server), 5, 1, 10.0),
    Fault("F03", "kill -9 of an analysis worker", each(kill_worker), 10, 1, 5.0),
    Fault("F04", "PostgreSQL crashes", each(crash_postgres), 10, 1, 15.0),
    Fault("F05", "PostgreSQL restarts", each(restart_postgres), 5, 1, 10.0),
    Fault("F06", "PostgreSQL stands still for 6 s", each(freeze_postgres), 4, 0, 15.0),
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
        each(resources.fill_database_disk),
        3,
        0,
        30.0,
        place=resources.small_database_disk,
        possible=resources.can_mount,
    ),
    Fault("F13", "line cut for 12 s", each(cut_line), 3, 0, 15.0),
    Fault("F15", "TCP resets", each(reset_line, acks=2), 20, 2, 15.0),
    Fault("F15", "one byte at a time, cut off", each(slice_line), 5, 1, 15.0),
    Fault("F16", "800 ± 400 ms, 64 kbit/s", each(bad_line), 2, 0, 10.0),
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
    Fault("F22", "server stands still for 5 s", each(freeze_server), 4, 0, 10.0),
    Fault("F23", "server gets no more memory", each(resources.starve), 4, 0, 10.0),
    Fault("F24", "no more files may be opened", resources.exhaust_files, 3, 1, 5.0),
    Fault("F25", "newer version migrates, rolls", upgrade_under_load, 2, 1, 10.0),
    Fault("F27", "signing key rotated", each(resources.rotate_keys), 3, 1, 10.0),
    Fault("F30", "any of these in random order", each(anything), 30, 2, 20.0),
)
