"""How well people without a visible face are counted. `python -m tools.accuracy.persons`, in backend/."""

import argparse
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from app.ai.networks import Picture
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.sources import Source
from app.domain.violations import ViolationKind
from tools.accuracy.scenes import VIDEOS, Photograph, photographs, shaken, video_frames

LEAST_AREA = 0.03
"""Smaller people are nobody's helpers (detectors/more_persons.py)."""
STEP = 0.5
ALONE = 6.0
"""Seconds before somebody comes, in which nobody else may be seen."""
PATIENCE = 20.0


@dataclass(slots=True)
class Counts:
    """Scenes with more persons `found` of `many`, `false` of `alone`; `delays` in seconds."""

    many: int = 0
    found: int = 0
    alone: int = 0
    false: int = 0
    delays: list[float] = field(default_factory=list)


def noticed_at(pipeline: Pipeline, frames: Iterable[bytes]) -> float | None:
    """Media time of the first frame in which more than one person is observed, by the object detector alone."""
    memory: Memory = {}
    for number, jpeg in enumerate(frames):
        report = pipeline.look(FrameRequest(jpeg, number * STEP, memory, source=Source.SECOND_CAMERA))
        memory = report.memory
        if any(observation.kind is ViolationKind.MULTIPLE_FACES for observation in report.observations):
            return number * STEP
    return None


def in_photographs(pipeline: Pipeline, quality: int) -> Counts:
    """Each photograph for ten seconds as a webcam would take it; those with only small second persons are left out."""
    counts, rng = Counts(), np.random.default_rng(7)
    for photograph in photographs():
        everybody, large = len(photograph.boxes("person")), len(photograph.boxes("person", LEAST_AREA))
        if everybody > 1 and large < 2:
            continue
        seen = noticed_at(pipeline, (shaken(photograph.pixels, rng, quality=quality) for _ in range(20)))
        counts.many += large > 1
        counts.found += large > 1 and seen is not None
        counts.alone += large < 2
        counts.false += large < 2 and seen is not None
    return counts


def people() -> Iterator[Picture]:
    """People cut out of photographs with their surroundings, tall enough to be somebody."""
    for photograph in photographs():
        height, width = photograph.pixels.shape[:2]
        for x, y, w, h in photograph.boxes("person", 0.15):
            if h >= height / 2:
                yield _cut(photograph, (x - 0.03 * width, y - 0.03 * height, w + 0.06 * width, h + 0.06 * height))
                break


def _cut(photograph: Photograph, box: tuple[float, float, float, float]) -> Picture:
    x, y, w, h = box
    return photograph.pixels[max(0, int(y)) : int(y + h), max(0, int(x)) : int(x + w)]


def arrival(student: list[Picture], visitor: Picture, rng: np.random.Generator) -> Iterator[bytes]:
    """A student alone in a grey room; after a while somebody stands beside him."""
    height = int(rng.integers(200, 320))
    width = min(round(visitor.shape[1] * height / visitor.shape[0]), 180)
    somebody = cv2.resize(visitor, (width, height), interpolation=cv2.INTER_AREA)
    left, top = (int(rng.integers(0, 180 - width + 1)) + (460 if rng.random() < 0.5 else 0)), 420 - height
    for number in range(round((ALONE + PATIENCE) / STEP)):
        scene = np.full((480, 640, 3), 125, np.uint8)
        scene[:, 184:456] = cv2.resize(student[number % len(student)], (272, 480), interpolation=cv2.INTER_AREA)
        if number * STEP >= ALONE:
            scene[top : top + height, left : left + width] = somebody
        yield shaken(scene, rng, quality=65)


def arrivals(pipeline: Pipeline) -> Counts:
    """Everybody of `people` comes once."""
    counts, rng, student = Counts(), np.random.default_rng(11), video_frames(VIDEOS[0], STEP)
    for visitor in people():
        seen = noticed_at(pipeline, arrival(student, visitor, rng))
        counts.many, counts.alone = counts.many + 1, counts.alone + 1
        if seen is not None and seen < ALONE:
            counts.false += 1
        elif seen is not None:
            counts.found += 1
            counts.delays.append(seen - ALONE)
    return counts


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", type=int, default=65, help="JPEG quality")
    options = parser.parse_args()
    pipeline = Pipeline()
    still, coming = in_photographs(pipeline, options.quality), arrivals(pipeline)
    for name, counts in (("photographs", still), ("somebody comes", coming)):
        sys.stdout.write(f"{name}: found {counts.found}/{counts.many}, false {counts.false}/{counts.alone}\n")
    if coming.delays:
        middle, longest = statistics.median(coming.delays), max(coming.delays)
        sys.stdout.write(f"delay: median {middle:.1f} s, longest {longest:.1f} s\n")


if __name__ == "__main__":
    main()
