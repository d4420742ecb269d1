"""Footage for the presence detectors: loops of real videos, still pictures with noise, photographs moved by hand.

Also hours of an invented person who never repeats. Sizes are those of a webcam; times in seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from app.ai.networks import Picture
from app.ai.picture import encode, shrink_to

RATE = 24
"""Frames a second of the clips."""
Pose = NDArray[np.float64]
"""x, y in pixels of the small scene, growth, turn in radians."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a stream."""

    at: float
    jpeg: bytes


def clip_of(path: Path) -> list[Picture]:
    """Every frame of a video, at a webcam's size."""
    capture = cv2.VideoCapture(str(path))
    frames: list[Picture] = []
    while True:
        done, pixels = capture.read()
        if not done:
            return frames
        frames.append(shrink_to(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8), 480, 360))


def portrait() -> Picture:
    """A real face (scikit-image's astronaut) in a 640×480 picture."""
    astronaut: Picture = data.astronaut()  # type: ignore[no-untyped-call]
    scene = np.full((480, 640, 3), 120, np.uint8)
    scene[:, 80:560] = astronaut[:480, :480]
    return scene


def played(
    clip: Sequence[Picture], seconds: float, fps: float, quality: int, rng: np.random.Generator
) -> Iterator[Shot]:
    """A clip in a loop as a browser would send it: its pictures fall at other moments in every pass."""
    at = 0.0
    while at < seconds:
        yield Shot(at, encode(clip[int(at * RATE) % len(clip)], quality))
        at += (1 + rng.normal(0, 0.05)) / fps


def noisy(picture: Picture, sigma: float, rng: np.random.Generator) -> Picture:
    """With a sensor's noise."""
    return np.clip(picture + rng.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def still(
    picture: Picture, seconds: float, fps: float, rng: np.random.Generator, *, sigma: float, quality: int, hand: float
) -> Iterator[Shot]:
    """A still picture with noise; `hand` > 0: moved and tilted as something held in a hand, pixels a step."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    where = np.zeros(8)
    for number in range(int(seconds * fps)):
        shown = picture
        if hand:
            where = 0.9 * where + rng.normal(0, hand, 8)
            moved = (corners + where[:2] + where.reshape(4, 2) * 0.25).astype(np.float32)
            warp = cv2.getPerspectiveTransform(corners, moved)
            shown = cv2.warpPerspective(picture, warp, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(
                np.uint8
            )
        yield Shot(number / fps, encode(noisy(shown, sigma, rng), quality))


SMALL = (214, 160)


class InventedPerson:
    """Sways, breathes, changes pose, and makes the same two gestures again and again: `habit` says how.

    `plain`: at random times; `metronome`: the gestures come as regularly as a clock; `rocker`: rocks all the time.
    """

    def __init__(self, habit: str, rng: np.random.Generator) -> None:
        self._habit, self._rng = habit, rng
        astronaut: Picture = data.astronaut()  # type: ignore[no-untyped-call]
        grey = cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY)[:480, :480]
        self._face = cv2.resize(grey, (160, 160), interpolation=cv2.INTER_AREA)
        coffee: Picture = data.coffee()  # type: ignore[no-untyped-call]
        self._room = cv2.resize(cv2.cvtColor(coffee, cv2.COLOR_RGB2GRAY), SMALL)
        mask = np.zeros((160, 160), np.float32)
        cv2.ellipse(mask, (75, 45), (38, 42), 0, 0, 360, 1, -1)
        cv2.ellipse(mask, (80, 140), (70, 55), 0, 0, 360, 1, -1)
        self._mask = cv2.GaussianBlur(mask, (0, 0), 2)

    def signatures(self, seconds: float, fps: float) -> Iterator[tuple[float, bytes]]:
        """Time and Frame.signature of each picture."""
        rng, at = self._rng, 0.0
        moves = self._moves(fps)
        for pose in moves:
            if at >= seconds:
                return
            yield at, self._signature(pose)
            at += (1 + rng.normal(0, 0.03)) / fps

    def _moves(self, fps: float) -> Iterator[Pose]:
        """The pose of each picture: sway + way of sitting + gesture + breath + rocking."""
        rng, step, at = self._rng, 1 / fps, 0.0
        sway, sitting, breath, rock = np.zeros(4), np.zeros(4), 0.0, 0.0
        ways, gestures = rng.normal(0, [4, 2.5, 0.02, 0.03], (4, 4)), rng.normal(0, [5, 5, 0.02, 0.06], (2, 4))
        calm, size, breathing, rocking = rng.uniform((2, 0.4, 3, 1.5), (8, 1.5, 5, 6))
        beat, sits_until, next_gesture, began, lasts = rng.uniform(12, 40), rng.exponential(60), 5.0, -99.0, 1.0
        gesture = gestures[0]
        while True:
            noise = rng.normal(0, [1, 0.7, 0.004, 0.006]) * size * np.sqrt(1 - np.exp(-2 * step / calm))
            sway = sway * np.exp(-step / calm) + noise
            if at > sits_until:
                sitting, sits_until = ways[rng.integers(4)], at + rng.exponential(60)
            if at > next_gesture:
                began, gesture, lasts = at, gestures[rng.integers(2)], rng.uniform(1.5, 3)
                regular = self._habit == "metronome"
                next_gesture = at + (beat * rng.normal(1, 0.03) if regular else rng.exponential(15))
            done = (at - began) / lasts
            pose = sitting + sway + (gesture * np.sin(np.pi * done) ** 2 if done < 1 else 0)
            breath += step / breathing * 2 * np.pi * (1 + rng.normal(0, 0.15))
            rock += step / rocking * 2 * np.pi * (1 + rng.normal(0, 0.05))
            pose = pose + np.array([0, 0.35, 0.001, 0]) * np.sin(breath)
            yield pose + (np.array([3, 1, 0.01, 0.02]) * np.sin(rock) if self._habit == "rocker" else 0)
            at += step

    def _signature(self, pose: Pose) -> bytes:
        turn = cv2.getRotationMatrix2D((80, 160), float(np.degrees(pose[3])), 1 + float(pose[2]))
        turn[:, 2] += [27 + pose[0], pose[1]]
        face, mask = cv2.warpAffine(self._face, turn, SMALL), cv2.warpAffine(self._mask, turn, SMALL)
        scene = self._room * (1 - mask) + face * mask
        shown = np.clip(scene + self._rng.normal(0, 2, scene.shape), 0, 255).astype(np.uint8)
        return cv2.resize(shown, (32, 24), interpolation=cv2.INTER_AREA).tobytes()
