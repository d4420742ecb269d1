"""Sittings for measuring: real videos of faces, changed as cameras, rooms and people differ, with events put in.

Everything follows from a seed. A variation belongs to one group of one *trait* (skin, light, camera, …), so that groups
of the same trait can be compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from app.ai.networks import Picture
from app.ai.picture import encode
from app.domain.violations import ViolationKind
from tools.accuracy.scenes import DATA, read, video_frames

FPS = 2.0
EVENT_SECONDS = 8.0
Change = Callable[[Picture], Picture]


@dataclass(frozen=True, slots=True)
class Variation:
    """One way a sitting can differ. `quality`: of the JPEG."""

    trait: str
    group: str
    change: Change
    quality: int = 80


@dataclass(frozen=True, slots=True)
class Sitting:
    """Frames every 1/FPS seconds, and what happens in them: kind → begin and end in seconds."""

    name: str
    variation: Variation
    frames: list[Picture]
    events: dict[ViolationKind, tuple[float, float]]
    fps: float = FPS

    def encoded(self, rng: np.random.Generator) -> Iterator[tuple[float, bytes]]:
        """Time and JPEG of every frame; a sensor's noise is never twice the same."""
        for number, pixels in enumerate(self.frames):
            changed = self.variation.change(pixels).astype(np.float32)
            noisy = changed + rng.normal(0, 2, changed.shape)
            yield number / self.fps, encode(noisy.clip(0, 255).astype(np.uint8), self.variation.quality)


def variations() -> list[Variation]:
    """As it is, and each trait's groups."""
    return [
        Variation("none", "as filmed", lambda pixels: pixels),
        *(Variation("skin", f"luminance × {factor}", skin(factor)) for factor in (0.45, 0.7, 1.2)),
        Variation("skin", "recoloured deep brown", skin(0.62, 0.46, 0.4)),
        *(Variation("light", f"gain {gain}", gain_of(gain)) for gain in (0.5, 0.75, 1.3)),
        *(Variation("camera", name, change) for name, change in CAMERAS.items()),
        *(Variation("JPEG quality", str(quality), lambda pixels: pixels, quality) for quality in (30, 50, 90)),
        *(Variation("tilt", f"{angle}°", tilted(angle)) for angle in (-12, 12)),
    ]


def skin(*factors: float) -> Change:
    """The skin's luminance multiplied, or its red, green and blue; everything else as it was."""
    factor = np.array(factors, np.float32)

    def change(pixels: Picture) -> Picture:
        ycc = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
        found = cv2.inRange(ycc, np.array([30, 133, 77]), np.array([255, 180, 135]))
        soft = cv2.GaussianBlur(found, (15, 15), 0).astype(np.float32)[..., None] / 255
        scaled = pixels.astype(np.float32) * (1 + soft * (factor - 1))
        return np.asarray(scaled.clip(0, 255), np.uint8)

    return change


def gain_of(gain: float) -> Change:
    """A darker or brighter room."""
    return lambda pixels: np.asarray((pixels.astype(np.float32) * gain).clip(0, 255), np.uint8)


def smaller(pixels: Picture) -> Picture:
    """A 320×240 camera."""
    scale = min(320 / pixels.shape[1], 320 / pixels.shape[0])
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def soft_lens(pixels: Picture) -> Picture:
    """A greasy or cheap lens."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 1.6), np.uint8)


def mirrored(pixels: Picture) -> Picture:
    """As a selfie camera shows it."""
    return np.ascontiguousarray(pixels[:, ::-1])


CAMERAS: dict[str, Change] = {"320 pixels": smaller, "soft lens": soft_lens, "mirrored": mirrored}


def tilted(angle: float) -> Change:
    """A laptop that does not stand straight."""

    def change(pixels: Picture) -> Picture:
        height, width = pixels.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)

    return change


def sittings() -> Iterator[Sitting]:
    """Every scene in every variation."""
    centre = video_frames("gaze/center_focus.mp4", 1 / FPS)
    aside = video_frames("gaze/center_left_center.mp4", 1 / FPS)
    calm = [*centre, *centre[::-1], *centre]
    other = read(DATA / "faces" / "biden.jpg")[150:640, 340:830]
    for variation in variations():
        yield Sitting("quiet", variation, calm, {})
        yield Sitting("looks aside", variation, aside, {ViolationKind.LOOKING_AWAY: (5.0, 10.0)})
        yield with_event("second face", variation, calm, ViolationKind.MULTIPLE_FACES, lambda p: beside(p, other))
        yield with_event("leaves", variation, calm, ViolationKind.FACE_NOT_DETECTED, without_person)
        yield with_event("covers the lens", variation, calm, ViolationKind.CAMERA_BLOCKED, covered)


def with_event(name: str, variation: Variation, calm: list[Picture], kind: ViolationKind, event: Change) -> Sitting:
    """Eight seconds of something, in the middle of a quiet sitting."""
    begin = 12.0
    first, last = int(begin * FPS), int((begin + EVENT_SECONDS) * FPS)
    frames = [event(pixels) if first <= number < last else pixels for number, pixels in enumerate(calm)]
    return Sitting(name, variation, frames, {kind: (begin, begin + EVENT_SECONDS)})


def beside(pixels: Picture, other: Picture) -> Picture:
    """Somebody looks over the shoulder: another face at the picture's edge, a third of its width."""
    height, width = pixels.shape[:2]
    side = width // 3
    face = cv2.resize(other, (side, side), interpolation=cv2.INTER_AREA)
    found = pixels.copy()
    found[height // 12 : height // 12 + side, width - side :] = face
    return found


def without_person(pixels: Picture) -> Picture:
    """An empty chair: the wall of the picture's upper corner over everything, as blurred as a wall is."""
    height, width = pixels.shape[:2]
    wall = cv2.resize(pixels[: height // 8, : width // 4], (width, height), interpolation=cv2.INTER_CUBIC)
    lines = (
        np.linspace(0, 30, width, dtype=np.float32)[None, :, None]
        + 12 * np.sign(np.sin(np.linspace(0, 60, height, dtype=np.float32)))[:, None, None]
    )
    return np.asarray((wall.astype(np.float32) + lines).clip(0, 255), np.uint8)


def covered(pixels: Picture) -> Picture:
    """A finger on the lens."""
    return np.full_like(pixels, 6)
