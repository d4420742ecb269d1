"""The object detectors: each `.tflite` the manifest gives the role `objects`, its answers as labelled boxes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from app.ai.model_files import MODELS_FOLDER, ModelRefused, names_for, read_manifest, verified
from app.ai.networks import Array, Picture, loaded
from app.ai.object_labels import COCO80
from app.ai.picture import shrunk

SAME_THING = 0.5
"""Boxes of one label that overlap by this share of their union are one thing."""
INSIDE_ANOTHER = 0.8
"""So is a box with this share of its area inside a stronger one: a face inside its person, a page inside its book."""
SPARSE = 1.6
"""From this shrinkage on, bilinear samples leave pixels out: the means of many are taken instead."""
INPUT_RANGES = {"0..255": (1.0, 0.0), "0..1": (1 / 255, 0.0), "-1..1": (1 / 127.5, -1.0)}
"""How 0..255 is scaled and shifted for networks that take floats."""


@dataclass(frozen=True, slots=True)
class FoundThing:
    """One thing: the label in the model's words, score 0..1, box x, y, width, height in pixels of the picture."""

    label: str
    score: float
    box: tuple[float, float, float, float]

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.box[2] * self.box[3]


@dataclass(frozen=True, slots=True)
class Proposals:
    """Raw answers: class numbers (N), scores (N) and corners left, top, right, bottom in input pixels (N×4)."""

    classes: NDArray[np.int64]
    scores: Array
    corners: Array


Decoder: TypeAlias = Callable[[Sequence[Array], int, Sequence[int], float], Proposals]
"""Outputs in the model's order, width of the input, classes asked for, least score → proposals."""


def shared_part(one: FoundThing, other: FoundThing) -> tuple[float, float]:
    """What two boxes share: as part of their union, and as part of the first."""
    ax, ay, aw, ah = one.box
    bx, by, bw, bh = other.box
    width = max(0.0, min(ax + aw, bx + bw) - max(ax, bx))
    height = max(0.0, min(ay + ah, by + bh) - max(ay, by))
    shared = width * height
    return shared / max(one.area + other.area - shared, 1e-6), shared / max(one.area, 1e-6)


def strongest(things: Sequence[FoundThing]) -> list[FoundThing]:
    """One answer for each thing, strongest first."""
    kept: list[FoundThing] = []
    for thing in sorted(things, key=lambda thing: thing.score, reverse=True):
        parts = [shared_part(thing, other) for other in kept if other.label == thing.label]
        if not any(union > SAME_THING or inside > INSIDE_ANOTHER for union, inside in parts):
            kept.append(thing)
    return kept


def from_centre_scores(outputs: Sequence[Array], side: int, classes: Sequence[int], least: float) -> Proposals:
    """CenterNet: scores at the centres of things (1×H×W×C) and distances to the four edges (1×H×W×4, input pixels)."""
    heat, edges = outputs[0][0], outputs[1][0]
    if max(classes) >= heat.shape[2]:
        heat, edges = edges, heat
    asked = np.ascontiguousarray(heat[..., list(classes)])
    peaks = asked >= cv2.dilate(asked, np.ones((3, 3), np.uint8)).reshape(asked.shape)
    rows, columns, which = np.nonzero(peaks & (asked >= least))
    stride = side / heat.shape[1]
    x, y, reach = columns * stride, rows * stride, edges[rows, columns]
    corners = np.stack([x - reach[:, 0], y - reach[:, 1], x + reach[:, 2], y + reach[:, 3]], axis=1)
    scores = asked[rows, columns, which]
    return Proposals(np.array(classes, np.int64)[which], scores, corners.astype(np.float32))


def from_boxes(outputs: Sequence[Array], side: int, classes: Sequence[int], least: float) -> Proposals:
    """Scores of each class (1×N×C) and corners in input pixels (1×N×4), one line for each place looked at."""
    scores, corners = (outputs[0][0], outputs[1][0]) if outputs[0].shape[2] != 4 else (outputs[1][0], outputs[0][0])
    asked = scores[:, list(classes)]
    rows, which = np.nonzero(asked >= least)
    return Proposals(np.array(classes, np.int64)[which], asked[rows, which], corners[rows])


DISTANCES = 11
"""Each distance to an edge is a distribution over 0 to 10 strides."""


def from_distributions(outputs: Sequence[Array], side: int, classes: Sequence[int], least: float) -> Proposals:
    """NanoDet: for each stride 1×H×W×(C+44), logits of the classes, then of the distances to the four edges.

    Only what is worth it is worked out: a handful of thousands of places.
    """
    found: list[tuple[NDArray[np.int64], Array, Array]] = []
    for output in outputs:
        logits = output[0]
        rows, columns, which = np.nonzero(logits[..., list(classes)] >= np.log(least / (1 - least)))
        numbers = np.array(classes, np.int64)[which]
        answers, stride = logits[rows, columns], side / logits.shape[1]
        scores = 1 / (1 + np.exp(-answers[np.arange(len(numbers)), numbers]))
        shares = np.exp(answers[:, -4 * DISTANCES :].reshape(-1, 4, DISTANCES))
        reach = (shares @ np.arange(DISTANCES, dtype=np.float32)) / shares.sum(axis=2) * stride
        centres = np.stack([columns + 0.5, rows + 0.5], axis=1) * stride
        found.append((numbers, scores, np.concatenate([centres - reach[:, :2], centres + reach[:, 2:]], axis=1)))
    every, scores, corners = (np.concatenate(part) for part in zip(*found, strict=True))
    return Proposals(every, scores.astype(np.float32), corners.astype(np.float32))


def from_detection_postprocess(outputs: Sequence[Array], side: int, classes: Sequence[int], least: float) -> Proposals:
    """TFLite's own detection operator, which ends SSD and EfficientDet-Lite models.

    Boxes (1×N×4: top, left, bottom, right in 0..1), classes (1×N), scores (1×N), count (1). Exporters differ in the
    order: boxes are told by their shape, classes by being whole numbers.
    """
    boxes = next(output for output in outputs if output.ndim == 3)[0]
    lists = [output.reshape(-1) for output in outputs if output.ndim == 2]
    whole = [bool(np.all(values == np.round(values))) for values in lists]
    numbers, scores = (lists[1], lists[0]) if whole == [False, True] else (lists[0], lists[1])
    kept = np.flatnonzero((scores >= least) & np.isin(numbers.astype(np.int64), classes))
    corners = boxes[kept][:, [1, 0, 3, 2]] * np.float32(side)
    return Proposals(numbers[kept].astype(np.int64), scores[kept], corners)


DECODERS: dict[str, Decoder] = {
    "boxes": from_boxes,
    "centernet": from_centre_scores,
    "detection_postprocess": from_detection_postprocess,
    "distributions": from_distributions,
}
"""The manifest's `decoder` → how the answers are read."""


def fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture at this width and height. Bilinear where it shrinks so little that no pixel is left out."""
    if picture.shape[1] > SPARSE * size[0]:
        return shrunk(picture, size)
    return cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def load_detectors(folder: Path = MODELS_FOLDER) -> tuple["ObjectNetwork", ...]:
    """Every detector of the role `objects`; raises ModelRefused when there is none, or one is not described."""
    return tuple(ObjectNetwork(name, folder) for name in names_for("objects", folder))


class Input:
    """A loaded detector for pictures of one shape: where they are put in, and what comes out."""

    def __init__(self, interpreter: Any, scaling: tuple[float, float]) -> None:
        self._interpreter = interpreter
        self._scaling = scaling
        entry = interpreter.get_input_details()[0]
        self._place: int = entry["index"]
        self._bytes = entry["dtype"] is np.uint8
        self.height: int = int(entry["shape"][1])
        self.width: int = int(entry["shape"][2])
        self._outputs = [int(detail["index"]) for detail in interpreter.get_output_details()]
        self._canvas: Picture = np.zeros((self.height, self.width, 3), dtype=np.uint8)

    def fits(self, picture: Picture) -> bool:
        """Whether the picture, at full width, is not higher than this."""
        height, width = picture.shape[:2]
        return bool(height * self.width <= width * self.height)

    def answers(self) -> list[Array]:
        """What the network says of the picture shown."""
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]

    def show(self, picture: Picture) -> tuple[float, int, int]:
        """Put the picture, letterboxed, into the input; returns scale, left and top of it there."""
        height, width = picture.shape[:2]
        scale = min(self.width / width, self.height / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        left, top = (self.width - size[0]) // 2, (self.height - size[1]) // 2
        self._canvas[:] = 0
        self._canvas[top : top + size[1], left : left + size[0]] = fitted(picture, size)
        shown: Any = self._canvas[None]
        if not self._bytes:
            factor, shift = self._scaling
            shown = shown.astype(np.float32)
            if (factor, shift) != (1.0, 0.0):
                shown = shown * np.float32(factor) + np.float32(shift)
        self._interpreter.set_tensor(self._place, shown)
        return scale, left, top


class ObjectNetwork:
    """A loaded detector; `labels` are all it knows, in the order of its classes; `runs`: its uses."""

    def __init__(self, name: str, folder: Path = MODELS_FOLDER) -> None:
        card = read_manifest(folder)[name]
        if card.decoder not in DECODERS or card.input_range not in INPUT_RANGES or not card.labels:
            raise ModelRefused("model_not_described", name)
        self.runs = 0
        self.labels = COCO80 if card.labels == "coco80" else tuple(card.labels)
        self._decode = DECODERS[card.decoder]
        scaling = INPUT_RANGES[card.input_range]
        content = verified(name, folder)
        self._square = Input(loaded(content), scaling)
        share = Fraction(card.wide_height, self._square.height)
        self._wide = Input(loaded(content, share), scaling) if share else None

    def find(self, picture: Picture, wanted: Collection[str], *, least: float) -> list[FoundThing]:
        """Things with these labels and at least this score in an RGB picture (height×width×3, uint8)."""
        classes = [index for index, label in enumerate(self.labels) if label in wanted]
        if not classes or min(picture.shape[:2]) < 2:
            return []
        way = self._wide if self._wide and self._wide.fits(picture) else self._square
        scale, left, top = way.show(picture)
        self.runs += 1
        found = self._decode(way.answers(), way.width, classes, least)
        offset = np.array([left, top, left, top], dtype=np.float32)
        corners = (found.corners - offset) / np.float32(scale)
        limit = np.array([picture.shape[1], picture.shape[0]] * 2, dtype=np.float32)
        corners = corners.clip(0, limit)
        things = [
            FoundThing(self.labels[number], score, (x, y, right - x, bottom - y))
            for number, score, (x, y, right, bottom) in zip(
                found.classes.tolist(), found.scores.tolist(), corners.tolist(), strict=True
            )
        ]
        return strongest([thing for thing in things if thing.area > 0])
