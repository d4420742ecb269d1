"""How wrong the presence detectors are: loops found, still pictures found, alarms in real video. `python -m
tools.accuracy.presence`.
"""

import argparse
import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.ai.detectors.looped_video import LoopedVideo
from app.ai.networks import Picture
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.violations import ViolationKind
from tools.accuracy.footage import RATE, InventedPerson, Shot, clip_of, played, portrait, still

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
GAZE = ("gaze/center_left_center.mp4", "gaze/center_focus.mp4")
PRESENCE = frozenset(
    {
        ViolationKind.FROZEN_VIDEO,
        ViolationKind.LOOPED_VIDEO,
        ViolationKind.FACE_SPOOF,
    }
)
OTHERS = frozenset(ViolationKind) - PRESENCE
LOOP_SLACK = 2.5
"""Seconds after the second pass in which a loop still counts as found: the detector looks every two seconds."""


@dataclass(slots=True)
class Counts:
    """`found` of `total`, and after how many seconds each."""

    found: int = 0
    total: int = 0
    delays: list[float] = field(default_factory=list)

    def add(self, delay: float | None, limit: float) -> None:
        """One more case; None or beyond the limit: not found."""
        self.total += 1
        if delay is not None and delay <= limit:
            self.found += 1
            self.delays.append(delay)


def first_seen(pipeline: Pipeline, shots: Iterable[Shot], kinds: frozenset[ViolationKind] = PRESENCE) -> float | None:
    """When one of the kinds is seen first; None: never."""
    memory: Memory = {}
    for shot in shots:
        report = pipeline.look(FrameRequest(shot.jpeg, shot.at, memory, OTHERS))
        memory = report.memory
        if any(seen.kind in kinds for seen in report.observations):
            return shot.at
    return None


def loop_clips(first: Sequence[Picture], second: Sequence[Picture]) -> dict[float, list[Picture]]:
    """Loops out of two real videos, by their length in seconds; the long ones also play them backwards and faster."""
    one, two = list(first), list(second)
    long = [*one, *two, *one[::-2], *two[::-1], *one[::3], *two[::2], *one[::-1]]
    clips = [two[:240], one[:240], one[100:340], [*one, *two[:112]], [*two, *one[60:288]], long]
    return {round(len(clip) / RATE + index / 1000, 3): clip for index, clip in enumerate(clips)}


def loops_found(
    pipeline: Pipeline, clips: dict[float, list[Picture]], *, rates: Sequence[float], qualities: Sequence[int]
) -> dict[tuple[float, float], Counts]:
    """Loops found by the end of the second pass, by whole seconds of length and by frames a second."""
    found: dict[tuple[float, float], Counts] = {}
    rng = np.random.default_rng(7)
    for clip in clips.values():
        length = len(clip) / RATE
        for rate in rates:
            counts = found.setdefault((round(length), rate), Counts())
            for quality in qualities:
                limit = 2 * length + LOOP_SLACK
                shots = played(clip, limit + 1, rate, quality, rng)
                counts.add(first_seen(pipeline, shots, frozenset({ViolationKind.LOOPED_VIDEO})), limit)
    return found


def stills_found(
    pipeline: Pipeline, pictures: Sequence[Picture], *, hand: float, within: float, fps: float = 2.0
) -> Counts:
    """Still pictures found as frozen or as a spoof within so many seconds, over noise and quality."""
    counts = Counts()
    rng = np.random.default_rng(3)
    for picture in pictures:
        for sigma, quality in ((0.0, 50), (3.0, 80), (8.0, 80), (12.0, 50)):
            shots = still(picture, within + 1, fps, rng, sigma=sigma, quality=quality, hand=hand)
            counts.add(first_seen(pipeline, shots), within)
    return counts


def alarms_in_real_video(pipeline: Pipeline, videos: Sequence[Path], rates: Sequence[float] = (1, 2, 5)) -> Counts:
    """Real videos played once; `found` are false alarms."""
    counts = Counts()
    rng = np.random.default_rng(5)
    for path in videos:
        clip = clip_of(path)
        for rate in rates:
            counts.add(first_seen(pipeline, played(clip, len(clip) / RATE - 0.1, rate, 80, rng)), np.inf)
    return counts


@dataclass(frozen=True, slots=True)
class Glimpse:
    """As much of a frame as the loop's detector looks at."""

    at: float
    signature: bytes
    single: bool = False
    blocked: bool = False

    @contextlib.contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Nobody asks."""
        del stage
        yield


def loop_alarms(hours: float, habit: str, *, seed: int = 0) -> int:
    """False alarms of the loop's detector on an invented person who never repeats; 20 minutes each, 1 or 2 fps."""
    detector, alarms = LoopedVideo(), 0
    for number in range(round(hours * 3)):
        rng = np.random.default_rng([seed, number])
        memory: dict[str, float | int | str | list[float] | None] = {}
        last = -1e9
        for at, signature in InventedPerson(habit, rng).signatures(1200.0, 1.0 + number % 2):
            if any(True for _ in detector.look(Glimpse(at, signature), memory)):  # type: ignore[arg-type]
                alarms += at - last > 30.0
                last = at
    return alarms


def main(arguments: Sequence[str] | None = None) -> int:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--hours", type=float, default=0.3, help="of each invented person")
    wanted = parser.parse_args(arguments)
    pipeline = Pipeline()
    pictures = [portrait()]
    if wanted.data.is_dir():
        first, second = (clip_of(wanted.data / name) for name in GAZE)
        pictures += [first[20], second[20]]
        for (length, rate), counts in loops_found(
            pipeline, loop_clips(first, second), rates=(1, 2, 5), qualities=(50, 90)
        ).items():
            say(f"loop of {length} s at {rate} fps", counts)
        say("false alarms, real videos", alarms_in_real_video(pipeline, [wanted.data / name for name in GAZE]))
    say("still pictures within 15 s", stills_found(pipeline, pictures, hand=0.0, within=15.0))
    say("moved by hand within 45 s", stills_found(pipeline, pictures, hand=4.0, within=45.0))
    for habit in ("plain", "metronome", "rocker"):
        alarms = loop_alarms(wanted.hours, habit)
        sys.stdout.write(f"loop alarms, {habit}: {alarms} in {wanted.hours} h\n")
    return 0


def say(name: str, counts: Counts) -> None:
    """One line."""
    delay = f", median {np.median(counts.delays):.1f} s" if counts.delays else ""
    sys.stdout.write(f"{name}: {counts.found}/{counts.total}{delay}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
