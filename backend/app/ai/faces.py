"""Finding faces: the two detection networks, their anchors, and one answer per face."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from app.ai.model_files import MODELS_FOLDER
from app.ai.networks import Array, Network, Picture

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


def blend(group: Sequence[FoundFace]) -> FoundFace:
    """One face from several answers, weighted by score; steadier from frame to frame than the best answer alone."""
    weights = np.array([face.score for face in group], dtype=np.float32)
    weights /= weights.sum()
    box = weights @ np.array([face.box for face in group], dtype=np.float32)
    points = np.einsum("n,nij->ij", weights, np.array([face.points for face in group], dtype=np.float32))
    return FoundFace((float(box[0]), float(box[1]), float(box[2]), float(box[3])), points, group[0].score)


def merge(faces: Sequence[FoundFace]) -> list[FoundFace]:
    """One answer per face, strongest first. Answers of one network for one face are blended."""
    waiting = sorted(faces, key=lambda face: face.score, reverse=True)
    merged = []
    while waiting:
        best = waiting[0]
        group = [face for face in waiting if face is best or same_face(best, face)]
        waiting = [face for face in waiting if not any(face is member for member in group)]
        near = [face for face in group if shared_area(best, face) > 0.5 * max(best.area, face.area)]
        merged.append(blend(near))
    return merged


def join(first: Sequence[FoundFace], more: Sequence[FoundFace]) -> list[FoundFace]:
    """Faces of two detectors: those of the first stay as they are, of the others only what is new."""
    joined = list(first)
    joined += [face for face in more if not any(same_face(face, known) for known in joined)]
    return joined


def halved(picture: Picture, side: int) -> Picture:
    """Halved as long as it stays well above `side`: exact halving has a fast path, odd factors are slow."""
    while max(picture.shape[:2]) >= 3 * side:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        even = picture[: height * 2, : width * 2]
        picture = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
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
        # INTER_AREA: plain bilinear skips pixels at this shrinkage and small faces flicker.
        shrunk = cv2.resize(halved(picture, side), size, interpolation=cv2.INTER_AREA)
        self._canvas[top : top + size[1], left : left + size[0]] = shrunk
        count = len(self._anchors)
        answers = self._network((self._canvas.astype(np.float32) * np.float32(1 / 127.5) - np.float32(1.0))[None])
        logits = answers[count].reshape(count)
        likely = np.flatnonzero(logits > np.log(self._threshold / (1 - self._threshold)))
        numbers = answers[count * 16].reshape(count, 8, 2)[likely]
        scores = 1 / (1 + np.exp(-logits[likely].clip(-50, 50)))
        found = zip(numbers, likely.tolist(), scores.tolist(), strict=True)
        return merge([self._face(box, anchor, score, scale, left, top) for box, anchor, score in found])

    def _face(self, numbers: Array, anchor: int, score: float, scale: float, left: int, top: int) -> FoundFace:
        """Turn one anchor's numbers (centre, size, six points) into the picture's pixels."""
        side = self._network.side
        origin = self._anchors[anchor] * side - np.array([left, top], dtype=np.float32)
        centre, size = (numbers[0] + origin) / scale, numbers[1] / scale
        corner = centre - size / 2
        box = (float(corner[0]), float(corner[1]), float(size[0]), float(size[1]))
        return FoundFace(box, (numbers[2:] + origin) / scale, float(score))


def short_range(folder: Path = MODELS_FOLDER, threshold: float = 0.5) -> FaceDetector:
    """The cheap one: a face within ~2 m of a webcam."""
    return FaceDetector(Network("face_detection_short_range", folder), SHORT_RANGE_GRIDS, threshold)


def full_range(folder: Path = MODELS_FOLDER, threshold: float = 0.5) -> FaceDetector:
    """The dear one: small and far faces."""
    return FaceDetector(Network("face_detection_full_range_sparse", folder), FULL_RANGE_GRIDS, threshold)
