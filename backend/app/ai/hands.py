"""Hands near the face: the palm network proposes on a square around the head, the hand network confirms.

Alone, the palm network takes foreheads for palms; with the other one asked, 180 portraits gave no false hand. Both see
dark hands worse, so the square is lit up first until the face in it is as bright as a light one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.ai.faces import FoundFace, anchor_centres
from app.ai.landmarks import cut, turned_square
from app.ai.model_files import MODELS_FOLDER
from app.ai.networks import Array, Network, Picture, open_model
from app.ai.picture import LIGHT, lit_up

GRIDS = ((24, 2), (12, 6))
"""Anchors of the palm network: side of the grid, boxes in each cell."""
NUMBERS = 18
"""Of one answer: box and seven points (wrist, four knuckles, two of the thumb)."""
WRIST, MIDDLE_KNUCKLE = 0, 2
PROPOSED, CONFIRMED, DENIED = 0.2, 0.5, 0.3
"""Scores of the palm network and of the hand network from which there is a hand, and below which surely none."""
STAYS, LIKE, SURER = 0.1, 0.25, 0.15
"""What was denied is no new question within this distance (face widths), this share of its size, and while the palm
network is not surer of it by more than this."""
SAME_HAND = 0.5
"""Palms whose middles lie within this share of their size are one."""
AROUND = 3.0
"""The square's side in face widths."""
HAND_CROP, HAND_SHIFT = 2.6, 0.5
"""The hand network was trained on squares of this many palms, moved towards the fingers by this share of one."""
AT_MOST = 3
EAR, ABOVE = (0.33, 1.15), -0.45
"""Beside an ear: so far to either side of the face's middle, and not higher; in face widths."""
MOUTH, NOSE = 0.5, -0.1
"""Before the face: so near to its middle, and not above the nose. Foreheads, collars and shoulders look like palms."""
CHIN = 0.6
NOSTRILS = (0.35, 0.12)
"""Nostrils and cheeks, which the palm network takes for palms in every look: so near to the face's middle, so far down
at most. Only there is a denied palm remembered; a hand before the mouth has its middle lower, one at an ear further
out.
"""


@dataclass(frozen=True, slots=True)
class Palm:
    """A palm: its middle (x, y), its seven points and its side in the picture's pixels; score 0..1."""

    middle: Array
    points: Array
    side: float
    score: float


@dataclass(frozen=True, slots=True)
class NearHand:
    """A hand near a face: its palm's middle from the face's middle in face widths (x, y), size likewise, score 0..1."""

    x: float
    y: float
    side: float
    score: float


@dataclass(frozen=True, slots=True)
class Denied:
    """What the palm network takes for a palm and the hand network does not: nostrils. As NearHand; `score` is
    the palm network's, `at` is when the other one was asked.
    """

    x: float
    y: float
    side: float
    score: float
    at: float

    def is_like(self, earlier: "Denied") -> bool:
        """Whether the earlier answer holds for this one too."""
        moved = max(abs(self.x - earlier.x), abs(self.y - earlier.y))
        same_size = abs(self.side - earlier.side) <= LIKE * earlier.side
        return moved <= STAYS and same_size and self.score <= earlier.score + SURER


def is_asked_about(x: float, y: float) -> bool:
    """Whether a palm there means anything to a detector: at an ear, or before nose, mouth and what is below them."""
    return (EAR[0] <= abs(x) <= EAR[1] and ABOVE <= y <= CHIN) or (abs(x) < MOUTH and y >= NOSE)


def unpacked(values: object) -> list[NearHand]:
    """Hands out of a memory; none where it holds something else."""
    return [NearHand(*numbers) for numbers in rows(values, 4)]


def denied_in(values: object, at: float, for_long: float) -> list[Denied]:
    """What was denied in the last `for_long` seconds, out of a memory."""
    return [denied for numbers in rows(values, 5) if 0 <= at - (denied := Denied(*numbers)).at < for_long]


def rows(values: object, width: int) -> list[list[float]]:
    """A flat list of numbers, `width` by `width`; empty where it is something else."""
    if not isinstance(values, list) or len(values) % width:
        return []
    if not all(isinstance(value, float | int) for value in values):
        return []
    return [values[start : start + width] for start in range(0, len(values), width)]


class HandFinder:
    """The two networks."""

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        self._palms = Network("palm_detection_lite", folder)
        self._anchors = anchor_centres(GRIDS)
        self._hands = open_model("hand_landmark_lite", folder)
        self._hand_input = self._hands.get_input_details()[0]
        outputs = {detail["name"]: detail["index"] for detail in self._hands.get_output_details()}
        self._is_hand: int = outputs["Identity_1"]
        self._confirmations = 0

    @property
    def runs(self) -> tuple[int, int]:
        """How often the palm network and the hand network ran."""
        return self._palms.runs, self._confirmations

    def near(
        self, picture: Picture, face: FoundFace, at: float = 0.0, denied: Sequence[Denied] = ()
    ) -> tuple[list[NearHand], list[Denied]]:
        """Confirmed hands in the square around a face where they are asked about, surest palm first; and what is none.

        What was `denied` before, on the nose, and is still there as it was is not asked about again; what is no longer
        proposed is forgotten.
        """
        left, top, width, height = face.box
        middle = np.array([left + width / 2, top + height / 2], dtype=np.float32)
        square, scale = around(picture, middle, AROUND * width)
        lit = lit_up(square, face_level(picture, face))
        hands, none, asked = [], [], 0
        for palm in self._propose(lit):
            x, y = ((palm.middle - len(lit) / 2) / (scale * width)).tolist()
            place = Denied(x, y, palm.side / (scale * width), palm.score, at)
            known = next((one for one in denied if place.is_like(one)), None)
            if known is not None:
                none.append(known)
            elif is_asked_about(x, y) and asked < AT_MOST:
                asked += 1
                sure = self._confirm(lit, palm)
                if sure >= CONFIRMED:
                    hands.append(NearHand(x, y, place.side, sure))
                elif sure < DENIED and abs(x) <= NOSTRILS[0] and y <= NOSTRILS[1]:
                    none.append(place)
        return hands, list(dict.fromkeys(none))

    def _propose(self, square: Picture) -> list[Palm]:
        """What may be palms, surest first, in pixels of the square."""
        side = self._palms.side
        small = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA)
        answers = self._palms((small.astype(np.float32) * np.float32(1 / 255))[None])
        count, larger = len(self._anchors), len(square) / side
        logits = answers[count].reshape(count)
        likely = np.flatnonzero(logits > np.log(PROPOSED / (1 - PROPOSED)))
        palms: list[Palm] = []
        for index in likely[np.argsort(-logits[likely])]:
            numbers = answers[count * NUMBERS].reshape(count, 9, 2)[index] * larger
            origin = self._anchors[index] * len(square)
            score = float(1 / (1 + np.exp(-min(float(logits[index]), 50.0))))
            palm = Palm(numbers[0] + origin, numbers[2:] + origin, float(numbers[1].max()), score)
            if all(np.hypot(*(palm.middle - other.middle)) > SAME_HAND * other.side for other in palms):
                palms.append(palm)
        return palms

    def _confirm(self, square: Picture, palm: Palm) -> float:
        """The hand network's probability that this is a hand."""
        up = palm.points[MIDDLE_KNUCKLE] - palm.points[WRIST]
        up = up / max(float(np.hypot(*up)), 1e-3)
        angle = float(np.arctan2(up[0], -up[1]))
        side = int(self._hand_input["shape"][1])
        centre = (palm.middle + up * palm.side * HAND_SHIFT).astype(np.float32)
        return self._is_a_hand(cut(square, turned_square(centre, max(palm.side, 1.0) * HAND_CROP, angle, side), side))

    def _is_a_hand(self, crop: Array) -> float:
        self._confirmations += 1
        self._hands.set_tensor(self._hand_input["index"], crop)
        self._hands.invoke()
        return float(self._hands.get_tensor(self._is_hand).item())


def around(picture: Picture, middle: Array, side: float, pixels: int = 384) -> tuple[Picture, float]:
    """A square of at most `pixels` around a point, grey outside the picture, and how much it is enlarged."""
    size = int(min(max(side, 32.0), pixels))
    scale = size / side
    matrix = np.array([[scale, 0, size / 2 - scale * middle[0]], [0, scale, size / 2 - scale * middle[1]]])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.warpAffine(picture, matrix, (size, size), flags=flags, borderValue=(127, 127, 127)).astype(
        np.uint8, copy=False
    ), scale


def face_level(picture: Picture, face: FoundFace) -> float:
    """Median grey level of a face's lower three quarters."""
    left, top, width, height = (max(0, round(value)) for value in face.box)
    part = picture[top + height // 4 : top + height, left : left + width]
    return float(np.median(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY))) if part.size else LIGHT
