"""What follows from ten minutes in which little can be seen. `python -m tools.accuracy.blind`, in backend/."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.advice import Adviser
from app.domain.coverage import Coverage
from app.domain.incidents import Incidents
from app.domain.violations import RULES, NeutralState, ViolationKind
from tools.accuracy.scenes import VIDEOS, video_frames

FPS = 1.0
PLAYED_BY_US = frozenset({ViolationKind.LOOPED_VIDEO})
"""Our film repeats itself, and would rightly be noted where it can be seen."""
Spoil = Callable[[Picture, np.random.Generator], np.ndarray]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one sitting: what was noted, the share of time observed, and the words the student was told."""

    kinds: tuple[ViolationKind, ...]
    coverage: float
    advice: tuple[NeutralState, ...]


def dark(gain: float) -> Spoil:
    """Little light: dim, with a sensor's noise on top."""
    return lambda pixels, rng: pixels * gain + rng.normal(0, 2, pixels.shape)


def bright(gain: float) -> Spoil:
    """Light in the lens: everything near white."""
    return lambda pixels, rng: 255 - (255 - pixels.astype(np.float32)) * gain + rng.normal(0, 1, pixels.shape)


def blurred(sigma: float) -> Spoil:
    """Out of focus, by so many pixels of a 640-pixel picture."""
    return lambda pixels, rng: cv2.GaussianBlur(pixels, (0, 0), sigma) + rng.normal(0, 1, pixels.shape)


def flickering(spoils: tuple[Spoil, ...]) -> Spoil:
    """Another trouble in each picture, at random."""
    return lambda pixels, rng: spoils[int(rng.integers(len(spoils)))](pixels, rng)


VARIANTS: dict[str, Spoil] = {
    **{f"light x {gain}": dark(gain) for gain in (0.02, 0.04, 0.06, 0.08, 0.12, 0.2)},
    **{f"blur of {sigma} pixels": blurred(sigma) for sigma in (3.0, 5.0, 8.0, 12.0)},
    **{f"glare, {round(255 * (1 - gain))} and up": bright(gain) for gain in (0.03, 0.06, 0.12, 0.25)},
    "dark, blurred and glaring in turn": flickering((dark(0.04), blurred(12.0), bright(0.03))),
}


def sitting(pipeline: Pipeline, frames: Iterator[bytes], fps: float = FPS) -> Outcome:
    """The frames through everything the server does with them, on their own clock."""
    incidents, coverage, adviser = Incidents(RULES), Coverage(), Adviser()
    memory: Memory = {}
    kinds: list[ViolationKind] = []
    advice: list[NeutralState] = []
    coverage.begin(0.0)
    for number, jpeg in enumerate(frames):
        at = number / fps
        report = pipeline.look(FrameRequest(jpeg, at, memory, disabled=PLAYED_BY_US))
        memory = report.memory
        word = adviser.advise(report.states, at)
        advice += [word] if word else []
        if report.states:
            coverage.unseen(at, report.states[0])
            changes = incidents.unseen(at)
        else:
            coverage.saw(at)
            changes = incidents.see(report.observations, at)
        kinds += [change.kind for change in changes if change.action == "opened"]
    return Outcome(tuple(kinds), coverage.share, tuple(advice))


def spoiled(pictures: list[Picture], spoil: Spoil, count: int, *, quality: int = 60) -> Iterator[bytes]:
    """The pictures forwards and backwards, so many of them, each spoiled anew."""
    rng = np.random.default_rng(77)
    there_and_back = [*pictures, *pictures[-2:0:-1]]
    for number in range(count):
        pixels = spoil(there_and_back[number % len(there_and_back)], rng)
        yield encode(np.clip(pixels, 0, 255).astype(np.uint8), quality)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="of each; a test repeats ten")
    options = parser.parse_args()
    pipeline, count = Pipeline(), round(options.minutes * 60 * FPS)
    for name in VIDEOS[:2]:
        pictures = video_frames(name, 0.5)
        sys.stdout.write(f"{name}, {options.minutes:g} minutes\n")
        for variant, spoil in VARIANTS.items():
            seen = sitting(pipeline, spoiled(pictures, spoil, count))
            noted = ", ".join(seen.kinds) or "nothing"
            sys.stdout.write(
                f"  {variant}: noted {noted}; observed {seen.coverage:.0%}; told {', '.join(seen.advice) or '-'}\n"
            )


if __name__ == "__main__":
    main()
