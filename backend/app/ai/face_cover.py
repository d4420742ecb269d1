"""The colour of a face's lower half against its upper half: what a mask changes, and light does not."""

import cv2
import numpy as np

from app.ai.landmarks import Mesh
from app.ai.networks import Array, Picture

UPPER = (151, 9, 107, 336, 108, 337, 6)
"""Mesh points of the forehead's middle and the nose's bridge: above a mask, between glasses and hair."""
LOWER = (164, 18, 200, 199, 208, 428, 210, 430, 57, 287, 43, 273, 175, 50, 280, 205, 425)
"""Mesh points of upper lip, chin and cheeks, none on the lips: what a mask covers."""
REACH = 0.03
"""Side of a point's patch in widths of the face."""


def patches(picture: Picture, mesh: Mesh, points: tuple[int, ...]) -> Array:
    """N×3 mean colours (CIE L*a*b*, 0..100 and ±128) around mesh points that lie in the picture."""
    height, width = picture.shape[:2]
    half = max(1, round(REACH * float(np.hypot(*(mesh.points[454, :2] - mesh.points[234, :2]))) / 2))
    found = []
    for x, y in mesh.points[list(points), :2].round().astype(int):
        if half <= x < width - half and half <= y < height - half:
            found.append(picture[y - half : y + half + 1, x - half : x + half + 1].reshape(-1, 3).mean(axis=0))
    if not found:
        return np.empty((0, 3), np.float32)
    rgb = (np.array(found, np.float32) / 255)[None]
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0], np.float32)


def halves(picture: Picture, mesh: Mesh) -> tuple[Array, Array] | None:
    """Median colour of the upper and of the lower half; None where too little of the face is in the picture."""
    upper, lower = patches(picture, mesh, UPPER), patches(picture, mesh, LOWER)
    if len(upper) < len(UPPER) - 1 or len(lower) < len(LOWER) // 2:
        return None
    return np.median(upper, axis=0), np.median(lower, axis=0)
