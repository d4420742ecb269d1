"""How often faces are counted right, and how often one is seen where nobody is. `python -m tools.accuracy.faces`."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from app.ai.media import packed, picture_sample
from app.ai.networks import Picture
from app.ai.picture import decode, shrink_to
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
PEOPLE = {"two_people.jpg": 2, "obama_and_biden.jpg": 2}
"""Portraits with another number of faces than one."""
PERSON = "0"
"""The class of people in the YOLO labels of the pictures of things."""
CANVAS = (480, 640)
Spoil = Callable[[Picture], Picture]


@dataclass(slots=True)
class FaceCounts:
    """One variant: pictures with the `right` number of faces, of all; `wrong` names the others."""

    variant: str
    right: int = 0
    total: int = 0
    wrong: tuple[str, ...] = ()


def of_face_width(picture: Picture, face: float, target: float) -> Picture:
    """The picture at the scale at which a face `face` pixels wide has `target` pixels, on a webcam's grey wall."""
    scale = target / face
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    height, width = min(small.shape[0], CANVAS[0]), min(small.shape[1], CANVAS[1])
    scene = np.full((*CANVAS, 3), 110, np.uint8)
    top, left = (CANVAS[0] - height) // 2, (CANVAS[1] - width) // 2
    cut_top, cut_left = (small.shape[0] - height) // 2, (small.shape[1] - width) // 2
    scene[top : top + height, left : left + width] = small[cut_top : cut_top + height, cut_left : cut_left + width]
    return scene


def turned(picture: Picture, angle: float) -> Picture:
    """Turned in the picture's plane, nothing cut off."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, high = round(width * cos + height * sin), round(width * sin + height * cos)
    matrix[:, 2] += ((wide - width) / 2, (high - height) / 2)
    return np.asarray(cv2.warpAffine(picture, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def lit(picture: Picture, gain: float) -> Picture:
    """Another light."""
    other: Picture = np.clip(picture * gain, 0, 255).astype(np.uint8)
    return other


def as_it_is(picture: Picture) -> Picture:
    """No change."""
    return picture


SPOILS: dict[str, tuple[Spoil, int]] = {
    **{f"JPEG {quality}": (as_it_is, quality) for quality in (30, 50, 90)},
    **{f"turned {angle}°": (partial(turned, angle=angle), 80) for angle in (-60, -30, -15, 15, 30, 60)},
    **{f"light × {gain}": (partial(lit, gain=gain), 80) for gain in (0.4, 0.7, 1.4)},
}
LARGEST = 720
"""Pixels of a portrait's longer side before anything is done to it; turned ones still pass the guard."""
WIDTHS = (40, 60, 100, 160)
"""Pixels of the face on a 640×480 picture."""


def count(pipeline: Pipeline, picture: Picture, quality: int) -> int:
    """Faces the pipeline reports in an independent picture."""
    return len(pipeline.look(FrameRequest(packed(picture, quality), 0.0, single=True)).faces)


def portraits(pipeline: Pipeline) -> Iterator[tuple[str, Picture, int, float]]:
    """Name, pixels, true number of faces, and the main face's width."""
    for path in sorted((SHARED / "faces").glob("*.jpg")):
        picture = shrink_to(decode(picture_sample(path).jpeg, full=True).pixels, LARGEST, LARGEST)
        found = pipeline.look(FrameRequest(packed(picture, 92), 0.0, single=True)).faces
        yield path.name, picture, PEOPLE.get(path.name, 1), float(found[0].box[2]) if found else 0.0


def measure_faces() -> Iterator[FaceCounts]:
    """Every variant in turn, over all portraits."""
    pipeline = Pipeline()
    known = list(portraits(pipeline))
    cases = {name: FaceCounts(name) for name in (*SPOILS, *(f"{width} px wide" for width in WIDTHS))}

    def add(variant: str, name: str, found: int, truth: int) -> None:
        counts = cases[variant]
        counts.total += 1
        counts.right += found == truth
        counts.wrong += () if found == truth else (f"{name}: {found} of {truth}",)

    for name, picture, truth, width in known:
        for variant, (spoil, quality) in SPOILS.items():
            add(variant, name, count(pipeline, spoil(picture), quality), truth)
        for target in WIDTHS:
            if width and truth == 1:
                scene = of_face_width(picture, width, target)
                add(f"{target} px wide", name, count(pipeline, scene, 70), truth)
    yield from cases.values()


def measure_nobody() -> FaceCounts:
    """Photographs of things and places whose labels name no person."""
    pipeline, counts = Pipeline(), FaceCounts("nobody there")
    for labels in sorted((SHARED / "objects").glob("*.txt")):
        if any(line.split()[:1] == [PERSON] for line in labels.read_text().splitlines()):
            continue
        picture = decode(picture_sample(labels.with_suffix(".jpg")).jpeg, full=True).pixels
        found = count(pipeline, picture, 80)
        counts.total += 1
        counts.right += not found
        counts.wrong += (f"{labels.stem}: {found}",) if found else ()
    return counts


def main() -> int:
    """Print a line for each variant."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if not SHARED.is_dir():
        print("the photographs are not at hand: nothing was measured")
        return 0
    begin, right, total = time.monotonic(), 0, 0
    for counts in (*measure_faces(), measure_nobody()):
        right, total = right + counts.right, total + counts.total
        print(f"{counts.variant:16}{counts.right:3}/{counts.total:<3} {'; '.join(counts.wrong)}", flush=True)
    print(f"all {right}/{total} = {right / max(total, 1):.1%}; {time.monotonic() - begin:.0f} s of work")
    return 0


if __name__ == "__main__":
    sys.exit(main())
