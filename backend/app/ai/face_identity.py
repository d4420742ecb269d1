"""Is this the same face? An embedding of the upright face, and when two of them may be compared at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.ai.attention import head_angles
from app.ai.face_search import SeenFace
from app.ai.landmarks import turned_square
from app.ai.model_files import MODELS_FOLDER, name_for
from app.ai.networks import Array, Network, Picture

FACE_PART = 1.3
"""The network sees squares of this many face boxes."""
MEAN_BGR = np.array([103.939, 116.779, 123.68], dtype=np.float32)
"""What is taken off blue, green and red; with any other scaling the answers are useless (measured: AUC 0.5-0.67)."""


@dataclass(frozen=True, slots=True)
class Comparable:
    """When a face can be compared. Beyond these limits even the same person looks different to the network.

    `side` in pixels of the face box; turns in degrees; grey levels of the face, and its sharpness as the variance of
    the Laplacian over the variance (as in quality.Limits) at 112 pixels.
    """

    side: float = 48.0
    yaw: float = 35.0
    pitch: float = 30.0
    dark: float = 30.0
    bright: float = 225.0
    contrast: float = 12.0
    sharp: float = 0.02


COMPARABLE = Comparable()


def face_square(picture: Picture, face: SeenFace, side: int) -> Picture:
    """The face, upright, in the middle of side×side pixels, RGB."""
    left, top, width, height = face.found.box
    centre = np.array([left + width / 2, top + height / 2], dtype=np.float32)
    across = face.found.points[1] - face.found.points[0]
    angle = float(np.arctan2(across[1], across[0]))
    matrix = turned_square(centre, max(width, height) * FACE_PART, angle, side)
    square = cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return square.astype(np.uint8, copy=False)


def why_not_comparable(picture: Picture, face: SeenFace, limits: Comparable = COMPARABLE) -> str | None:
    """`too_small`, `turned_away`, `too_dark`, `too_bright`, `blurred`, or None for a face that can be compared."""
    if not face.confirmed:
        return "turned_away"
    if max(face.found.box[2:]) < limits.side:
        return "too_small"
    yaw, pitch, _ = head_angles(face.mesh)
    if abs(yaw) > limits.yaw or abs(pitch) > limits.pitch:
        return "turned_away"
    grey = cv2.cvtColor(face_square(picture, face, 112), cv2.COLOR_RGB2GRAY)[14:-14, 14:-14]
    brightness, contrast = float(grey.mean()), float(grey.std())
    if brightness < limits.dark or contrast < limits.contrast:
        return "too_dark"
    if brightness > limits.bright:
        return "too_bright"
    sharpness = float(cv2.Laplacian(grey, cv2.CV_16S).var()) / contrast**2
    return "blurred" if sharpness < limits.sharp else None


def similarity(one: Array, other: Array) -> float:
    """Cosine of two embeddings, −1..1."""
    return float(one @ other / max(float(np.linalg.norm(one)) * float(np.linalg.norm(other)), 1e-9))


def mean_face(embeddings: Sequence[Array]) -> Array:
    """One embedding for several of one person, of length 1."""
    total = np.sum([one / max(float(np.linalg.norm(one)), 1e-9) for one in embeddings], axis=0)
    mean: Array = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float32)
    return mean


class FaceEmbedder:
    """The network of the manifest's role `identity`."""

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        self._network = Network(name_for("identity", folder), folder)

    def embed(self, picture: Picture, face: SeenFace) -> Array:
        """1024 numbers of length 1."""
        square = face_square(picture, face, self._network.side)
        numbers = next(iter(self._network((square[..., ::-1].astype(np.float32) - MEAN_BGR)[None]).values()))[0]
        embedding: Array = (numbers / max(float(np.linalg.norm(numbers)), 1e-9)).astype(np.float32)
        return embedding
