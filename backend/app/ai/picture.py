"""From bytes to pixels and back, at the smallest useful size; the only place that calls OpenCV's codecs."""

from dataclasses import dataclass

import cv2
import numpy as np

from app.ai.guard import Header, check_picture
from app.ai.networks import Picture
from app.ai.types import FrameRefused

cv2.setNumThreads(1)  # a worker owns one core

USEFUL_SIDE = 640
"""More than this many pixels along the long side find no more faces in front of a webcam and only cost decoding."""
MUCH = 1.5
"""Below this shrinkage there is nothing to halve."""
THUMBNAIL_WIDTH = 200
THUMBNAIL_QUALITY = 60
LIGHT, DARKEST = 150.0, 0.4
"""Grey level a dark face is lit up to, and the smallest exponent that may be used for it."""
SHRINK_ONLY = ~cv2.IMREAD_COLOR
REDUCED = {
    1: cv2.IMREAD_COLOR_RGB,
    2: cv2.IMREAD_REDUCED_COLOR_2 & SHRINK_ONLY | cv2.IMREAD_COLOR_RGB,
    4: cv2.IMREAD_REDUCED_COLOR_4 & SHRINK_ONLY | cv2.IMREAD_COLOR_RGB,
}
"""How much libjpeg shrinks while decoding; the colours come in the networks' order, so that none need be exchanged."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """RGB pixels at working size; `scale` is input pixels per working pixel; width and height are the input's."""

    pixels: Picture
    scale: float
    width: int
    height: int


def reduction(header: Header, *, full: bool) -> int:
    """1, 2 or 4: how much libjpeg may shrink while decoding, so that at least the useful size remains."""
    if full or header.format != "jpeg":
        return 1
    long_side = max(header.width, header.height)
    return next(factor for factor in (4, 2, 1) if factor == 1 or long_side / factor >= USEFUL_SIDE)


def rgb_of(pixels: cv2.typing.MatLike) -> Picture:
    """OpenCV's blue-green-red → red-green-blue, which the networks were trained on."""
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def decode(data: bytes, *, full: bool = False) -> Decoded:
    """Decode a guarded picture. Raises FrameRefused (the guard's codes, or `undecodable`)."""
    header = check_picture(data)
    factor = reduction(header, full=full)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), REDUCED[factor])
    except cv2.error as error:
        raise FrameRefused("undecodable") from error
    if pixels is None or pixels.size == 0:
        raise FrameRefused("undecodable")
    height, width = pixels.shape[:2]
    scale = max(header.width, header.height) / max(width, height)
    # EXIF may have turned the picture: the sides then trade places.
    turned = (header.width > header.height) != (width > height)
    size = (header.height, header.width) if turned else (header.width, header.height)
    return Decoded(pixels.astype(np.uint8, copy=False), scale, *size)


def encode(pixels: Picture, quality: int) -> bytes:
    """RGB → JPEG."""
    done, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise FrameRefused("unencodable")
    return data.tobytes()


def shrunk(pixels: Picture, size: tuple[int, int]) -> Picture:
    """The picture at a much smaller width and height, every pixel of it the mean of what it stands for.

    As INTER_AREA does (within half a grey level on average) at a third of its price: that is fast only where it halves,
    so the picture is halved as long as it stays above twice the size, brought to twice the size, and halved once more.
    """
    if pixels.shape[1] < MUCH * size[0] or pixels.shape[0] < MUCH * size[1]:
        return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    while pixels.shape[1] >= 4 * size[0] and pixels.shape[0] >= 4 * size[1]:
        pixels = halved(pixels)
    twice = cv2.resize(pixels, (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(twice, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def halved(pixels: Picture) -> Picture:
    """At half its width and height; an odd last row or column is left out."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    even = pixels[: height * 2, : width * 2]
    return cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def shrink_to(pixels: Picture, long_side: int, short_side: int) -> Picture:
    """The picture scaled down to fit both sides, whichever way it stands; never up."""
    height, width = pixels.shape[:2]
    scale = min(1.0, long_side / max(width, height), short_side / min(width, height))
    if scale == 1.0:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def thumbnail(pixels: Picture) -> bytes:
    """A small JPEG for live walls."""
    height, width = pixels.shape[:2]
    scale = min(1.0, THUMBNAIL_WIDTH / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return encode(shrunk(pixels, size), THUMBNAIL_QUALITY)


def lit_up(picture: Picture, level: float) -> Picture:
    """The picture with an exponent below 1 that brings this grey level to LIGHT; brighter ones stay."""
    if level >= LIGHT:
        return picture
    exponent = max(DARKEST, float(np.log(LIGHT / 255) / np.log(max(level, 2.0) / 255)))
    table = (255 * (np.arange(256) / 255) ** exponent).astype(np.uint8)
    return cv2.LUT(picture, table).astype(np.uint8, copy=False)
