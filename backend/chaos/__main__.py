"""`python -m chaos`: one fault after another on a system of its own, and a table of what it cost.

Every line: how often the fault was injected, what was acknowledged, what of it is missing or doubled, and the slowest
recovery against its bar. The seed is printed; the same seed makes the same choices again.
"""

import argparse
import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from chaos.faults import FAULTS, Fault
from chaos.world import World, world

COLUMNS = "{:<4} {:<32} {:>8} {:>12} {:>7} {:>8} {:>9} {:>7}  {}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table."""

    id: str
    what: str
    times: int
    acknowledged: int
    broken: list[str]
    recovery: float
    bar: float
    trouble: str = ""

    @property
    def held(self) -> bool:
        """Nothing lost, nothing doubled, soon enough, no other trouble."""
        return not self.broken and not self.trouble and self.recovery <= self.bar

    def line(self) -> str:
        """As the table shows it."""
        lost = sum("not stored" in one for one in self.broken)
        doubled = sum("twice" in one for one in self.broken)
        verdict = "held" if self.held else f"BROKEN {self.trouble} {'; '.join(self.broken[:3])}".rstrip()
        seconds, bar = f"{self.recovery:.1f} s", f"{self.bar:.0f} s"
        return COLUMNS.format(self.id, self.what, self.times, self.acknowledged, lost, doubled, seconds, bar, verdict)


async def run_fault(made: World, fault: Fault, times: int) -> Outcome:
    """Inject, wait until all is quiet, ask the checker."""
    before = made.acked
    recovery, trouble = 0.0, ""
    try:
        recovery = await fault.inject(made, times)
    except (AssertionError, TimeoutError) as error:
        trouble = str(error) or "acknowledgements did not come back"
    try:
        await made.quiet()
    except TimeoutError:
        trouble = trouble or "not everything was acknowledged in the end"
    broken = await made.broken_promises()
    return Outcome(fault.id, fault.what, times, made.acked - before, broken, recovery, fault.bar, trouble)


async def run(folder: Path, *, seed: int, students: int, short: bool, only: str) -> list[Outcome]:
    """Every wanted fault, each on a fresh exam; prints as it goes."""
    outcomes: list[Outcome] = []
    say(COLUMNS.format("id", "fault", "injected", "acknowledged", "lost", "doubled", "recovery", "bar", "verdict"))
    for number, fault in enumerate(FAULTS):
        times = fault.few if short else fault.times
        if not times or (only and fault.id not in only.split(",")):
            continue
        if not fault.possible():
            say(f"{fault.id:<4} {fault.what:<32} not possible on this machine")
            continue
        place = folder / f"{fault.id}-{number}"
        place.mkdir(parents=True)
        environment = fault.environment(place)
        with fault.place(place):
            async with world(place, students=students, seed=seed + number, environment=environment) as made:
                outcome = await run_fault(made, fault, times)
        outcomes.append(outcome)
        say(outcome.line())
    return outcomes


def say(line: str) -> None:
    """To the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """The exit status: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--students", type=int, default=10)
    parser.add_argument("--short", action="store_true", help="each fault once or twice, the slow ones not at all")
    parser.add_argument("--only", default="", help="F01,F04 …")
    parser.add_argument("--json", action="store_true", help="the outcomes as a last line of JSON")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is told to end still cleans up
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        say(f"seed {wanted.seed}, {wanted.students} students, {os.cpu_count()} cores")
        outcomes = asyncio.run(
            run(Path(folder), seed=wanted.seed, students=wanted.students, short=wanted.short, only=wanted.only)
        )
    broken = sum(not outcome.held for outcome in outcomes)
    say(f"{len(outcomes) - broken} faults survived, {broken} not, in {time.monotonic() - begun:.0f} s")
    if wanted.json:
        say(json.dumps([asdict(outcome) | {"held": outcome.held} for outcome in outcomes]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
