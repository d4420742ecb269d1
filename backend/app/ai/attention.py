"""Where a person looks: head and eyes from the face's points, against the person's own resting direction.

Eyes and head are added up as angles: who turns the head to a second screen and who only moves the eyes there is seen
alike, and who turns the head but keeps the eyes on the screen is not. What everybody's rest is like is known beforehand
(eyes in their middle, head towards the camera): it judges from the first frame on, and the person's own rest may only
move away from it slowly, within limits, and only while the person rests. So nobody teaches it a neighbour's screen.
"""

from dataclasses import dataclass

import numpy as np

from app.ai.face_search import Recall
from app.ai.landmarks import Eye, Mesh

EYEBALL = 2.5
"""Eye width / eyeball radius (30 mm / 12 mm): turns the iris's shift in eye widths into an angle."""
CLOSED = 0.14
"""Lid distance / eye width below which an eye is shut and its iris a guess."""
HEAD_STILL = 2.0
"""Degrees within which the head has not moved."""
CALM_NUMBERS = 5
USUALLY_APART = 8.0
"""Degrees by which each eye's iris sits further out than the mean of both, for want of the person's own value."""
GAZE_RANGE = 30.0
"""Degrees from rest that are reported as −1 or +1."""


EYE_HEIGHT = -11.5
"""Where the iris rests above (−) the line between the corners, in degrees; the same in most eyes."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How the resting direction follows the person. Seconds of media time, degrees.

    At rest (within `still_…`) it is the mean of everybody's rest, which weighs `doubt` seconds, and what was seen; from
    `slow` seconds on it follows with that time constant. The eyes stay within `eye_limit` and `eye_height_limit`
    of everybody's rest, the head within `head_limit`. In the first frame `first_head` of the head's turn is taken as
    rest, at most `first_limit`: half-way between "the camera stands beside the screen" and "begins by looking away".
    For `settle` seconds after a look more than `away` aside nothing is learnt from the other side: who comes back
    overshoots.
    A head that stays turned for minutes is followed with `patient`: then the camera does stand beside the screen.
    Whoever has come to rest more than `far_rest` aside and looks at the camera is within `camera` of it, and not away.
    Within `calm` of rest one eye is asked only, once the eyes were compared for `known` seconds.
    """

    doubt: float = 2.0
    slow: float = 60.0
    patient: float = 120.0
    longest_step: float = 2.0
    eye_limit: float = 5.0
    eye_height_limit: float = 8.0
    head_limit: float = 40.0
    first_head: float = 0.5
    first_limit: float = 15.0
    far_rest: float = 6.0
    camera: float = 1.5
    away: float = 10.0
    settle: float = 20.0
    still_side: float = 7.0
    still_height: float = 14.0
    calm: float = 4.0
    known: float = 1.0


LEARNING = Learning()


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
    """Line of sight against rest, degrees: `side` < 0 image's left, `height` < 0 up.

    `eye_side` and `eye_height` are the eyes' share of it.
    """

    side: float
    height: float
    eye_side: float
    eye_height: float


def head_angles(mesh: Mesh) -> tuple[float, float, float]:
    """Yaw (< 0 image's left), pitch (< 0 down), roll (clockwise) in degrees, from the face's own axes."""
    points = mesh.points
    across = points[454] - points[234]
    down = points[152] - points[10]
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = -np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    roll = np.degrees(np.arctan2(across[1], across[0]))
    return float(yaw), float(pitch), float(roll)


def shift(eye: Eye, *, right: bool) -> tuple[float, float]:
    """The iris's place in its eye, in eye widths from the middle: x to the image's right, y down.

    The corners are those the iris network sees in the same crop, so that a crop that is off shifts both alike; against
    the mesh's corners the same value is three times as noisy and leans to one side.
    """
    first, second = (eye.outer, eye.inner) if right else (eye.inner, eye.outer)
    line = second - first
    offset = eye.iris - (first + second) / 2
    length = max(float(line @ line), 1e-6)
    return float(offset @ line) / length, float(line[0] * offset[1] - line[1] * offset[0]) / length


def openness(eye: Eye) -> float:
    """Lid distance over eye width: ~0.35 open, below 0.14 shut."""
    width = float(np.hypot(*(eye.outer - eye.inner)))
    return float(np.hypot(*(eye.upper - eye.lower))) / max(width, 1e-6)


def angle(part: float) -> float:
    """Degrees an eye has turned when its iris moved by `part` of the eye's width."""
    return float(np.degrees(np.arcsin(np.clip(part * EYEBALL, -1.0, 1.0))))


def eye_angles(eye: Eye, *, right: bool) -> tuple[float, float] | None:
    """How far one eye has turned in its socket, degrees to the image's right and down; None when it is shut."""
    if openness(eye) < CLOSED:
        return None
    x, y = shift(eye, right=right)
    return angle(x), angle(y)


def both_eyes(
    right: tuple[float, float] | None, left: tuple[float, float] | None, recall: Recall
) -> tuple[float, float] | None:
    """The mean of both eyes; how much they differ is remembered, so that one eye can stand for both."""
    if right and left:
        apart = ((right[0] - left[0]) / 2, (right[1] - left[1]) / 2)
        known = number(recall, "apart_x", apart[0]), number(recall, "apart_y", apart[1])
        recall["apart_x"], recall["apart_y"] = ((new + old) / 2 for new, old in zip(apart, known, strict=True))
        return (right[0] + left[0]) / 2, (right[1] + left[1]) / 2
    apart_x = number(recall, "apart_x", -USUALLY_APART)
    apart_y = number(recall, "apart_y", 0.0)
    if right:
        return right[0] - apart_x, right[1] - apart_y
    return (left[0] + apart_x, left[1] + apart_y) if left else None


def is_calm(seen: Direction, recall: Recall, learning: Learning = LEARNING) -> bool:
    """Whether this is so near a well-known rest that a second opinion is not worth its time."""
    if seen.eye_x is None or seen.eye_y is None or number(recall, "known", 0.0) < learning.known:
        return False
    side = seen.eye_x - number(recall, "eye_x", 0.0) + seen.yaw - number(recall, "yaw", 0.0)
    height = seen.eye_y - number(recall, "eye_y", 0.0) - seen.pitch + number(recall, "pitch", 0.0)
    return max(abs(side), abs(height)) < learning.calm


def still_valid(
    head: tuple[float, float, float], at: float, recall: Recall, every: float
) -> tuple[float, float] | None:
    """The eyes as last measured, when they were at rest less than `every` seconds ago and the head has not moved."""
    then = recall.get("calm")
    if not isinstance(then, list) or len(then) != CALM_NUMBERS or not all(isinstance(n, float | int) for n in then):
        return None
    if not 0 <= at - then[0] < every:
        return None
    if max(abs(head[0] - then[1]), abs(head[1] - then[2])) > HEAD_STILL:
        return None
    return then[3], then[4]


def number(recall: Recall, name: str, default: float) -> float:
    """A remembered number, or the default when there is none or it is not one."""
    value = recall.get(name)
    return float(value) if isinstance(value, float | int) else default


def near(value: float, middle: float, limit: float) -> float:
    """The value, no further than `limit` from the middle."""
    return min(middle + limit, max(middle - limit, value))


def begin_rest(seen: Direction, recall: Recall, learning: Learning = LEARNING) -> None:
    """Everybody's rest, for a person of whom nothing is known; from the head's turn only what is likely."""
    recall.setdefault("eye_x", 0.0)
    recall.setdefault("eye_y", EYE_HEIGHT)
    recall.setdefault("yaw", near(seen.yaw * learning.first_head, 0.0, learning.first_limit))
    recall.setdefault("pitch", near(seen.pitch, 0.0, learning.head_limit))


def compare(seen: Direction, at: float, recall: Recall, learning: Learning = LEARNING) -> Attention | None:
    """Line of sight against the rest in `recall`, which is updated; None when the eyes are shut."""
    if seen.eye_x is None or seen.eye_y is None:
        return None
    begin_rest(seen, recall, learning)
    step = min(max(at - number(recall, "at", at), 0.0), learning.longest_step)
    recall["at"] = at
    recall["known"] = min(number(recall, "known", 0.0) + step, learning.known)
    rest_x, rest_y = number(recall, "eye_x", 0.0), number(recall, "eye_y", EYE_HEIGHT)
    rest_yaw, rest_pitch = number(recall, "yaw", 0.0), number(recall, "pitch", 0.0)
    eye_side, eye_height = seen.eye_x - rest_x, seen.eye_y - rest_y
    side, height = eye_side + seen.yaw - rest_yaw, eye_height - (seen.pitch - rest_pitch)
    if abs(rest_x + rest_yaw) > learning.far_rest:
        side = min(side, (seen.eye_x + seen.yaw) * learning.camera, key=abs)
    rested = number(recall, "rested", 0.0)
    calm = step / min(learning.doubt + rested + step, learning.slow)
    if abs(side) >= learning.away:
        recall["away_at"], recall["away_side"] = at, side
    recently = 0 <= at - number(recall, "away_at", -1e9) < learning.settle
    settled = not recently or side * number(recall, "away_side", 0.0) >= 0
    share = calm if settled and abs(side) < learning.still_side else 0.0
    recall["rested"] = min(rested + step, learning.slow) if share else rested
    recall["eye_x"] = near(rest_x + share * eye_side, 0.0, learning.eye_limit)
    share = share or step / learning.patient
    recall["yaw"] = near(rest_yaw + share * (seen.yaw - rest_yaw), 0.0, learning.head_limit)
    if abs(height) < learning.still_height:
        recall["eye_y"] = near(rest_y + calm * eye_height, EYE_HEIGHT, learning.eye_height_limit)
        recall["pitch"] = near(rest_pitch + calm * (seen.pitch - rest_pitch), 0.0, learning.head_limit)
    return Attention(side, height, eye_side, eye_height)
