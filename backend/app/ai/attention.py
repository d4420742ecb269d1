"""Where a person looks: head and eyes from the face's points, against the person's own resting direction.

Eyes and head are added up as angles: who turns the head to a second screen and who only moves the eyes there is seen
alike, and who turns the head but keeps the eyes on the screen is not. The resting direction is learnt in the first
seconds and then follows slowly, only while the person rests: glasses, a camera beside the screen and the shape of
the eyes shift it from person to person.
"""

from dataclasses import dataclass

import numpy as np

from app.ai.face_search import Recall
from app.ai.landmarks import RIGHT_EYE, Eye, Mesh

EYEBALL = 2.5
"""Eye width / eyeball radius (30 mm / 12 mm): turns the iris's shift in eye widths into an angle."""
CLOSED = 0.14
"""Lid distance / eye width below which an eye is shut and its iris a guess."""
GAZE_RANGE = 35.0
"""Degrees from rest that are reported as −1 or +1."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How the resting direction is learnt. Seconds of media time, degrees.

    `first` seconds are only learnt from; after them the rest follows with time constant `slow`. The eyes' rest is
    believed only within `eye_limit` of the middle of the eye, so that a student who starts by looking at a neighbour
    does not teach it that this is straight ahead; a head may rest far to the side (a camera beside the screen).
    Within `still_…` the person rests, and a new way of sitting is learnt; within `calm` one eye is asked only.
    """

    first: float = 3.0
    slow: float = 30.0
    longest_step: float = 2.0
    eye_limit: float = 10.0
    eye_height_limit: float = 12.0
    head_limit: float = 30.0
    still_side: float = 14.0
    still_height: float = 18.0
    calm: float = 5.0


LEARNING = Learning()
EYE_HEIGHT = -4.0
"""Where the iris rests above (−) the line between the corners, in degrees; the same in most eyes."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One frame's raw angles in degrees. `eye_x` and `eye_y` are None when the eyes are shut or cannot be seen."""

    yaw: float
    pitch: float
    roll: float
    eye_x: float | None
    eye_y: float | None


@dataclass(frozen=True, slots=True)
class Attention:
    """Line of sight against rest, degrees: `side` < 0 image's left, `height` < 0 up. `learning`: rest not known yet.

    `eye_side` and `eye_height` are the eyes' share of it.
    """

    side: float
    height: float
    eye_side: float
    eye_height: float
    learning: bool


def head_angles(mesh: Mesh) -> tuple[float, float, float]:
    """Yaw (< 0 image's left), pitch (< 0 down), roll (clockwise) in degrees, from the face's own axes."""
    points = mesh.points
    across = points[454] - points[234]
    down = points[152] - points[10]
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = -np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    roll = np.degrees(np.arctan2(across[1], across[0]))
    return float(yaw), float(pitch), float(roll)


def shift(mesh: Mesh, corners: tuple[int, int], eye: Eye) -> tuple[float, float]:
    """The iris's place in its eye, in eye widths from the middle: x to the image's right, y down."""
    first, second = (mesh.points[index, :2] for index in (corners if corners == RIGHT_EYE else corners[::-1]))
    line = second - first
    offset = eye.iris - (first + second) / 2
    length = float(line @ line)
    return float(offset @ line) / length, float(line[0] * offset[1] - line[1] * offset[0]) / length


def openness(eye: Eye) -> float:
    """Lid distance over eye width: ~0.35 open, below 0.14 shut."""
    width = float(np.hypot(*(eye.outer - eye.inner)))
    return float(np.hypot(*(eye.upper - eye.lower))) / max(width, 1e-6)


def angle(part: float) -> float:
    """Degrees an eye has turned when its iris moved by `part` of the eye's width."""
    return float(np.degrees(np.arcsin(np.clip(part * EYEBALL, -1.0, 1.0))))


def eye_angles(mesh: Mesh, corners: tuple[int, int], eye: Eye) -> tuple[float, float] | None:
    """How far one eye has turned in its socket, degrees to the image's right and down; None when it is shut."""
    if openness(eye) < CLOSED:
        return None
    x, y = shift(mesh, corners, eye)
    return angle(x), angle(y)


def both_eyes(
    right: tuple[float, float] | None, left: tuple[float, float] | None, recall: Recall
) -> tuple[float, float] | None:
    """The mean of both eyes; how much they differ is remembered, so that one eye can stand for both."""
    if right and left:
        recall["apart_x"], recall["apart_y"] = (right[0] - left[0]) / 2, (right[1] - left[1]) / 2
        return (right[0] + left[0]) / 2, (right[1] + left[1]) / 2
    apart_x, apart_y = number(recall, "apart_x", 0.0), number(recall, "apart_y", 0.0)
    if right:
        return right[0] - apart_x, right[1] - apart_y
    return (left[0] + apart_x, left[1] + apart_y) if left else None


def is_calm(seen: Direction, recall: Recall, learning: Learning = LEARNING) -> bool:
    """Whether this is so near a well-known rest that a second opinion is not worth its time."""
    if seen.eye_x is None or seen.eye_y is None or "apart_x" not in recall:
        return False
    if number(recall, "learnt", 0.0) < learning.first:
        return False
    side = seen.eye_x - number(recall, "eye_x", 0.0) + seen.yaw - number(recall, "yaw", 0.0)
    height = seen.eye_y - number(recall, "eye_y", 0.0) - seen.pitch + number(recall, "pitch", 0.0)
    return max(abs(side), abs(height)) < learning.calm


def number(recall: Recall, name: str, default: float) -> float:
    """A remembered number, or the default when there is none or it is not one."""
    value = recall.get(name)
    return float(value) if isinstance(value, float | int) else default


def near(value: float, middle: float, limit: float) -> float:
    """The value, no further than `limit` from the middle."""
    return min(middle + limit, max(middle - limit, value))


def average_rest(learning: Learning = LEARNING) -> Recall:
    """The rest of a person of whom nothing is known: for independent pictures."""
    return {"eye_x": 0.0, "eye_y": EYE_HEIGHT, "yaw": 0.0, "pitch": 0.0, "learnt": learning.first}


def compare(seen: Direction, at: float, recall: Recall, learning: Learning = LEARNING) -> Attention | None:
    """Line of sight against the rest in `recall`, which is updated; None when the eyes are shut."""
    if seen.eye_x is None or seen.eye_y is None:
        return None
    learnt = number(recall, "learnt", 0.0)
    step = min(max(at - number(recall, "at", at), 0.0), learning.longest_step)
    recall["at"] = at
    fresh = "yaw" not in recall
    rest_x = number(recall, "eye_x", seen.eye_x)
    rest_y = number(recall, "eye_y", seen.eye_y)
    rest_yaw = number(recall, "yaw", seen.yaw)
    rest_pitch = number(recall, "pitch", seen.pitch)
    eye_side, eye_height = seen.eye_x - rest_x, seen.eye_y - rest_y
    side, height = eye_side + seen.yaw - rest_yaw, eye_height - (seen.pitch - rest_pitch)
    is_learning = fresh or learnt < learning.first
    share = step / (learnt + step) if is_learning and step > 0 else step / learning.slow
    if is_learning or abs(side) < learning.still_side:
        recall["eye_x"] = near(rest_x + share * eye_side, 0.0, learning.eye_limit)
        recall["yaw"] = near(rest_yaw + share * (seen.yaw - rest_yaw), 0.0, learning.head_limit)
    if is_learning or abs(height) < learning.still_height:
        recall["eye_y"] = near(rest_y + share * eye_height, EYE_HEIGHT, learning.eye_height_limit)
        recall["pitch"] = near(rest_pitch + share * (seen.pitch - rest_pitch), 0.0, learning.head_limit)
    if is_learning:
        recall["learnt"] = learnt + step
    return Attention(side, height, eye_side, eye_height, is_learning)
