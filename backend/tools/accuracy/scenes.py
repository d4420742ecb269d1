"""Scenes for measuring: real pictures and videos as they are, shaken like a webcam's, or with a phone pasted in.

Phones are cut out of the labelled photographs (few, and old ones) or drawn. Everything follows from a seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from app.ai.networks import Picture
from app.ai.picture import encode, rgb_of

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LONG_SIDE = 640
CLASSES = {0: "person", 62: "tv", 63: "laptop", 67: "cell phone", 73: "book"}
PHONES = {"387": (0.684, 0.331, 0.328, 0.195), "328": (0.707, 0.596, 0.082, 0.057), "536": (0.252, 0.32, 0.084, 0.152)}
"""Photograph → centre, width and height of its phone (with the hand that holds it, where there is one)."""
VIDEOS = ("gaze/center_focus.mp4", "gaze/center_left_center.mp4", "faces/short_hamilton_clip.mp4")
PORTRAITS = ("obama.jpg", "biden.jpg", "obama2.jpg", "biden2.jpg", "obama3.jpg")
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture with its labels: COCO word and box x, y, width, height in pixels."""

    name: str
    pixels: Picture
    labels: tuple[tuple[str, Box], ...]

    def boxes(self, label: str, least: float = 0.0) -> list[Box]:
        """Boxes of one label with at least this share of the picture."""
        area = self.pixels.shape[0] * self.pixels.shape[1]
        return [box for word, box in self.labels if word == label and box[2] * box[3] >= least * area]


def read(path: Path) -> Picture:
    """RGB."""
    return rgb_of(np.asarray(cv2.imread(str(path))))


def fitted(pixels: Picture) -> Picture:
    """No larger than a webcam's picture."""
    scale = min(1.0, LONG_SIDE / max(pixels.shape[:2]))
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def photographs() -> Iterator[Photograph]:
    """The labelled COCO128 pictures."""
    for path in sorted((DATA / "objects").glob("*.jpg")):
        pixels = read(path)
        height, width = pixels.shape[:2]
        labels = []
        for line in path.with_suffix(".txt").read_text().splitlines():
            number, *numbers = line.split()
            x, y, w, h = (float(value) for value in numbers)
            labels.append((CLASSES[int(number)], ((x - w / 2) * width, (y - h / 2) * height, w * width, h * height)))
        yield Photograph(path.stem, pixels, tuple(labels))


def video_frames(name: str, every: float) -> list[Picture]:
    """One frame every so many seconds."""
    video = cv2.VideoCapture(str(DATA / name))
    step = max(1, round(video.get(cv2.CAP_PROP_FPS) * every))
    frames: list[Picture] = []
    number = 0
    while True:
        there, pixels = video.read()
        if not there:
            return frames
        if number % step == 0:
            frames.append(fitted(rgb_of(pixels)))
        number += 1


def webcam_scenes() -> dict[str, list[Picture]]:
    """Name → frames of one person before a camera: the videos at 1 frame/s, and portraits that stand still."""
    scenes = {name: video_frames(name, 1.0) for name in VIDEOS}
    scenes |= {name: [fitted(read(DATA / "faces" / name))] for name in PORTRAITS}
    scenes["astronaut"] = [np.asarray(skimage.data.astronaut(), np.uint8)]  # type: ignore[no-untyped-call]
    return scenes


def shaken(pixels: Picture, rng: np.random.Generator, *, quality: int) -> bytes:
    """A webcam's next picture of the same scene: a little moved, lighter or darker, noise, JPEG."""
    height, width = pixels.shape[:2]
    zoom, turn = rng.uniform(1.0, 1.06), rng.uniform(-1.5, 1.5)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, zoom)
    matrix[:, 2] += rng.uniform(-0.02, 0.02, 2) * np.array([width, height])
    moved = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT).astype(np.float32)
    moved = moved * rng.uniform(0.9, 1.1) + rng.normal(0, 3, moved.shape)
    return encode(moved.clip(0, 255).astype(np.uint8), quality)


def phones(rng: np.random.Generator) -> dict[str, tuple[Picture, Picture]]:
    """Name → phone and its mask (0..255): three cut out of photographs, two drawn."""
    found = {}
    for name, (x, y, w, h) in PHONES.items():
        pixels = read(DATA / "objects" / f"000000000{name}.jpg")
        height, width = pixels.shape[:2]
        left, top, right, bottom = (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height
        cut = pixels[int(top) : int(bottom), int(left) : int(right)]
        mask = np.zeros(cut.shape[:2], np.uint8)
        if name == "387":  # lies on its side there
            mask[3:-3, 3:-3] = 255
            cut, mask = np.rot90(cut).copy(), np.rot90(mask).copy()
        else:
            cv2.ellipse(
                mask, (cut.shape[1] // 2, cut.shape[0] // 2), (cut.shape[1] // 2, cut.shape[0] // 2), 0, 0, 360, 255, -1
            )
        found[f"photograph {name}"] = (cut, mask)
    return {**found, "drawn front": drawn_phone(rng, back=False), "drawn back": drawn_phone(rng, back=True)}


def drawn_phone(rng: np.random.Generator, *, back: bool) -> tuple[Picture, Picture]:
    """A flat drawing of a modern phone: rounded body with a screen of text, or with cameras."""
    height, width = 400, int(400 * rng.uniform(0.46, 0.52))
    mask = np.zeros((height, width), np.uint8)
    radius = int(width * 0.12)
    mask[radius : height - radius] = 255
    mask[:, radius : width - radius] = 255
    for x in (radius, width - radius):
        for y in (radius, height - radius):
            cv2.circle(mask, (x, y), radius, 255, -1)
    body = np.empty((height, width, 3), np.uint8)
    body[:] = rng.integers(20, 230, 3) if back else int(rng.integers(5, 60))
    if back:
        for number in range(int(rng.integers(1, 4))):
            middle = (int(width * (0.2 + 0.17 * (number % 2))), int(height * (0.09 + 0.09 * (number // 2))))
            cv2.circle(body, middle, int(width * 0.08), (15, 15, 20), -1)
        return body, mask
    screen = body[int(height * 0.03) : int(height * 0.97), int(width * 0.05) : int(width * 0.95)]
    screen[:] = rng.integers(180, 255, 3)
    for row in range(20, screen.shape[0], 26):
        cv2.line(screen, (8, row), (int(screen.shape[1] * rng.uniform(0.3, 0.95)), row), (60, 60, 70), 5)
    return body, mask


def pasted(
    pixels: Picture, phone: Picture, mask: Picture, *, area: float, middle: tuple[float, float], turn: float
) -> Picture:
    """The picture with the phone at `middle` (shares), `area` of the picture large, turned by degrees."""
    height, width = pixels.shape[:2]
    scale = float(np.sqrt(area * height * width / (phone.shape[0] * phone.shape[1])))
    matrix = cv2.getRotationMatrix2D((phone.shape[1] / 2, phone.shape[0] / 2), turn, scale)
    matrix[:, 2] += (middle[0] * width - phone.shape[1] / 2, middle[1] * height - phone.shape[0] / 2)
    placed = cv2.warpAffine(phone, matrix, (width, height), flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    share = cv2.GaussianBlur(cv2.warpAffine(mask, matrix, (width, height)), (0, 0), 1.0)[..., None] / np.float32(255)
    return (pixels * (1 - share) + placed * share).astype(np.uint8)
