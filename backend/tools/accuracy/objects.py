"""How wrong the search for things is: phones in time, false alarms, people. `python -m tools.accuracy.objects`."""

import argparse
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from app.ai.object_search import BELIEFS
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.incidents import Change, Incidents
from app.domain.violations import ViolationKind
from tools.accuracy.scenes import Photograph, pasted, phones, photographs, shaken, webcam_scenes

FPS = 1.0
BEFORE, EXPOSED = 6, 12
"""Frames without the phone, then with it."""
IN_TIME = 10.0
KINDS = {
    ViolationKind.PHONE_DETECTED: "cell phone",
    ViolationKind.BOOK_DETECTED: "book",
    ViolationKind.LAPTOP_DETECTED: "laptop",
    ViolationKind.UNAUTHORIZED_OBJECT: "tv",
}


@dataclass(slots=True)
class PhoneCounts:
    """Exposures `found` within ten seconds of `total`, by phone; seconds until then."""

    found: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)


@dataclass(slots=True)
class AlarmCounts:
    """False violations by kind in `hours` of video, the names of the scenes; `ms` of the objects' stage by scene."""

    alarms: dict[ViolationKind, list[str]] = field(default_factory=dict)
    hours: float = 0.0
    ms: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class StillCounts:
    """Independent pictures: labelled things found, things found that nobody labelled, people counted right."""

    found: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    false: dict[str, int] = field(default_factory=dict)
    counted: dict[int, list[bool]] = field(default_factory=dict)
    pictures: int = 0


def play(
    pipeline: Pipeline, frames: Iterable[bytes], counts: AlarmCounts | None = None, name: str = ""
) -> Iterator[tuple[float, Change]]:
    """Every change that the frames, 1/FPS seconds apart, bring about, with its media time."""
    memory: Memory = {}
    incidents = Incidents()
    for number, jpeg in enumerate(frames):
        at = number / FPS
        report = pipeline.look(FrameRequest(jpeg, at, memory))
        memory = report.memory
        if counts is not None:
            counts.ms[name] = counts.ms.get(name, 0.0) + report.stages.get("objects", 0.0)
        changes = incidents.unseen(at) if report.states else incidents.see(report.observations, at)
        yield from ((at, change) for change in changes)


def exposure(
    frames: list[bytes | np.ndarray], phone: tuple[np.ndarray, np.ndarray], rng: np.random.Generator
) -> Iterator[bytes]:
    """A webcam scene in which a phone appears, held not quite still: moves, turns, blur, JPEG quality 50."""
    area, x, y = rng.uniform(0.05, 0.12), rng.uniform(0.25, 0.75), rng.uniform(0.5, 0.85)
    turn, drift = rng.uniform(-30, 30), rng.uniform(-0.01, 0.01, 2)
    soft = rng.uniform(0.3, 1.3)
    for number in range(BEFORE + EXPOSED):
        pixels = np.asarray(frames[number % len(frames)])
        if number >= BEFORE:
            middle = (x + drift[0] * number + rng.normal(0, 0.01), y + drift[1] * number + rng.normal(0, 0.01))
            pixels = pasted(pixels, *phone, area=area, middle=middle, turn=turn + rng.normal(0, 3))
            pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), soft), np.uint8)
        yield shaken(pixels, rng, quality=50)


def measure_phones(pipeline: Pipeline, *, seed: int, rounds: int) -> PhoneCounts:
    """Every phone before every scene, `rounds` times; a phone must be noted within ten seconds of its appearance."""
    rng = np.random.default_rng(seed)
    counts = PhoneCounts()
    for _ in range(rounds):
        for name, frames in webcam_scenes().items():
            for phone, picture in phones(rng).items():
                if name in phone:
                    continue
                delay = first_phone(pipeline, exposure(list(frames), picture, rng))
                counts.total[phone] = counts.total.get(phone, 0) + 1
                if delay is not None and delay <= IN_TIME:
                    counts.found[phone] = counts.found.get(phone, 0) + 1
                    counts.delays.append(delay)
    return counts


def first_phone(pipeline: Pipeline, frames: Iterable[bytes]) -> float | None:
    """Seconds from the phone's appearance to the violation's opening; None for never."""
    for at, change in play(pipeline, frames):
        if change.kind is ViolationKind.PHONE_DETECTED and at * FPS >= BEFORE:
            return at - BEFORE / FPS
    return None


def measure_alarms(pipeline: Pipeline, *, seed: int, seconds: int) -> AlarmCounts:
    """People pictures and real videos without such a thing, each shaken for so many seconds: every alarm is false."""
    rng = np.random.default_rng(seed)
    counts = AlarmCounts({kind: [] for kind in KINDS})
    for name, frames, labels in quiet_scenes():
        stream = (shaken(frames[number % len(frames)], rng, quality=60) for number in range(int(seconds * FPS)))
        for _, change in play(pipeline, stream, counts, name):
            if change.action == "opened" and change.kind in KINDS and KINDS[change.kind] not in labels:
                counts.alarms[change.kind].append(name)
        counts.hours += seconds / 3600
    return counts


def cost(counts: AlarmCounts, seconds: int) -> tuple[float, float]:
    """Milliseconds a second of exam: before one person at a webcam, and in photographs of streets and sports."""
    rooms = webcam_scenes()
    by_sort = ([ms for name, ms in counts.ms.items() if (name in rooms) is room] for room in (True, False))
    one, other = (sum(sort) / max(len(sort) * seconds, 1) for sort in by_sort)
    return one, other


def quiet_scenes() -> Iterator[tuple[str, list[np.ndarray], set[str]]]:
    """Name, frames, and the labels that are really there."""
    for name, frames in webcam_scenes().items():
        yield name, list(frames), set()
    for photograph in photographs():
        if photograph.boxes("person", 0.02):
            yield photograph.name, [photograph.pixels], {label for label, _ in photograph.labels}


def overlaps(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes share at least 0.4 of their union."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared >= 0.4 * (one[2] * one[3] + other[2] * other[3] - shared)


def measure_stills(pipeline: Pipeline) -> StillCounts:
    """The labelled photographs, each for itself. People count from a fiftieth of the picture, at most four of them."""
    counts = StillCounts()
    for photograph in photographs():
        report = pipeline.look(FrameRequest(encode(photograph.pixels, 90), 0.0, single=True))
        counts.pictures += 1
        for label, belief in BELIEFS.items():
            real = photograph.boxes(label, max(belief.least_area, 0.02))
            seen = [thing.box for thing in report.objects if thing.label == label]
            counts.total[label] = counts.total.get(label, 0) + len(real)
            counts.found[label] = counts.found.get(label, 0) + sum(any(overlaps(s, r) for s in seen) for r in real)
            every = photograph.boxes(label)
            counts.false[label] = counts.false.get(label, 0) + sum(not any(overlaps(s, r) for r in every) for s in seen)
        count_people(photograph, [thing.box for thing in report.objects if thing.label == "person"], counts)
    return counts


def count_people(photograph: Photograph, seen: list[tuple[int, int, int, int]], counts: StillCounts) -> None:
    """Whether as many people of a fiftieth of the picture are found as are labelled."""
    area = photograph.pixels.shape[0] * photograph.pixels.shape[1]
    people = len(photograph.boxes("person", 0.02))
    if people <= 4:
        counts.counted.setdefault(people, []).append(sum(w * h >= 0.016 * area for _, _, w, h in seen) == people)


def show_stills(pipeline: Pipeline) -> None:
    """Independent pictures."""
    stills = measure_stills(pipeline)
    print(f"{stills.pictures} photographs: found of labelled (from 2 % of the picture), false:")
    for label in BELIEFS:
        print(f"  {label:11} {stills.found[label]} of {stills.total[label]}, false {stills.false[label]}")
    for people, right in sorted(stills.counted.items()):
        print(f"  {people} people: counted right in {sum(right)} of {len(right)}")


def show_phones(pipeline: Pipeline, *, seed: int, rounds: int) -> None:
    """Phones in time."""
    found = measure_phones(pipeline, seed=seed, rounds=rounds)
    for phone, total in found.total.items():
        print(f"phone {phone}: {found.found.get(phone, 0)} of {total} within {IN_TIME:.0f} s")
    print(f"  all: {sum(found.found.values())} of {sum(found.total.values())}", end="")
    print(f"; delay, median: {float(np.median(found.delays or [0])):.1f} s")


def show_alarms(pipeline: Pipeline, *, seed: int, seconds: int) -> None:
    """False alarms, and what the search costs."""
    alarms = measure_alarms(pipeline, seed=seed, seconds=seconds)
    room, street = cost(alarms, seconds)
    print(f"objects: {room:.1f} ms a second of exam for one person at a webcam, {street:.1f} in other photographs")
    print(f"false alarms in {alarms.hours:.2f} h:")
    for kind, names in alarms.alarms.items():
        print(f"  {kind}: {len(names)} = {len(names) / alarms.hours:.2f}/h, in {sorted(set(names))}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="length of each scene in which alarms are counted")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=("stills", "phones", "alarms"))
    parser.add_argument("--seed", type=int, default=20261127)
    options = parser.parse_args()
    pipeline, begin = Pipeline(), time.perf_counter()
    if options.only in (None, "stills"):
        show_stills(pipeline)
    if options.only in (None, "phones"):
        show_phones(pipeline, seed=options.seed, rounds=options.rounds)
    if options.only in (None, "alarms"):
        show_alarms(pipeline, seed=options.seed, seconds=options.seconds)
    print(f"took {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
