"""Per kind and preset: how often what happens is found, how often what did not is noted, and whether groups differ."""

import argparse
import json
import os
import pickle
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import sqrt
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

import numpy as np

from app.ai.pipeline import Pipeline
from app.ai.types import FrameReport, FrameRequest, Memory
from app.domain.face_templates import Enrolment
from app.domain.incidents import Change, Incidents
from app.domain.presets import Preset, rules_for
from app.domain.violations import ViolationKind
from tools.accuracy.fairness import (
    ON_BY_DEFAULT,
    Leans,
    Quiet,
    fairness_page,
    leans_of,
    most_per_hour,
)
from tools.accuracy.hours import LongSitting, quiet_sittings, swapped_sittings
from tools.accuracy.sittings import Sitting, sittings

RATES = Path(__file__).resolve().parents[2] / "app" / "ai" / "error_rates.json"
BARS = Path(__file__).parent / "bars.md"
DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE, FAIRNESS = DOCS / "accuracy.md", DOCS / "accuracy" / "fairness.md"
HEAD = """# How often it is right, and how often it is wrong

Written by `make accuracy`; {runs} sittings with {frames} frames, {measured_on}, {cpus} CPUs.

Three sorts of sittings, each varied in skin luminance, light, camera, JPEG quality and tilt. *Short* ones (2 frames
a second): two real selfie videos of one man and a portrait put beside him, with eight seconds of something
happening in the middle. *Quiet* ones (1 frame a second), in which nothing happens: {people} people, the man of the
videos and those of whom there are only portraits and photographs, who sway, lean and turn a little in changing light
and focus, also with glasses, headscarf, beard or niqab drawn on. Photographed strangers look where they like, so their
gaze is not counted.
*Swaps*: after a minute another of four people sits there (counted for identity only). That is **little material**, and
portraits do not move their eyes: the intervals say how little. Few hours without an alarm do not prove that there
are none; the last column is what they allow. Kinds have pages of their own with other material:
[faces](accuracy/faces.md), [gaze](accuracy/gaze.md), [objects](accuracy/objects.md),
[identity](accuracy/identity.md), [presence](accuracy/presence.md), [blind minutes](accuracy/blind.md),
[sound](accuracy/sound.md), [covered faces, hands, mouths](accuracy/postures.md). In the long sittings nobody speaks.
What it means for a decision: [how sure is it?](how-sure.md)

## What had to be shown

{bars}

## Kinds and presets

{kinds}

## Groups

The same people, moving in the same way, with another skin luminance, light, camera, or something worn: what is seen
wrongly in which group, and how near to a limit it comes, is on [a page of its own](accuracy/fairness.md).
"""
MEASURED = (
    ViolationKind.FACE_NOT_DETECTED,
    ViolationKind.MULTIPLE_FACES,
    ViolationKind.LOOKING_AWAY,
    ViolationKind.CAMERA_BLOCKED,
    ViolationKind.PHONE_DETECTED,
    ViolationKind.BOOK_DETECTED,
    ViolationKind.LAPTOP_DETECTED,
    ViolationKind.UNAUTHORIZED_OBJECT,
    ViolationKind.FACE_COVERED,
    ViolationKind.HAND_AT_EAR,
    ViolationKind.LOOKING_DOWN,
    ViolationKind.SILENT_SPEECH,
    ViolationKind.IDENTITY_MISMATCH,
)
"""Kinds whose false alarms these sittings can show. Repeated footage rightly looks looped: that has its own page."""
TOLERANCE = 3.0
JUDGES = (
    "app/ai",
    "app/domain/violations.py",
    "app/domain/incidents.py",
    "app/domain/presets.py",
    ":!app/ai/error_rates.json",
)
"""What decides the figures: the newest commit that changed any of it is the one that is measured."""


@dataclass(slots=True)
class Tally:
    """Of one kind: events, those found, seconds from their beginning to the note, false notes, hours watched."""

    events: int = 0
    found: int = 0
    delays: list[float] = field(default_factory=list)
    false: int = 0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """What the pipeline said of one sitting; the presets are applied to it afterwards."""

    sitting: Sitting | LongSitting
    reports: list[FrameReport]
    leans: list[Leans]

    @property
    def hours(self) -> float:
        """Watched."""
        return len(self.reports) / self.sitting.fps / 3600


def watch(pipeline: Pipeline, sitting: Sitting | LongSitting, rng: np.random.Generator) -> Run:
    """Every frame once through the pipeline; the student is enrolled by the first pictures, as in an exam."""
    memory: Memory = {}
    reports, leans = [], []
    silence = 0.0 if isinstance(sitting, LongSitting) else None
    enrolment, reference = Enrolment(), None
    for at, jpeg in sitting.encoded(rng):
        report = pipeline.look(
            FrameRequest(jpeg, at, memory, reference=reference, enrol=reference is None, speech=silence)
        )
        memory = report.memory
        if not report.states:
            leans.append(leans_of(report))
        if report.template is not None and reference is None:
            reference = enrolment.offer(report.template)
        reports.append(replace(report, memory={}, template=None))
    return Run(sitting, reports, leans)


Seen: TypeAlias = tuple[list[FrameReport], list[Leans]]


def part_of(number: int, parts: int, seed: int, hours: float, keep: Path | None) -> dict[int, Seen]:
    """Every `parts`-th sitting from `number` on; chance depends on the sitting, not on who looks at it."""
    pipeline, found = Pipeline(), {}
    for place, sitting in enumerate(all_sittings(hours)):
        kept = keep / f"{place}.pickle" if keep else None
        if place % parts != number:
            continue
        if kept is not None and kept.is_file():
            found[place] = pickle.loads(kept.read_bytes())  # noqa: S301 (our own, of this commit)
        else:
            draw = sitting.draw if isinstance(sitting, LongSitting) else None
            chance = [seed, place] if draw is None else [seed, 10**6, draw]
            run = watch(pipeline, sitting, np.random.default_rng(chance))
            found[place] = run.reports, run.leans
            if kept is not None:
                kept.write_bytes(pickle.dumps(found[place]))
            print(f"sitting {place}: {sitting.name}, {sitting.variation.group}", file=sys.stderr, flush=True)
    return found


def watched(seed: int, hours: float, processes: int, keep: Path | None = None) -> list[Run]:
    """All sittings, shared by so many processes."""
    reports: dict[int, Seen] = {}
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for share in pool.map(
            part_of, range(processes), *([value] * processes for value in (processes, seed, hours, keep))
        ):
            reports |= share
    return [Run(sitting, *reports[place]) for place, sitting in enumerate(all_sittings(hours))]


def all_sittings(hours: float) -> Iterator[Sitting | LongSitting]:
    """Short ones, `hours` of long ones, and swaps."""
    yield from sittings()
    yield from quiet_sittings(hours)
    yield from swapped_sittings()


def notes(run: Run, preset: Preset) -> dict[int, tuple[Change, float]]:
    """Violations by key, as they ended, and when each was noted."""
    incidents = Incidents(rules_for(preset))
    found: dict[int, tuple[Change, float]] = {}

    def keep(changes: list[Change], at: float) -> None:
        for change in changes:
            found[change.key] = (change, found.get(change.key, (change, at))[1])

    for report in run.reports:
        keep(incidents.unseen(report.at) if report.states else incidents.see(report.observations, report.at), report.at)
    keep(incidents.finish(run.reports[-1].at), run.reports[-1].at)
    return found


def count(run: Run, preset: Preset, tallies: dict[ViolationKind, Tally]) -> None:
    """Compare notes with what happened."""
    noted = notes(run, preset)
    swapped = ViolationKind.IDENTITY_MISMATCH in run.sitting.events
    for kind in (ViolationKind.IDENTITY_MISMATCH,) if swapped else judged_in(run, MEASURED):
        tally = tallies[kind]
        tally.hours += run.hours
        mine = [one for one in noted.values() if one[0].kind == kind]
        event = run.sitting.events.get(kind)
        if event is None:
            tally.false += len(mine)
            continue
        begin, end = event
        hits = [
            one for one in mine if one[0].started_at < end + TOLERANCE and (one[0].ended_at or end) > begin - TOLERANCE
        ]
        tally.events += 1
        tally.found += bool(hits)
        tally.false += len(mine) - len(hits)
        if hits:
            tally.delays.append(max(0.0, min(at for _, at in hits) - begin))


def wilson(part: int, whole: int) -> tuple[float, float]:
    """95 % interval of a share."""
    if whole == 0:
        return 0.0, 1.0
    z, share = 1.96, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def table(runs: list[Run]) -> Iterator[str]:
    """Markdown: kinds by presets."""
    yield "| kind | preset | found | 95 % | delay, median | false alarms per hour | at most (95 %) |"
    yield "|---|---|---|---|---|---|---|"
    for preset in Preset:
        tallies: dict[ViolationKind, Tally] = defaultdict(Tally)
        for run in runs:
            count(run, preset, tallies)
        for kind in MEASURED:
            t = tallies[kind]
            low, high = wilson(t.found, t.events)
            share = f"{t.found} of {t.events} | {100 * low:.0f}–{100 * high:.0f} %" if t.events else "– | –"
            delay = f"{float(np.median(t.delays)):.1f} s" if t.delays else "–"
            rate = f"{t.false / t.hours:.2f} ({t.false} in {t.hours:.2f} h)"
            yield f"| {kind} | {preset} | {share} | {delay} | {rate} | {most_per_hour(t.false, t.hours):.1f} |"


def judged_in(run: Run, kinds: Iterable[ViolationKind]) -> tuple[ViolationKind, ...]:
    """The kinds this sitting says something about: nobody asked photographed strangers to look into the camera."""
    aside = isinstance(run.sitting, LongSitting) and not run.sitting.person.posed
    return tuple(kind for kind in kinds if not (aside and kind == ViolationKind.LOOKING_AWAY))


def happens(sitting: Sitting | LongSitting, kind: ViolationKind, at: float) -> bool:
    """Whether the kind's event is on, give or take a second and a half: the labels are no better."""
    event = sitting.events.get(kind)
    return event is not None and event[0] - 1.5 <= at <= event[1] + 1.5


def quiets_of(runs: list[Run]) -> list[Quiet]:
    """The sittings in which nothing happens and whose people are in every group."""
    return [quiet_of(run) for run in runs if isinstance(run.sitting, LongSitting) and not run.sitting.events]


def quiet_of(run: Run) -> Quiet:
    """A quiet sitting as groups are compared."""
    judged = [report for report in run.reports if not report.states]
    kinds = judged_in(run, ON_BY_DEFAULT)
    wrong = sum(any(o.kind in kinds for o in report.observations) for report in judged)
    alarms = sum(change.kind in kinds for change, _ in notes(run, Preset.STANDARD).values())
    person = run.sitting.person.name if isinstance(run.sitting, LongSitting) else run.sitting.name
    found: dict[ViolationKind, list[float]] = defaultdict(list)
    for leans in run.leans:
        for kind in judged_in(run, leans):
            found[kind].append(leans[kind])
    variation, taken = run.sitting.variation, len(run.reports)
    leaned = {kind: np.array(values) for kind, values in found.items()}
    return Quiet(person, variation.trait, variation.group, taken, len(judged), wrong, alarms, run.hours, leaned)


def rates(runs: list[Run]) -> dict[str, dict[str, float]]:
    """False alarms per hour by preset and kind, as the API shows them."""
    found: dict[str, dict[str, float]] = {}
    for preset in Preset:
        tallies: dict[ViolationKind, Tally] = defaultdict(Tally)
        for run in runs:
            count(run, preset, tallies)
        found[preset] = {str(kind): round(tallies[kind].false / tallies[kind].hours, 3) for kind in MEASURED}
    return found


def main() -> None:
    """Print the pages; with --write keep them, and the rates for the API."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--hours", type=float, default=4.0, help="of quiet sittings")
    parser.add_argument(
        "--write", action="store_true", help="write accuracy.md, fairness.md and app/ai/error_rates.json"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="a folder for what is judged, to go on from after a stop")
    options = parser.parse_args()
    begin = time.perf_counter()
    runs = watched(options.seed, options.hours, options.processes, options.keep)
    command = ["git", "log", "-1", "--format=%h", "--", *JUDGES]
    commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    measured_on = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit.strip()}"
    pages = {PAGE: accuracy_page(runs, measured_on), FAIRNESS: fairness_page(quiets_of(runs), measured_on)}
    print(*pages.values(), sep="\n")
    if options.write:
        for path, text in pages.items():
            path.write_text(text)
        hours = round(sum(run.hours for run in runs), 2)
        RATES.write_text(
            json.dumps({"measured_on": measured_on, "hours": hours, "false_alarms_per_hour": rates(runs)}, indent=1)
            + "\n"
        )
    print(f"took {time.perf_counter() - begin:.0f} s")


def accuracy_page(runs: list[Run], measured_on: str) -> str:
    """docs/accuracy.md."""
    return HEAD.format(
        runs=len(runs),
        frames=sum(len(run.reports) for run in runs),
        people=len({run.sitting.person.name for run in runs if isinstance(run.sitting, LongSitting)}),
        measured_on=measured_on,
        cpus=os.cpu_count(),
        bars=BARS.read_text().strip(),
        kinds="\n".join(table(runs)),
    )


if __name__ == "__main__":
    main()
