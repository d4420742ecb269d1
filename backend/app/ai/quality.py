"""Can this frame be judged at all? Brightness, contrast, sharpness, and the neutral states that follow from them."""

from dataclasses import dataclass

import cv2
import numpy as np

from app.ai.networks import Picture
from app.ai.types import Quality
from app.domain.violations import NeutralState

MEASURED_SIDE = 320
"""Measured at one size, so that the same scene gives the same numbers from every camera."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Two limits each: beyond the *hard* one nothing is believed; between both, a missing face is not.

    Brightness in grey levels. Sharpness as a share: variance of the Laplacian over the picture's own variance, so
    that a dim or even room is not called blurred (a 320×240 picture at JPEG quality 50 has ~0.1, a blur of 4 pixels
    at 640×480 leaves 0.007).
    """

    dark_hard: float = 14.0
    dark_soft: float = 45.0
    bright_hard: float = 245.0
    bright_soft: float = 225.0
    blurred_hard: float = 0.006
    blurred_soft: float = 0.02
    even: float = 6.0
    structure: float = 1.0


LIMITS = Limits()


def grey_of(pixels: Picture) -> Picture:
    """The picture in grey with its long side at most 320 pixels."""
    height, width = pixels.shape[:2]
    scale = min(1.0, MEASURED_SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = pixels if scale == 1.0 else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def measure(grey: Picture) -> Quality:
    """Brightness and contrast in grey levels, sharpness as variance of the Laplacian."""
    mean, deviation = cv2.meanStdDev(grey)
    _, edges = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))
    return Quality(float(mean[0, 0]), float(deviation[0, 0]), float(edges[0, 0]) ** 2)


def is_even(quality: Quality, limits: Limits = LIMITS) -> bool:
    """Nothing in it: a covered lens, a bare wall, darkness. Blur means nothing there."""
    return quality.contrast <= limits.even


def is_structured(signature: bytes, limits: Limits = LIMITS) -> bool:
    """Whether grey levels differ over the picture by more than averaged noise (their standard deviation)."""
    return float(np.frombuffer(signature, np.uint8).std()) > limits.structure


def hopeless(quality: Quality, limits: Limits = LIMITS) -> tuple[NeutralState, ...]:
    """States in which nothing in the picture is believed."""
    states = []
    if quality.brightness <= limits.dark_hard and not is_even(quality, limits):
        states.append(NeutralState.TOO_DARK)
    if quality.brightness >= limits.bright_hard:
        states.append(NeutralState.TOO_BRIGHT)
    if relative_sharpness(quality) < limits.blurred_hard and not is_even(quality, limits):
        states.append(NeutralState.BLURRED)
    return tuple(states)


def doubtful(
    quality: Quality, *, face_found: bool, structured: bool, limits: Limits = LIMITS
) -> tuple[NeutralState, ...]:
    """States in which a face could be there and not be found; a face found in near darkness is not judged either.

    `structured`: shapes remain when the noise is averaged away. A dark room has them, a covered lens has not.
    """
    if face_found:
        return (NeutralState.TOO_DARK,) if quality.brightness <= limits.dark_hard else ()
    if is_even(quality, limits):
        return (NeutralState.TOO_DARK,) if structured and quality.brightness <= limits.dark_soft else ()
    states = []
    if quality.brightness <= limits.dark_soft:
        states.append(NeutralState.TOO_DARK)
    if quality.brightness >= limits.bright_soft:
        states.append(NeutralState.TOO_BRIGHT)
    if relative_sharpness(quality) < limits.blurred_soft:
        states.append(NeutralState.BLURRED)
    return tuple(states)


def relative_sharpness(quality: Quality) -> float:
    """Sharpness over contrast²: independent of how strong the light is."""
    return quality.sharpness / max(quality.contrast**2, 1e-6)
