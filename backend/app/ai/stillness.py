"""Is this face a flat thing? Laid over what it was a while ago, with all that moving a flat thing explains taken away.

A photograph or a screen in somebody's hand moves, turns and tilts as a whole: one homography and one change of light
explain every pixel of the face. A living face also blinks, looks elsewhere and moves its mouth. The points of the face
mesh are no help here: their own jitter is larger than a quiet person's movements (measured); the pixels are.
"""

from base64 import b64decode, b64encode

import cv2
import numpy as np

from app.ai.landmarks import LEFT_EYE, RIGHT_EYE, Mesh
from app.ai.networks import Array, Picture

SIDE = 48
MARGIN = 5
FINER = 2
EYE_SPANS = 1.7
"""The crop's side in distances between the outer corners of the eyes: eyes, nose and mouth."""
PATCH = 4
"""Differences are averaged over patches: smaller ones are noise, an iris or a lid is larger."""
EVERYWHERE: Picture = np.full((SIDE, SIDE), 255, np.uint8)
LOOKS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-4)


def face_crop(pixels: Picture, mesh: Mesh) -> Picture:
    """Eyes, nose and mouth upright, 48×48 grey levels."""
    points = mesh.points[:, :2]
    outer_right, outer_left = points[RIGHT_EYE[0]], points[LEFT_EYE[0]]
    across = outer_left - outer_right
    span = max(float(np.hypot(*across)), 1.0)
    centre = 0.6 * (outer_right + outer_left) / 2 + 0.4 * (points[61] + points[291]) / 2
    side = SIDE * FINER
    cos, sin = across / span * (side / (span * EYE_SPANS))
    turn = np.array([[cos, sin], [-sin, cos]], dtype=np.float32)
    matrix = np.column_stack([turn, side / 2 - turn @ centre]).astype(np.float32)
    crop = cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8)


def change(before: Picture, after: Picture) -> float | None:
    """The largest patch's change that neither movement nor light explains, in standard deviations of the face's grey.

    None where the two cannot be laid over each other at all.
    """
    first, second = before.astype(np.float32), after.astype(np.float32)
    try:
        warp = np.eye(3, dtype=np.float32)
        _, found = cv2.findTransformECC(first, second, warp, cv2.MOTION_HOMOGRAPHY, LOOKS, EVERYWHERE, 3)
    except cv2.error:
        return None
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpPerspective(second, found, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = slice(MARGIN, SIDE - MARGIN)
    one, two = (each[inside, inside] - each[inside, inside].mean() for each in (first, moved))
    gain = float((one * two).mean()) / max(float(two.var()), 1.0)
    rest = (one - gain * two) / max(float(one.std()), 5.0)
    return float(np.abs(cv2.blur(rest, (PATCH, PATCH))).max())


def lids(mesh: Mesh) -> float:
    """How far the eyes are open by the mesh alone: lid distance over eye width, mean of both."""
    points: Array = mesh.points[:, :2]
    right = np.hypot(*(points[159] - points[145])) / max(float(np.hypot(*(points[33] - points[133]))), 1e-6)
    left = np.hypot(*(points[386] - points[374])) / max(float(np.hypot(*(points[263] - points[362]))), 1e-6)
    return float(right + left) / 2


def pack(crop: Picture) -> str:
    """A crop for a detector's memory, 3 KB."""
    return b64encode(crop.tobytes()).decode()


def unpack(text: str) -> Picture | None:
    """A crop out of a detector's memory; None where it is not one."""
    try:
        kept = np.frombuffer(b64decode(text), np.uint8)
    except ValueError:
        return None
    return kept.reshape(SIDE, SIDE).copy() if kept.size == SIDE * SIDE else None
