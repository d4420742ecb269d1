"""Per kind and preset: how often what happens is found, how often what did not is noted, and whether groups differ."""

import argparse
import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path

import numpy as np

from app.ai.pipeline import Pipeline
from app.ai.types import FrameReport, FrameRequest, Memory
from app.domain.incidents import Change, Incidents
from app.domain.presets import Preset, rules_for
from app.domain.violations import ViolationKind
from tools.accuracy.sittings import FPS, Sitting, sittings

RATES = Path(__file__).resolve().parents[2] / "app" / "ai" / "error_rates.json"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "accuracy.md"
HEAD = """# How often it is right, and how often it is wrong

Written by `make accuracy`; {runs} sittings with {frames} frames at 2 frames a second, {measured_on}, 2 shared vCPUs.

The sittings are two real selfie videos of one man and a portrait put beside him, varied in skin luminance, light,
camera, JPEG quality and tilt, with eight seconds of something happening in the middle. That is **little material**:
the intervals say how little. Few hours without an alarm do not prove that there are none; the last column is what
they allow. Kinds have pages of their own with other material: [faces](accuracy/faces.md), [gaze](accuracy/gaze.md),
[objects](accuracy/objects.md), [identity](accuracy/identity.md), [presence](accuracy/presence.md),
[sound](accuracy/sound.md). What it means for a decision: [how sure is it?](how-sure.md)

## Kinds and presets

{kinds}

## Groups (standard preset)

The same sittings with another skin luminance, light, camera. *Alike?* is a permutation test over frames: the
probability of differences as large as these if the group made none; small values mean that groups are treated
differently.

{groups}
"""
MEASURED = (
    ViolationKind.FACE_NOT_DETECTED,
    ViolationKind.MULTIPLE_FACES,
    ViolationKind.LOOKING_AWAY,
    ViolationKind.CAMERA_BLOCKED,
    ViolationKind.PHONE_DETECTED,
    ViolationKind.BOOK_DETECTED,
    ViolationKind.LAPTOP_DETECTED,
    ViolationKind.IDENTITY_MISMATCH,
)
"""Kinds whose false alarms these sittings can show. Repeated footage rightly looks looped: that has its own page."""
TOLERANCE = 3.0


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

    sitting: Sitting
    reports: list[FrameReport]


def watch(pipeline: Pipeline, sitting: Sitting, rng: np.random.Generator) -> Run:
    """Every frame once through the pipeline."""
    memory: Memory = {}
    reports = []
    for at, jpeg in sitting.encoded(rng):
        report = pipeline.look(FrameRequest(jpeg, at, memory))
        memory = report.memory
        reports.append(report)
    return Run(sitting, reports)


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
    for kind in MEASURED:
        tally = tallies[kind]
        tally.hours += len(run.reports) / FPS / 3600
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


def most_per_hour(false: int, hours: float) -> float:
    """Upper end of the 95 % interval of a rate (chi-square, by its normal approximation of Wilson and Hilferty)."""
    k = false + 1
    return float(k * (1 - 1 / (9 * k) + 1.645 / (3 * sqrt(k))) ** 3 / hours) if hours else float("inf")


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


def groups(runs: list[Run]) -> Iterator[str]:
    """Markdown: groups of each trait under the standard preset, and the test that they are alike."""
    yield "| trait | group | events found | false alarms | frames with a false observation | judged frames |"
    yield "|---|---|---|---|---|---|"
    by_trait: dict[str, dict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        by_trait[run.sitting.variation.trait][run.sitting.variation.group].append(run)
    for trait, members in by_trait.items():
        wrong: list[tuple[int, int]] = []
        for name, some in members.items():
            tallies: dict[ViolationKind, Tally] = defaultdict(Tally)
            for run in some:
                count(run, Preset.STANDARD, tallies)
            bad, judged = false_frames(some)
            wrong.append((bad, judged))
            found, events = sum(t.found for t in tallies.values()), sum(t.events for t in tallies.values())
            alarms = sum(t.false for t in tallies.values())
            share = f"{bad} ({100 * bad / max(1, judged):.1f} %)"
            yield f"| {trait} | {name} | {found} of {events} | {alarms} | {share} | {judged} |"
        if len(wrong) > 1:
            yield f"| {trait} | *alike?* | | | permutation test p = {alike(wrong):.2f} | |"


def false_frames(runs: list[Run]) -> tuple[int, int]:
    """Frames in which a detector saw something that was not happening, and frames judged."""
    bad = judged = 0
    for run in runs:
        for report in run.reports:
            if not report.states:
                judged += 1
                bad += any(
                    o.kind in MEASURED and not happens(run.sitting, o.kind, report.at) for o in report.observations
                )
    return bad, judged


def happens(sitting: Sitting, kind: ViolationKind, at: float) -> bool:
    """Whether the kind's event is on, give or take a second and a half: the labels are no better."""
    event = sitting.events.get(kind)
    return event is not None and event[0] - 1.5 <= at <= event[1] + 1.5


def alike(wrong: list[tuple[int, int]], rounds: int = 2000) -> float:
    """P of a spread of shares this large if the group made no difference (labels of frames shuffled)."""
    rng = np.random.default_rng(7)
    sizes = [judged for _, judged in wrong]
    frames = np.zeros(sum(sizes), bool)
    frames[: sum(bad for bad, _ in wrong)] = True
    spread = np.ptp([bad / max(1, judged) for bad, judged in wrong])
    cuts = np.cumsum(sizes)[:-1]
    hits = sum(
        np.ptp([part.mean() if len(part) else 0.0 for part in np.split(rng.permutation(frames), cuts)])
        >= spread - 1e-12
        for _ in range(rounds)
    )
    return float((hits + 1) / (rounds + 1))


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
    """Print the page; with --write keep it, and the rates for the API."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md and app/ai/error_rates.json")
    options = parser.parse_args()
    rng, pipeline, begin = np.random.default_rng(options.seed), Pipeline(), time.perf_counter()
    runs = [watch(pipeline, sitting, rng) for sitting in sittings()]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    measured_on = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit.strip()}"
    page = HEAD.format(
        runs=len(runs),
        frames=sum(len(run.reports) for run in runs),
        measured_on=measured_on,
        kinds="\n".join(table(runs)),
        groups="\n".join(groups(runs)),
    )
    print(page)
    if options.write:
        PAGE.write_text(page)
        hours = round(sum(len(run.reports) for run in runs) / FPS / 3600, 2)
        RATES.write_text(
            json.dumps({"measured_on": measured_on, "hours": hours, "false_alarms_per_hour": rates(runs)}, indent=1)
            + "\n"
        )
    print(f"took {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
