"""`python -m chaos.soak`: students come, sit and go for a long time; does anything grow that should not?

Every ten seconds the server's memory, open files, tasks and database connections are read. Bars: memory grows by at
most 5 MB an hour after the first third; the last third's acknowledgements take at most 1.5 times the first's;
and when all have left, files, tasks and connections are back where they were (±5 %) within 60 s (I10).
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median

import uvloop

from app.commands.crowd import Counts, Crowd
from app.commands.load import drawn_room
from app.commands.server_metrics import metrics_of
from chaos.carrying import loaded, say
from chaos.load_bars import Loaded
from chaos.world import looking

SAMPLE_SECONDS = 10.0
ROUND_SECONDS = 60.0
GROWTH_MB_PER_HOUR = 5.0
SLOWER = 1.5
BACK_SECONDS = 60.0
CHURN_TOGETHER = 10
CHURN_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Sample:
    """The server at a moment; `rss` in MB."""

    at: float
    rss: float
    files: int
    tasks: int
    connections: int


@dataclass(slots=True)
class Watch:
    """Samples of one server, and what its students saw."""

    made: Loaded
    samples: list[Sample] = field(default_factory=list)
    rounds: list[Counts] = field(default_factory=list)
    cycles: int = 0

    async def look(self) -> Sample:
        """One more sample."""
        found = await metrics_of(self.made.server.url)
        async with looking(self.made.url) as db:
            count = await db.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        sample = Sample(
            time.monotonic(),
            found["process_resident_memory_bytes"] / 2**20,
            int(found["process_open_fds"]),
            int(found["proctor_asyncio_tasks"]),
            int(count or 0),
        )
        self.samples.append(sample)
        return sample

    async def keep_looking(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(SAMPLE_SECONDS)

    def growth(self) -> float:
        """MB an hour, by a line through the samples after the first third."""
        late = self.samples[len(self.samples) // 3 :]
        slope: float = linear_regression([one.at for one in late], [one.rss for one in late]).slope
        return slope * 3600

    def thirds(self) -> tuple[float, float]:
        """The 99th percentile of acknowledgements in the first and in the last third of the rounds, ms (medians)."""
        third = max(1, len(self.rounds) // 3)
        first, last = self.rounds[:third], self.rounds[-third:]
        return median(one.ack_ms(0.99) for one in first), median(one.ack_ms(0.99) for one in last)


async def sit(watch: Watch, crowd: Crowd, until: float) -> None:
    """Everybody sits, a minute at a time."""
    frames = drawn_room()
    while time.monotonic() < until:
        watch.rounds.append(await crowd.stream(frames, seconds=ROUND_SECONDS, fps=0.5, speak_every=2.0))


async def churn(watch: Watch, crowd: Crowd, until: float) -> None:
    """A few others open a line and close it, without end."""

    async def come_and_go(number: int) -> None:
        client = crowd.clients[number]
        while time.monotonic() < until:
            await client.start(crowd.exam_id)
            await client.hang_up()
            watch.cycles += 1
            await asyncio.sleep(CHURN_PAUSE)

    await asyncio.gather(*(come_and_go(number) for number in range(len(crowd.clients))))


async def run(folder: Path, *, minutes: float, students: int) -> bool:
    """Whether every bar held; prints what it finds."""
    async with loaded(folder) as made, made.crowd(students) as crowd, made.crowd(CHURN_TOGETHER) as others:
        watch = Watch(made)
        await crowd.connect()  # once, so that what is made for the first student is there before the first look
        await crowd.hang_up()
        await asyncio.sleep(5.0)
        before = await watch.look()
        await crowd.connect()
        looking_on = asyncio.create_task(watch.keep_looking())
        until = time.monotonic() + 60 * minutes
        await asyncio.gather(sit(watch, crowd, until), churn(watch, others, until))
        looking_on.cancel()
        await asyncio.gather(looking_on, return_exceptions=True)
        await crowd.hang_up()
        return verdict(watch, before, *await back_to(watch, before))


async def back_to(watch: Watch, before: Sample) -> tuple[Sample, float]:
    """How the server is once everybody has left, and after how many seconds it was back."""
    begun = time.monotonic()
    while True:
        now = await watch.look()
        took = time.monotonic() - begun
        if took > BACK_SECONDS or all(
            getattr(now, name) <= 1.05 * getattr(before, name) + 1 for name in ("files", "tasks", "connections")
        ):
            return now, took
        await asyncio.sleep(1.0)


def verdict(watch: Watch, before: Sample, after: Sample, took: float) -> bool:
    """Print the figures; whether all held."""
    first, last = watch.thirds()
    growth = watch.growth()
    lost = sum(one.errors for one in watch.rounds)
    acked = sum(one.acked for one in watch.rounds)
    back = took <= BACK_SECONDS
    say(f"{acked} messages acknowledged, {lost} errors, {sum(one.reconnects for one in watch.rounds)} lines cut")
    say(f"{watch.cycles} lines opened and closed beside")
    say(f"memory {watch.samples[1].rss:.0f} → {watch.samples[-1].rss:.0f} MB, {growth:+.1f} MB an hour (bar +5)")
    say(f"acknowledgements p99 {first:.0f} ms in the first third, {last:.0f} ms in the last (bar {SLOWER} ×)")
    for name in ("files", "tasks", "connections"):
        say(f"{name}: {getattr(before, name)} before, {getattr(after, name)} after {took:.0f} s (bar ±5 % in 60 s)")
    held = growth <= GROWTH_MB_PER_HOUR and last <= SLOWER * max(first, 20.0) and back and not lost
    say("held" if held else "MISSED")
    return held


def main() -> int:
    """The exit status: 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m chaos.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--students", type=int, default=100)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is told to end still cleans up
    say(f"{wanted.students} students at 0.5 frames/s for {wanted.minutes:g} minutes, {CHURN_TOGETHER} who come and go")
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        return 0 if uvloop.run(run(Path(folder), minutes=wanted.minutes, students=wanted.students)) else 1


if __name__ == "__main__":
    sys.exit(main())
