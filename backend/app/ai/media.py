"""Files a person names → the JPEG frames a browser would have sent: video sampled in time, pictures one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from app.ai.guard import MAX_BYTES, MAX_LONG_SIDE, MAX_SHORT_SIDE
from app.ai.networks import Picture
from app.ai.picture import encode, rgb_of, shrink_to
from app.ai.types import FrameRefused

BROWSER_LONG_SIDE = 640
BROWSER_SHORT_SIDE = 480
FRAME_QUALITY = 80
PICTURE_QUALITY = 92
PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
LARGEST_FILE = 64 * 1024 * 1024
USUAL_RATE = 25.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A frame ready to be judged: `at` in seconds, `number` in the source, `scale` in source pixels per frame pixel."""

    at: float
    number: int
    jpeg: bytes
    scale: float


def is_picture(path: Path) -> bool:
    """By the name's ending."""
    return path.suffix.lower() in PICTURE_ENDINGS


def packed(pixels: Picture, quality: int) -> bytes:
    """RGB → JPEG that passes the guard; very noisy pictures get a lower quality."""
    for level in (quality, 75, 60, 40, 20):
        data = encode(pixels, min(level, quality))
        if len(data) <= MAX_BYTES:
            return data
    raise FrameRefused("too_large")


class Video:
    """A video file, sampled at `fps` frames per second of media time. Raises FrameRefused("unreadable_video")."""

    def __init__(self, path: Path, fps: float) -> None:
        self._capture = cv2.VideoCapture(str(path))
        if not self._capture.isOpened():
            raise FrameRefused("unreadable_video")
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.rate = rate if 0.1 <= rate <= 1000 else USUAL_RATE
        self.fps = fps
        self.seconds = max(0.0, float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)) / self.rate)

    def samples(self) -> Iterator[Sample]:
        """Frames in order; frames in between are passed over without being converted."""
        number, taken = 0, 0
        try:
            while self._capture.grab():
                at = number / self.rate
                if at + 1e-6 >= taken / self.fps:
                    taken = int(at * self.fps + 1e-6) + 1
                    yield self._sample(at, number)
                number += 1
        finally:
            self._capture.release()
        if number == 0:
            raise FrameRefused("unreadable_video")

    def _sample(self, at: float, number: int) -> Sample:
        """Convert the grabbed frame as the browser would: scaled to fit 640×480 (480×640 upright), then JPEG."""
        done, pixels = self._capture.retrieve()
        if not done:
            raise FrameRefused("unreadable_video")
        rgb = rgb_of(pixels)
        small = shrink_to(rgb, BROWSER_LONG_SIDE, BROWSER_SHORT_SIDE)
        return Sample(at, number, packed(small, FRAME_QUALITY), rgb.shape[1] / small.shape[1])


def picture_sample(path: Path, number: int = 0) -> Sample:
    """One picture file at the largest size the guard allows. Raises FrameRefused("unreadable_picture")."""
    if path.stat().st_size > LARGEST_FILE:
        raise FrameRefused("unreadable_picture")
    try:
        pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise FrameRefused("unreadable_picture") from error
    if pixels is None:
        raise FrameRefused("unreadable_picture")
    rgb = rgb_of(pixels)
    small = shrink_to(rgb, MAX_LONG_SIDE, MAX_SHORT_SIDE)
    return Sample(0.0, number, packed(small, PICTURE_QUALITY), rgb.shape[1] / small.shape[1])
