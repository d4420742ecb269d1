"""Hostile bytes are refused by their header, with stable codes, at once."""

import struct
import time
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ai.guard import MAX_BYTES, check_picture
from app.ai.types import FrameRefused


def jpeg(width: int = 64, height: int = 48, *options: int) -> bytes:
    """A small real JPEG."""
    noise = np.random.default_rng(0).integers(0, 255, (9, 16, 3)).astype(np.uint8)
    picture = cv2.resize(noise, (width, height))
    return cv2.imencode(".jpg", picture, list(options))[1].tobytes()


def webp(width: int, height: int, quality: int) -> bytes:
    """A real WebP; quality above 100 is lossless."""
    return cv2.imencode(".webp", np.zeros((height, width, 3), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, quality])[
        1
    ].tobytes()


def claiming(width: int, height: int) -> bytes:
    """A JPEG whose header lies about its size."""
    data = jpeg()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def png_bomb() -> bytes:
    """An 8-bit PNG of 30 000² pixels in under 1 MB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    rows = start + (packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)) * 900
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refusal(data: bytes) -> str | None:
    """The code it is refused with."""
    try:
        check_picture(data)
    except FrameRefused as refused:
        return refused.code
    return None


def test_real_pictures_pass() -> None:
    for data in (jpeg(640, 480), jpeg(1920, 1080, cv2.IMWRITE_JPEG_QUALITY, 5), jpeg(480, 848)):
        assert refusal(data) is None
    header = check_picture(jpeg(640, 360, cv2.IMWRITE_JPEG_PROGRESSIVE, 1))
    assert (header.format, header.width, header.height) == ("jpeg", 640, 360)


@pytest.mark.parametrize("quality", [80, 101])
def test_webp_sizes(quality: int) -> None:
    header = check_picture(webp(320, 240, quality))
    assert (header.format, header.width, header.height) == ("webp", 320, 240)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xff", "not_an_image"),
        (b"\xff\xd8", "truncated"),
        (b"\xff\xd8\xff", "truncated"),
        (b"\xff\xd8\xff\xd9", "truncated"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (b"GIF89a" + bytes(50), "unsupported_format"),
        (b"BM" + bytes(60), "unsupported_format"),
        (b"P6 9 9 255 " + bytes(243), "not_an_image"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "not_an_image"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "truncated"),
        (jpeg() + bytes(MAX_BYTES), "too_large"),
        (claiming(65_500, 65_500), "too_many_pixels"),
        (claiming(1921, 100), "too_many_pixels"),
        (claiming(1300, 1300), "too_many_pixels"),
        (claiming(0, 100), "too_small"),
        (jpeg(1, 1), "too_small"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc3", 1), "unsupported_format"),
        (jpeg()[:2] + jpeg()[2:].replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c", 1), "unsupported_format"),
        (jpeg(100, 80)[:-2] + b"\xff\xda\x00\x08" * 1000 + b"\xff\xd9", "too_many_scans"),
    ],
)
def test_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_cut_anywhere_is_truncated_or_malformed() -> None:
    data = jpeg(200, 100)
    codes = {refusal(data[: len(data) * tenth // 10]) for tenth in range(1, 10)}
    assert codes <= {"truncated", "malformed", "not_an_image"}


def test_a_png_bomb_is_refused_at_once() -> None:
    bomb = png_bomb()
    begin = time.perf_counter()
    assert refusal(bomb) == "unsupported_format"
    assert time.perf_counter() - begin < 0.05


@given(st.binary(max_size=400), st.integers(0, 400))
def test_noise_never_raises_anything_else(noise: bytes, at: int) -> None:
    good = jpeg(32, 32)
    for data in (noise, b"\xff\xd8\xff" + noise, b"RIFF" + noise, good[:at] + noise + good[at:]):
        refusal(data)
