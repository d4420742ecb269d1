"""`python -m chaos.carrying`: what one server of this machine carries (bars L1 to L10), on a system of its own.

One line for each bar: what was asked, what was measured, whether it held. Students, server and database share this
machine's cores, so that a figure is what the product does *and* what its students cost; `own` names the latter.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvloop

from app.db.embedded import EmbeddedPostgres
from chaos import load_bars
from chaos.live_pages import dashboards
from chaos.load_bars import Bar, Loaded
from chaos.proxy import proxied
from tools.server_child import ServerChild

LINE = "{:<4} {:<30} {:<62} {}"
BARS = frozenset(f"L{number}" for number in range(1, 11))


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a bar's load is made: the whole of it, or a part that a few minutes allow."""

    wide: int
    steady: int
    storm: int
    minutes: float
    seen: int
    viewers: int
    watched: float = 1.0
    """Minutes that the live pages are open."""


FULL = Size(wide=1000, steady=300, storm=500, minutes=30, seen=100, viewers=20)
SHORT = Size(wide=60, steady=30, storm=30, minutes=0.25, seen=4, viewers=5, watched=0.5)


async def run(folder: Path, size: Size, only: frozenset[str]) -> list[Bar]:
    """Every wanted bar, in an order that lets one crowd serve several; prints as it goes."""
    found: list[Bar] = []
    begun = time.monotonic()

    def tell(*bars: Bar) -> None:
        for bar in bars:
            found.append(bar)
            verdict = "held" if bar.held else f"MISSED (bar {bar.bar})"
            say(LINE.format(bar.id, bar.what, bar.measured, f"{verdict} ({time.monotonic() - begun:.0f} s)"))

    def wanted(*names: str) -> bool:
        return not only or not only.isdisjoint(names)

    async with loaded(folder) as made:
        if wanted("L3"):
            tell(await load_bars.seen(made, size.seen, seconds=20 * size.minutes))
        if wanted("L6", "L7"):
            tell(*await load_bars.storms(made, size.storm))
        if not wanted("L1", "L2", "L4", "L5", "L8", "L9", "L10"):
            return found
        many = size.wide if wanted("L2", "L4") else max(size.steady, size.storm if wanted("L5") else 0)
        async with made.crowd(many, last=True) as crowd:
            say(f"{many} students have logged in ({time.monotonic() - begun:.0f} s)")
            if wanted("L5"):
                tell(await load_bars.log_ins(made, crowd, size.storm, sitting=size.steady))
            if wanted("L1", "L9", "L10"):
                tell(*await load_bars.steady(made, crowd, size.steady, seconds=60 * size.minutes))
            if wanted("L8"):
                tell(await dashboards(made, crowd, size.steady, viewers=size.viewers, seconds=60 * size.watched))
            if wanted("L2"):
                tell(await load_bars.wide(made, crowd, seconds=min(180.0, 60 * size.minutes)))
            if wanted("L4"):
                tell(await load_bars.reconnect(made, crowd))
    return found


@asynccontextmanager
async def loaded(folder: Path) -> AsyncIterator[Loaded]:
    """PostgreSQL, a server with the settings it has anywhere, and a line before it that can be cut."""
    var_dir = folder / "var"
    var_dir.mkdir()
    cluster = EmbeddedPostgres(var_dir / "postgres")
    url = await asyncio.to_thread(cluster.start)
    try:
        with ServerChild(var_dir) as server:
            async with proxied(server.port) as proxy:
                yield Loaded(server, proxy, url, var_dir)
    finally:
        await asyncio.to_thread(cluster.stop)


def say(line: str) -> None:
    """To the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """The exit status: 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m chaos.carrying", description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.0, help="how long L1 lasts (30)")
    parser.add_argument("--short", action="store_true", help="a twentieth of the students, for a quarter of a minute")
    parser.add_argument("--only", default="", help="L1,L4 …")
    wanted = parser.parse_args()
    only = frozenset(filter(None, wanted.only.split(",")))
    if only - BARS:
        parser.error(f"there is no bar {', '.join(sorted(only - BARS))}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is told to end still cleans up
    size = SHORT if wanted.short else FULL
    if wanted.minutes:
        size = replace(size, minutes=wanted.minutes)
    begun = time.monotonic()
    say(f"{os.cpu_count()} cores for students, server, workers and database together; {size}")
    with tempfile.TemporaryDirectory(prefix="carrying-") as folder:
        bars = uvloop.run(run(Path(folder), size, only))
    missed = sum(not bar.held for bar in bars)
    say(f"{len(bars) - missed} bars held, {missed} missed, in {time.monotonic() - begun:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
