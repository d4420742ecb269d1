"""Finding faces: the two detection networks, their anchors, and one answer per face."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from app.ai.model_files import MODELS_FOLDER
from app.ai.networks import Array, Network, Picture
from app.ai.picture import halved

SHORT_RANGE_GRIDS = ((16, 2), (8, 6))
"""Anchors of the short-range network: side of the grid, boxes in each cell."""
FULL_RANGE_GRIDS = ((48, 1),)
SAME_FACE_OVERLAP = 0.3
INSIDE_ANOTHER = 0.6
"""A box with this share of its area inside a stronger one is a second answer for the same face."""


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face in the working picture: box x, y, width, height; points of right eye, left eye, nose, mouth, ears."""

    box: tuple[float, float, float, float]
    points: Array
    score: float

    def moved(self, x: float, y: float) -> "FoundFace":
        """The same face seen from a picture in which this one lies at x, y."""
        left, top, width, height = self.box
        return replace(
            self, box=(left + x, top + y, width, height), points=self.points + np.array([x, y], dtype=np.float32)
        )

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.box[2] * self.box[3]


def anchor_centres(grids: Sequence[tuple[int, int]]) -> Array:
    """N×2 centres (x, y in 0..1) in the order of the network's answer."""
    centres = []
    for side, boxes in grids:
        along = (np.arange(side, dtype=np.float32) + 0.5) / side
        x, y = np.meshgrid(along, along)
        centres.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), boxes, axis=0))
    return np.concatenate(centres)


def shared_area(one: FoundFace, other: FoundFace) -> float:
    """Square pixels that both boxes cover."""
    ax, ay, aw, ah = one.box
    bx, by, bw, bh = other.box
    width = min(ax + aw, bx + bw) - max(ax, bx)
    height = min(ay + ah, by + bh) - max(ay, by)
    return max(0.0, width) * max(0.0, height)


def same_face(one: FoundFace, other: FoundFace) -> bool:
    """Whether two boxes are answers for one face: they overlap much, or one lies inside the other."""
    shared = shared_area(one, other)
    smaller = min(one.area, other.area)
    union = one.area + other.area - shared
    return shared > SAME_FACE_OVERLAP * union or shared > INSIDE_ANOTHER * smaller


def overlaps(boxes: Array, best: int) -> tuple[Array, Array]:
    """Square pixels each of N×4 boxes shares with the best one, and the areas of all."""
    corners = boxes[:, :2] + boxes[:, 2:]
    sides = np.minimum(corners, corners[best]) - np.maximum(boxes[:, :2], boxes[best, :2])
    return sides.clip(0).prod(axis=1), boxes[:, 2:].prod(axis=1)


def one_per_face(boxes: Array, points: Array, scores: Array) -> list[FoundFace]:
    """One network's answers (N×4, N×6×2, N) → one per face, strongest first.

    Answers that cover much the same are blended by score: steadier from frame to frame than the best one alone.
    """
    faces = []
    left = np.arange(len(scores))
    while left.size:
        best = int(scores[left].argmax())
        shared, areas = overlaps(boxes[left], best)
        smaller, larger = np.minimum(areas, areas[best]), np.maximum(areas, areas[best])
        same = (shared > SAME_FACE_OVERLAP * (smaller + larger - shared)) | (shared > INSIDE_ANOTHER * smaller)
        same[best] = True
        group = left[same & (shared > 0.5 * larger)]
        weights = scores[group] / scores[group].sum()
        x, y, width, height = (weights @ boxes[group]).tolist()
        blended = np.tensordot(weights, points[group], 1)
        faces.append(FoundFace((x, y, width, height), blended, float(scores[left[best]])))
        left = left[~same]
    return faces


def halved_to(picture: Picture, side: int) -> Picture:
    """Halved as long as it stays well above `side`: exact halving has a fast path, odd factors are slow."""
    while max(picture.shape[:2]) >= 3 * side:
        picture = halved(picture)
    return picture


class FaceDetector:
    """One detection network with its anchors."""

    def __init__(self, network: Network, grids: Sequence[tuple[int, int]], threshold: float) -> None:
        self._network = network
        self._anchors = anchor_centres(grids)
        self._threshold = threshold
        self._canvas: Picture = np.zeros((network.side, network.side, 3), dtype=np.uint8)

    @property
    def runs(self) -> int:
        """How often the network ran."""
        return self._network.runs

    def find(self, picture: Picture) -> list[FoundFace]:
        """All faces in an RGB picture (height×width×3, uint8), strongest first, in its pixels."""
        height, width = picture.shape[:2]
        side = self._network.side
        scale = side / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        left, top = (side - size[0]) // 2, (side - size[1]) // 2
        self._canvas[:] = 0
        # Not `shrunk`, which loses faces that are cut off; nor bilinear, which skips pixels: small faces flicker then.
        small = cv2.resize(halved_to(picture, side), size, interpolation=cv2.INTER_AREA)
        self._canvas[top : top + size[1], left : left + size[0]] = small
        count = len(self._anchors)
        answers = self._network((self._canvas.astype(np.float32) * np.float32(1 / 127.5) - np.float32(1.0))[None])
        logits = answers[count].reshape(count)
        likely = np.flatnonzero(logits > np.log(self._threshold / (1 - self._threshold)))
        if not likely.size:
            return []
        numbers = answers[count * 16].reshape(count, 8, 2)[likely]
        scores = 1 / (1 + np.exp(-logits[likely].clip(-50, 50)))
        # Centre and six points count from the anchor; the size does not.
        origin = self._anchors[likely] * side - np.array([left, top], dtype=np.float32)
        sizes = numbers[:, 1] / scale
        corners = (numbers[:, 0] + origin) / scale - sizes / 2
        points = (numbers[:, 2:] + origin[:, None]) / scale
        return one_per_face(np.concatenate([corners, sizes], axis=1), points, scores)


def short_range(folder: Path = MODELS_FOLDER, threshold: float = 0.5) -> FaceDetector:
    """The cheap one: a face within ~2 m of a webcam."""
    return FaceDetector(Network("face_detection_short_range", folder), SHORT_RANGE_GRIDS, threshold)


def full_range(folder: Path = MODELS_FOLDER, threshold: float = 0.5) -> FaceDetector:
    """The dear one: small and far faces."""
    return FaceDetector(Network("face_detection_full_range_sparse", folder), FULL_RANGE_GRIDS, threshold)
