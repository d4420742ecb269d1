"""A hand drawn from a 3D model (material/generic_hand.glb, MIT), in any pose and skin tone, pasted into pictures.

No photographs of hands at ears or before mouths were at hand; a shaded model is recognised as a hand by the networks
that were trained on real ones. What follows from that for real hands is a hope, not a measurement.
"""

import json
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from app.ai.networks import Picture

MODEL = Path(__file__).parent / "material" / "generic_hand.glb"
Numbers = NDArray[np.float64]
FINGERS = {"thumb": 1, "index": 5, "middle": 10, "ring": 15, "pinky": 20}
"""Finger → number of its first joint; the wrist is joint 0. The thumb has four joints, the others five."""
TONES = ((235, 190, 165), (205, 150, 120), (160, 110, 80), (110, 72, 50), (70, 45, 32))
"""RGB of skin in full light, from light to dark."""
SLEEVES = ((40, 45, 60), (120, 30, 30), (200, 200, 205), (60, 90, 60))
LIGHT = np.array([0.3, -0.6, -0.75])
FINER = 2


@dataclass(frozen=True, slots=True)
class Model:
    """Vertices, triangles and, for each vertex, the weights of the 25 joints; metres."""

    vertices: Numbers
    triangles: NDArray[np.int64]
    weights: Numbers
    joints: Numbers


@dataclass(frozen=True, slots=True)
class Pose:
    """How a hand is held: bend of the fingers' joints in radians, then turns about x, y (out of the picture), z."""

    bend: float = 0.4
    turn: tuple[float, float, float] = (0.0, 0.0, 0.0)
    left: bool = False


@cache
def model() -> Model:
    """Read the GLB: one mesh, one skin."""
    data = MODEL.read_bytes()
    (length,) = struct.unpack("<I", data[12:16])
    head = json.loads(data[20 : 20 + length])
    body = data[28 + length :]

    def values(number: int) -> NDArray[np.float64]:
        accessor = head["accessors"][number]
        view = head["bufferViews"][accessor["bufferView"]]
        kind = {5126: np.float32, 5121: np.uint8, 5123: np.uint16}[accessor["componentType"]]
        width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}[accessor["type"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        flat = np.frombuffer(body, kind, accessor["count"] * width, start)
        return flat.reshape(-1, width).astype(np.float64)

    parts = head["meshes"][0]["primitives"][0]["attributes"]
    triangles = values(head["meshes"][0]["primitives"][0]["indices"]).astype(np.int64).reshape(-1, 3)
    weights = np.zeros((len(values(parts["POSITION"])), 25))
    for joint, weight in zip(values(parts["JOINTS_0"]).astype(int).T, values(parts["WEIGHTS_0"]).T, strict=True):
        weights[np.arange(len(joint)), joint] += weight
    skin = head["skins"][0]
    bound = values(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    places = np.array([np.linalg.inv(matrix)[:3, 3] for matrix in bound])
    return Model(values(parts["POSITION"]), triangles, weights, places)


def about(axis: Numbers, point: Numbers, angle: float) -> Numbers:
    """4×4 rotation about an axis through a point."""
    matrix = np.eye(4)
    matrix[:3, :3] = cv2.Rodrigues(axis / np.linalg.norm(axis) * angle)[0]
    matrix[:3, 3] = point - matrix[:3, :3] @ point
    return matrix


def posed(pose: Pose) -> tuple[Numbers, NDArray[np.int64]]:
    """Vertices (x right, y down, z away; the wrist at 0, the middle finger up, 1 = wrist to knuckles) and triangles."""
    hand = model()
    across = hand.joints[FINGERS["index"] + 1] - hand.joints[FINGERS["pinky"] + 1]
    moves = np.repeat(np.eye(4)[None], 25, axis=0)
    for finger, first in FINGERS.items():
        bend, matrix = pose.bend * (0.3 if finger == "thumb" else 1.0), np.eye(4)
        for joint in range(first + 1, first + (4 if finger == "thumb" else 5)):
            matrix = matrix @ about(across, hand.joints[joint], bend)
            moves[joint] = matrix
    homogeneous = np.column_stack([hand.vertices, np.ones(len(hand.vertices))])
    bent = np.einsum("vj,jab,vb->va", hand.weights, moves, homogeneous)[:, :3]
    up = hand.joints[FINGERS["middle"] + 1] - hand.joints[0]
    size = float(np.linalg.norm(up))
    y = -up / size
    x = across - (across @ y) * y
    x /= np.linalg.norm(x)
    own = (bent - hand.joints[0]) @ np.column_stack([x, y, np.cross(x, y)]) / size
    if pose.left:
        own[:, 0] *= -1
    for axis, angle in enumerate(pose.turn):
        own = own @ cv2.Rodrigues(np.eye(3)[axis] * angle)[0].T
    triangles = hand.triangles[:, ::-1] if pose.left else hand.triangles
    return own, triangles


def drawn(
    pose: Pose, *, height: int, width: int, wrist: tuple[float, float], size: float, tone: tuple[int, int, int]
) -> tuple[Picture, Numbers]:
    """RGB and coverage 0..1 of the hand; `size` is wrist to knuckles in pixels."""
    own, triangles = posed(pose)
    places = own * size * FINER + np.array([*wrist, 0.0]) * FINER
    corners = places[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    smooth = np.zeros_like(places)
    for column in range(3):
        np.add.at(smooth, triangles[:, column], normals)
    smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-9)
    facing = smooth[triangles].mean(axis=1)
    facing *= np.where(facing[:, 2:] > 0, -1, 1)
    shade = 0.5 + 0.5 * np.clip(facing @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
    colours = np.clip(np.array(tone) * shade[:, None], 0, 255)
    canvas = np.zeros((height * FINER, width * FINER, 3), np.uint8)
    mask = np.zeros((height * FINER, width * FINER), np.uint8)
    for number in np.argsort(-corners[:, :, 2].mean(axis=1)):
        shape = np.round(corners[number, :, :2]).astype(np.int32)
        cv2.fillConvexPoly(canvas, shape, colours[number].tolist())
        cv2.fillConvexPoly(mask, shape, 255)
    small = cv2.resize(cv2.GaussianBlur(canvas, (3, 3), 0), (width, height), interpolation=cv2.INTER_AREA)
    cover = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA).astype(np.float64) / 255
    return np.asarray(small, np.uint8), cover


def with_hand(
    pixels: Picture,
    pose: Pose,
    *,
    wrist: tuple[float, float],
    size: float,
    tone: tuple[int, int, int],
    sleeve: tuple[int, int, int] = SLEEVES[0],
    elbow: tuple[float, float] | None = None,
) -> Picture:
    """The picture with a hand, and its arm towards `elbow`, before it."""
    height, width = pixels.shape[:2]
    found = pixels.copy()
    if elbow is not None:
        arm(found, wrist, elbow, size, sleeve)
    hand, cover = drawn(pose, height=height, width=width, wrist=wrist, size=size, tone=tone)
    part = cover[..., None]
    return np.asarray(found * (1 - part) + hand * part, np.uint8)


def arm(
    pixels: Picture,
    wrist: tuple[float, float],
    elbow: tuple[float, float],
    size: float,
    sleeve: tuple[int, int, int],
) -> None:
    """A sleeve, lighter along its middle."""
    first, last = np.array(wrist), np.array(elbow)
    for share, light in ((0.42, 0.7), (0.3, 0.9), (0.15, 1.1)):
        way = (last - first) / max(float(np.linalg.norm(last - first)), 1e-6)
        side = np.array([-way[1], way[0]]) * size * share
        wide = side * 1.5
        shape = np.round([first - side, first + side, last + wide, last - wide]).astype(np.int32)
        cv2.fillConvexPoly(pixels, shape, [min(255, round(part * light)) for part in sleeve], lineType=cv2.LINE_AA)
