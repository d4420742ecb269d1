"""The colour of a face's lower half against its upper half: what a mask changes, and light does not."""

import cv2
import numpy as np

from app.ai.landmarks import Mesh
from app.ai.networks import Array, Picture
from app.ai.picture import shrunk

UPPER = (151, 9, 107, 336, 108, 337, 6)
"""Mesh points of the forehead's middle and the nose's bridge: above a mask, between glasses and hair."""
LOWER = (164, 18, 200, 199, 208, 428, 210, 430, 57, 287, 43, 273, 175, 50, 280, 205, 425)
"""Mesh points of upper lip, chin and cheeks, none on the lips: what a mask covers."""
SIDE = 40
"""The face is shrunk to so many pixels first: one of them is the mean of a patch, and costs nothing more."""
MARGIN = 0.05


def halves(picture: Picture, mesh: Mesh) -> tuple[Array, Array] | None:
    """Median colour (CIE L*a*b*: 0..100 and ±128) of the upper and of the lower half.

    None where too little of the face is in the picture.
    """
    points = mesh.points[:, :2]
    height, width = picture.shape[:2]
    first, last = points.min(axis=0), points.max(axis=0)
    margin = (last - first) * MARGIN
    left, top = np.maximum(first - margin, 0).astype(int).tolist()
    right, bottom = np.minimum(last + margin, (width, height)).astype(int).tolist()
    if right - left < SIDE or bottom - top < SIDE:
        return None
    places = ((points[[*UPPER, *LOWER]] - (left, top)) * (SIDE / (right - left), SIDE / (bottom - top))).astype(int)
    inside = ((places >= 0) & (places < SIDE)).all(axis=1)
    upper, lower = inside[: len(UPPER)], inside[len(UPPER) :]
    if upper.sum() < len(UPPER) - 1 or lower.sum() < len(LOWER) // 2:
        return None
    small = shrunk(picture[top:bottom, left:right], (SIDE, SIDE))
    x, y = places.clip(0, SIDE - 1).T
    colours = cv2.cvtColor((small[y, x] / np.float32(255)).astype(np.float32)[None], cv2.COLOR_RGB2LAB)[0]
    above, below = colours[: len(UPPER)][upper], colours[len(UPPER) :][lower]
    return np.median(above, axis=0).astype(np.float32), np.median(below, axis=0).astype(np.float32)
