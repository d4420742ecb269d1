"""The points of one face: 468 of the face, then the iris of each eye, each from its own turned crop."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.ai.faces import FoundFace
from app.ai.model_files import MODELS_FOLDER
from app.ai.networks import Array, Network, Picture

FACE_CROP = 1.5
"""The mesh network was trained on squares of this many face boxes."""
EYE_CROP = 2.3
"""The iris network was trained on squares of this many eye widths."""
RIGHT_EYE = (33, 133)
"""Mesh points of the eye's outer and inner corner; the person's right eye is on the image's left."""
LEFT_EYE = (263, 362)


@dataclass(frozen=True, slots=True)
class Mesh:
    """468×3 points (x, y in working pixels, z in the same unit, negative towards the camera); score 0..1."""

    points: Array
    score: float


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye in the working picture's pixels: outer and inner corner, iris centre, upper and lower lid (all x, y)."""

    outer: Array
    inner: Array
    iris: Array
    upper: Array
    lower: Array


def turned_square(centre: Array, side: float, angle: float, target: int, *, mirrored: bool = False) -> Array:
    """2×3 matrix from the picture to a target×target crop around `centre`, turned by `angle` (radians)."""
    scale = target / side
    cos, sin = float(np.cos(angle)) * scale, float(np.sin(angle)) * scale
    flip = -1.0 if mirrored else 1.0
    rows = np.array([[flip * cos, flip * sin], [-sin, cos]], dtype=np.float32)
    return np.column_stack([rows, target / 2 - rows @ centre]).astype(np.float32)


def cut(picture: Picture, matrix: Array, side: int) -> Array:
    """The crop as 1×side×side×3 float32, 0..1."""
    crop = cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return (crop.astype(np.float32) * np.float32(1 / 255))[None]


def put_back(points: Array, matrix: Array) -> Array:
    """N×2 crop pixels → picture pixels."""
    back = cv2.invertAffineTransform(matrix).astype(np.float32)
    return points @ back[:, :2].T + back[:, 2]


class FaceMesh:
    """The mesh network."""

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        self._network = Network("face_landmark", folder)

    @property
    def runs(self) -> int:
        """How often the network ran."""
        return self._network.runs

    def look(self, picture: Picture, face: FoundFace) -> Mesh:
        """Points of the face in an RGB picture; a low score says that there is no face in that box."""
        left, top, width, height = face.box
        centre = np.array([left + width / 2, top + height / 2], dtype=np.float32)
        across = face.points[1] - face.points[0]
        angle = float(np.arctan2(across[1], across[0]))
        side = self._network.side
        matrix = turned_square(centre, max(width, height) * FACE_CROP, angle, side)
        answers = self._network(cut(picture, matrix, side))
        found = answers[1404].reshape(468, 3)
        points = np.empty((468, 3), dtype=np.float32)
        points[:, :2] = put_back(found[:, :2], matrix)
        points[:, 2] = found[:, 2] * (max(width, height) * FACE_CROP / side)
        return Mesh(points, float(1 / (1 + np.exp(-answers[1].item()))))


class IrisFinder:
    """The iris network."""

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        self._network = Network("iris_landmark", folder)

    @property
    def runs(self) -> int:
        """How often the network ran."""
        return self._network.runs

    def look(self, picture: Picture, mesh: Mesh, corners: tuple[int, int]) -> Eye:
        """One eye; `corners` is RIGHT_EYE or LEFT_EYE. The network knows right eyes: a left one is shown mirrored."""
        right = corners == RIGHT_EYE
        outer, inner = mesh.points[corners[0], :2], mesh.points[corners[1], :2]
        across = inner - outer if right else outer - inner
        side = self._network.side
        width = float(np.hypot(*across)) * EYE_CROP
        matrix = turned_square(
            (outer + inner) * np.float32(0.5),
            max(width, 1.0),
            float(np.arctan2(across[1], across[0])),
            side,
            mirrored=not right,
        )
        answers = self._network(cut(picture, matrix, side))
        contour = put_back(answers[213].reshape(71, 3)[:16, :2], matrix)
        iris = put_back(answers[15].reshape(5, 3)[:1, :2], matrix)[0]
        return Eye(outer=contour[0], inner=contour[8], iris=iris, upper=contour[12], lower=contour[4])
