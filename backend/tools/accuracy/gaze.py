"""How wrong the gaze is: segments of labelled videos told right, and false alarms. `python -m tools.accuracy.gaze`."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.ai.media import Video
from app.ai.networks import Picture
from app.ai.picture import decode, encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.incidents import Change, Incidents
from app.domain.violations import ViolationKind

GAZE = Path(__file__).resolve().parents[4] / "shared" / "data" / "gaze"
TOLERANCE = 1.5
"""Seconds that an episode's beginning and end may be off."""
SWITCHED_OFF = frozenset(kind for kind in ViolationKind if kind != ViolationKind.LOOKING_AWAY)
Spoil = Callable[[Picture, int], Picture]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a scene: times in its own seconds; `aside` says whether the person looks away in it."""

    begin: float
    end: float
    aside: bool


ASIDE_ONCE = (Stretch(0.0, 5.5, False), Stretch(5.5, 10.3, True), Stretch(10.3, 15.4, False))
"""Truth of center_left_center.mp4, read off the picture to 0.1 s."""


@dataclass(slots=True)
class GazeCounts:
    """One variant: segments told right, all of them, alarms while the person looked at the screen, hours of that."""

    variant: str
    right: int = 0
    total: int = 0
    alarms: int = 0
    hours: float = 0.0


def cropped(picture: Picture, width: int, height: int) -> Picture:
    """A webcam's 4:3 out of an upright picture."""
    part = min(picture.shape[0], picture.shape[1] * height // width)
    top = (picture.shape[0] - part) // 4
    return cv2.resize(picture[top : top + part], (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def moved(picture: Picture, angle: float, scale: float, right: float = 0.0, down: float = 0.0) -> Picture:
    """Turned (degrees), scaled and shifted (pixels) around the middle."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    matrix[:, 2] += np.array([right, down])
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def lit(picture: Picture, gain: float, noise: float = 0.0, seed: int = 0) -> Picture:
    """Another light, and a sensor's noise."""
    rough = np.random.default_rng(seed).normal(0, noise, picture.shape) if noise else 0
    other: Picture = np.clip(picture * gain + rough, 0, 255).astype(np.uint8)
    return other


def one_sided(picture: Picture) -> Picture:
    """A window on the right."""
    return np.clip(picture * np.linspace(0.35, 1.3, picture.shape[1])[None, :, None], 0, 255).astype(np.uint8)


VARIANTS: dict[str, tuple[Spoil, int]] = {
    "as filmed": (lambda p, n: p, 80),
    "JPEG 30": (lambda p, n: p, 30),
    "320×240, JPEG 50": (lambda p, n: cropped(p, 320, 240), 50),
    "320×240, JPEG 30": (lambda p, n: cropped(p, 320, 240), 30),
    "far, JPEG 50": (lambda p, n: moved(p, 0, 0.6), 50),
    "near": (lambda p, n: moved(p, 0, 1.2), 70),
    "half the light, noise": (lambda p, n: lit(p, 0.5, 4, n), 70),
    "gain 1.6": (lambda p, n: lit(p, 1.6), 70),
    "light from one side": (lambda p, n: one_sided(p), 60),
    "head 8° left": (lambda p, n: moved(p, 8, 1), 70),
    "head 8° right": (lambda p, n: moved(p, -8, 1), 70),
    "sways": (
        lambda p, n: moved(p, 3 * np.sin(n / 25), 1 + 0.08 * np.sin(n / 18), 20 * np.sin(n / 20), 10 * np.cos(n / 22)),
        70,
    ),
}
"""What is done to frame `n`, and the JPEG quality after it."""


def mirrored(pictures: Sequence[Picture]) -> list[Picture]:
    """Left and right traded."""
    return [np.ascontiguousarray(picture[:, ::-1]) for picture in pictures]


def later(stretches: Sequence[Stretch], seconds: float) -> list[Stretch]:
    """The same truth, so much later."""
    return [Stretch(one.begin + seconds, one.end + seconds, one.aside) for one in stretches]


def scenes(fps: float) -> Iterator[tuple[list[Picture], list[Stretch]]]:
    """Frames and truth: at the screen; aside once; both sides in both orders; aside from the very beginning."""
    centre, once = (
        [decode(sample.jpeg).pixels for sample in Video(GAZE / name, fps).samples()]
        for name in ("center_focus.mp4", "center_left_center.mp4")
    )
    seconds, start = len(once) / fps, round(5.7 * fps)
    for first in (once, mirrored(once)):
        yield (centre if first is once else mirrored(centre)), [Stretch(0, len(centre) / fps, False)]
        yield first, list(ASIDE_ONCE)
        yield first + mirrored(first), [*ASIDE_ONCE, *later(ASIDE_ONCE, seconds)]
        yield first[start:], later([Stretch(start / fps, 10.3, True), ASIDE_ONCE[2]], -start / fps)


def episodes(
    pipeline: Pipeline, pictures: Sequence[Picture], fps: float, spoil: Spoil, quality: int
) -> list[tuple[float, float]]:
    """When the pipeline says that the person looked away, in seconds."""
    incidents = Incidents()
    memory: Memory = {}
    last: dict[int, Change] = {}
    for number, picture in enumerate(pictures):
        at = number / fps
        jpeg = encode(spoil(picture, number), quality)
        report = pipeline.look(FrameRequest(jpeg, at, memory, disabled=SWITCHED_OFF))
        memory = report.memory
        changes = incidents.unseen(at) if report.states else incidents.see(report.observations, at)
        last |= {change.key: change for change in changes}
    last |= {change.key: change for change in incidents.finish(len(pictures) / fps)}
    return [(change.started_at, change.ended_at or 0.0) for change in last.values()]


def joined(truth: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours of one kind are one stretch."""
    whole: list[Stretch] = []
    for one in truth:
        if whole and whole[-1].aside == one.aside:
            whole[-1] = Stretch(whole[-1].begin, one.end, one.aside)
        else:
            whole.append(one)
    return whole


def judge(counts: GazeCounts, truth: Sequence[Stretch], found: Sequence[tuple[float, float]]) -> None:
    """Add one scene: an aside stretch is right with exactly one episode that fits it, any other one with none."""
    for one in joined(truth):
        counts.total += 1
        if one.aside:
            hits = [(begin, end) for begin, end in found if begin < one.end and end > one.begin]
            fits = [abs(b - one.begin) <= TOLERANCE and abs(e - one.end) <= TOLERANCE for b, e in hits]
            counts.right += fits == [True]
        else:
            alarms = sum(begin < one.end - TOLERANCE and end > one.begin + TOLERANCE for begin, end in found)
            counts.alarms += alarms
            counts.right += not alarms
            counts.hours += (one.end - one.begin) / 3600


def measure_gaze(fps: float, variants: Sequence[str] = tuple(VARIANTS)) -> Iterator[GazeCounts]:
    """Every variant in turn. Raises FrameRefused where the videos are not at hand."""
    pipeline, played = Pipeline(), list(scenes(fps))
    for variant in variants:
        spoil, quality = VARIANTS[variant]
        counts = GazeCounts(variant)
        for pictures, truth in played:
            judge(counts, truth, episodes(pipeline, pictures, fps, spoil, quality))
        yield counts


def main() -> int:
    """Print a line for each variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fps", type=float, default=2.5)
    options = parser.parse_args()
    if not GAZE.is_dir():
        print("the labelled videos are not at hand: nothing was measured")
        return 0
    begin, right, total = time.monotonic(), 0, 0
    for counts in measure_gaze(options.fps):
        right, total = right + counts.right, total + counts.total
        line = f"{counts.variant:24}{counts.right:3}/{counts.total:<3} segments, {counts.alarms} false alarms"
        print(f"{line} in {counts.hours * 60:.1f} min at the screen", flush=True)
    print(f"all {right}/{total}; {time.monotonic() - begin:.0f} s of work")
    return 0


if __name__ == "__main__":
    sys.exit(main())
