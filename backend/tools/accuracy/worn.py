"""What people wear, hold before their face or do with their head, drawn on pictures along the points of the mesh.

Drawings, in skin tones and colours from light to dark: they show whether a rule does what it says, and stand for
no real mask, cloth or beard.
"""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator  # type: ignore[import-untyped]

from app.ai.landmarks import Mesh
from app.ai.networks import Picture
from tools.accuracy.hand_model import SLEEVES, TONES, Pose, with_hand

Colour = tuple[int, int, int]
Change = Callable[[Picture, Mesh], Picture]
Numbers = NDArray[np.float64]
JAW = (454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234)
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, *JAW, 127, 162, 21, 54, 103, 67, 109)
MASK = (*JAW, 116, 117, 118, 119, 197, 348, 347, 346, 345)
BEARD = (*JAW[2:-2], 215, 207, 206, 165, 164, 391, 426, 427, 435)
LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
EYES = (70, 63, 105, 66, 107, 9, 336, 296, 334, 293, 300, 353, 340, 346, 347, 348, 6, 119, 118, 117, 111, 124)
CLOTHS: tuple[Colour, ...] = ((150, 195, 220), (235, 235, 238), (25, 25, 28), (150, 60, 70), (70, 110, 80))
HAIR: tuple[Colour, ...] = ((25, 20, 18), (70, 45, 30), (130, 125, 120))
PIVOT = 0.5
"""How far behind the face's middle the head turns, in face widths."""


def area(pixels: Picture, mesh: Mesh, points: tuple[int, ...], grown: float = 1.0) -> NDArray[np.float32]:
    """Coverage 0..1 of a polygon through mesh points, grown from its middle, with a soft edge."""
    shape = mesh.points[list(points), :2]
    shape = (shape - shape.mean(axis=0)) * grown + shape.mean(axis=0)
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(shape).astype(np.int32)], 255)
    return (cv2.GaussianBlur(mask, (3, 3), 0) / 255).astype(np.float32)


def laid(pixels: Picture, cover: NDArray[np.float32], colour: Colour, grain: float, seed: int) -> Picture:
    """A stuff of this colour over a part: lit as what is under it is lit, with a texture that stays the same."""
    height, width = pixels.shape[:2]
    small = cv2.resize(
        cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (width // 8, height // 8), interpolation=cv2.INTER_AREA
    )
    grey = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    inside = cover > 0.5
    light = np.clip(grey / max(float(grey[inside].mean()) if inside.any() else 1.0, 1.0), 0.6, 1.3)[..., None]
    stuff = np.array(colour, np.float32) * light + texture(height, width, grain, seed)
    return np.asarray((pixels * (1 - cover[..., None]) + stuff * cover[..., None]).clip(0, 255), np.uint8)


@cache
def texture(height: int, width: int, grain: float, seed: int) -> NDArray[np.float32]:
    """A stuff's grain, always the same."""
    return np.random.default_rng(seed).normal(0, grain, (height, width, 1)).astype(np.float32)


def mask(colour: Colour) -> Change:
    """A cloth over mouth and nose."""
    return lambda pixels, mesh: laid(pixels, area(pixels, mesh, MASK, 1.05), colour, 3, 1)


def beard(colour: Colour) -> Change:
    """A full beard around the lips."""

    def change(pixels: Picture, mesh: Mesh) -> Picture:
        hair = area(pixels, mesh, BEARD, 1.05) * (1 - area(pixels, mesh, LIPS))
        return laid(pixels, 0.85 * hair, colour, 14, 2)

    return change


def scarf(colour: Colour, *, niqab: bool = False) -> Change:
    """A headscarf around the face; as a niqab it leaves the eyes alone."""

    def change(pixels: Picture, mesh: Mesh) -> Picture:
        free = area(pixels, mesh, EYES, 1.05) if niqab else area(pixels, mesh, OVAL, 0.97)
        return laid(pixels, area(pixels, mesh, OVAL, 1.5) * (1 - free), colour, 4, 3)

    return change


def toned(change: Callable[[Picture], Picture]) -> Change:
    """A change of skin for face, ears and neck alone: walls and picture frames of a skin's colour stay as they are."""

    def only_near(pixels: Picture, mesh: Mesh) -> Picture:
        near = area(pixels, mesh, OVAL, 1.25)[..., None]
        return np.asarray((pixels * (1 - near) + change(pixels) * near).clip(0, 255), np.uint8)

    return only_near


def glasses(colour: Colour) -> Change:
    """Thick frames."""

    def change(pixels: Picture, mesh: Mesh) -> Picture:
        found, width = pixels.copy(), float(np.hypot(*(mesh.points[454, :2] - mesh.points[234, :2])))
        for outer, inner in ((33, 133), (263, 362)):
            middle = mesh.points[[outer, inner], :2].mean(axis=0)
            place = (round(float(middle[0])), round(float(middle[1])))
            cv2.circle(found, place, round(0.17 * width), colour, max(1, round(0.03 * width)), cv2.LINE_AA)
        return found

    return change


def hand_on_mouth(tone: Colour, rng: np.random.Generator) -> Change:
    """A hand before mouth and nose, its arm from below; in one sitting always the same."""
    left, lean, bend = bool(rng.integers(2)), float(rng.uniform(0.2, 0.9)), float(rng.uniform(0.2, 0.8))
    facing, sleeve = float(rng.choice([2.8, 3.14, 3.5])), SLEEVES[int(rng.integers(len(SLEEVES)))]

    def change(pixels: Picture, mesh: Mesh) -> Picture:
        side = 1.0 if left else -1.0
        width = float(np.hypot(*(mesh.points[454, :2] - mesh.points[234, :2])))
        mouth, size = mesh.points[[13, 1], :2].mean(axis=0), 0.6 * width
        wrist = (float(mouth[0] + side * size * np.sin(lean)), float(mouth[1] + size * np.cos(lean)))
        elbow = (wrist[0] + side * width, wrist[1] + 2 * width)
        pose = Pose(bend, (0.0, facing, -side * lean), left)
        return with_hand(pixels, pose, wrist=wrist, size=size, tone=tone, sleeve=sleeve, elbow=elbow)

    return change


def hand_at_ear(tone: Colour, rng: np.random.Generator) -> Change:
    """A hand beside the head, cupped or flat, from in front or aside."""
    left, bend, out = bool(rng.integers(2)), float(rng.uniform(0.2, 1.0)), float(rng.uniform(0.5, 0.62))
    turn = (float(rng.uniform(-0.3, 0.3)), float(rng.choice([0.8, 1.57, 2.3, 3.14])), float(rng.uniform(-0.3, 0.5)))
    size_share, sleeve = float(rng.uniform(0.5, 0.7)), SLEEVES[int(rng.integers(len(SLEEVES)))]

    def change(pixels: Picture, mesh: Mesh) -> Picture:
        side = 1.0 if left else -1.0
        width = float(np.hypot(*(mesh.points[454, :2] - mesh.points[234, :2])))
        middle, size = mesh.points[[454, 234], :2].mean(axis=0), size_share * width * 1.1
        wrist = (float(middle[0] + side * (out * width + 0.2 * size)), float(middle[1] + 0.85 * size))
        elbow = (wrist[0] + 0.8 * side * width, wrist[1] + 2 * width)
        pose = Pose(bend, (turn[0], turn[1], -side * turn[2]), left)
        return with_hand(pixels, pose, wrist=wrist, size=size, tone=tone, sleeve=sleeve, elbow=elbow)

    return change


def waving(tone: Colour, rng: np.random.Generator) -> Change:
    """A hand that gestures before the chest, below the face and beside it."""
    left, bend = bool(rng.integers(2)), float(rng.uniform(0.1, 0.6))

    def change(pixels: Picture, mesh: Mesh) -> Picture:
        side = 1.0 if left else -1.0
        width = float(np.hypot(*(mesh.points[454, :2] - mesh.points[234, :2])))
        chin, size = mesh.points[152, :2], 0.6 * width
        wrist = (float(chin[0] + side * width * 1.1), float(chin[1] + width * 1.2))
        pose = Pose(bend, (0.0, 0.5, 0.2 * side), left)
        return with_hand(pixels, pose, wrist=wrist, size=size, tone=tone, elbow=(wrist[0], wrist[1] + width))

    return change


def bent(pitch: float, yaw: float = 0.0) -> Change:
    """The head bent down (pitch) or turned to the image's right (yaw), degrees: the mesh turned, the picture with it.

    What the turn would uncover is stretched; lids and eyes stay as they were. Good up to about 30 degrees.
    """
    matrix = cv2.Rodrigues(np.array([1.0, 0, 0]) * np.radians(pitch))[0]
    matrix = cv2.Rodrigues(np.array([0, 1.0, 0]) * np.radians(yaw))[0] @ matrix

    def change(pixels: Picture, mesh: Mesh) -> Picture:
        points = mesh.points.astype(np.float64)
        width = float(np.hypot(*(points[454, :2] - points[234, :2])))
        pivot = points[[454, 234]].mean(axis=0) + np.array([0, 0, PIVOT * width])
        turned = (points - pivot) @ matrix.T + pivot
        around = points[list(OVAL), :2]
        middle = around.mean(axis=0)
        shift = (turned[list(OVAL), :2] - around).mean(axis=0)
        near, far = (around - middle) * 1.35 + middle, (around - middle) * 2.2 + middle
        source = np.concatenate([points[:, :2], near, far])
        target = np.concatenate([turned[:, :2], near + 0.8 * shift, far])
        return warped(pixels, source, target)

    return change


def warped(pixels: Picture, source: Numbers, target: Numbers) -> Picture:
    """The picture with `source` points moved to `target`; nothing moves outside of them."""
    height, width = pixels.shape[:2]
    back = LinearNDInterpolator(target, source - target, fill_value=0.0)
    left, top = np.floor(target.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(target.max(axis=0)).astype(int).clip(0, [width, height])
    x, y = np.meshgrid(np.arange(left, right, 2), np.arange(top, bottom, 2))
    moves = back(np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64)).reshape(*x.shape, 2)
    moves = cv2.resize(moves.astype(np.float32), (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    grid = np.stack(np.meshgrid(np.arange(left, right), np.arange(top, bottom)), axis=-1).astype(np.float32) + moves
    found = pixels.copy()
    found[top:bottom, left:right] = cv2.remap(
        pixels, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return found


WORN: dict[str, tuple[Change, ...]] = {
    "headscarf": tuple(scarf(colour) for colour in CLOTHS[1:]),
    "niqab": tuple(scarf(colour, niqab=True) for colour in CLOTHS[1:]),
    "glasses": tuple(glasses(colour) for colour in HAIR),
    "beard": tuple(beard(colour) for colour in HAIR),
    "mask from the beginning": tuple(mask(colour) for colour in CLOTHS),
}
"""What is no covering when it is worn all the time."""
HANDS = {"hand at the ear": hand_at_ear, "hand before the mouth": hand_on_mouth, "gesture": waving}
SKIN = tuple(zip(TONES, (1.15, 1.0, 0.8, 0.6, 0.42), strict=True))
"""Tone of a hand, and the factor on the luminance of the face's skin that goes with it."""
