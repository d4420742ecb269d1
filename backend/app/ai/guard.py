"""The first look at bytes from outside: header only, plain Python, no decoder; the server process may use it too."""

from dataclasses import dataclass

from app.ai.types import FrameRefused

MAX_BYTES = 256 * 1024
MAX_LONG_SIDE = 1920
MAX_SHORT_SIDE = 1080
MIN_SIDE = 16
MAX_SCANS = 64
"""A camera's progressive JPEG has ~10 scans; a thousand of them make a decoder work for minutes."""

START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended, progressive: what browsers and cameras write. Others (lossless, arithmetic) are refused."""
OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says: `format` is "jpeg" or "webp", width and height in pixels."""

    format: str
    width: int
    height: int


def check_picture(data: bytes) -> Header:
    """The header of a picture that is worth decoding; raises FrameRefused with a stable code for every other.

    Codes: empty, too_large, not_an_image, unsupported_format, truncated, malformed, too_many_pixels, too_small,
    too_many_scans.
    """
    if not data:
        raise FrameRefused("empty")
    if data[:8] == b"\x89PNG\r\n\x1a\n" or data[:4] in (b"GIF8", b"II*\x00", b"MM\x00*") or data[:2] == b"BM":
        raise FrameRefused("unsupported_format")
    if len(data) > MAX_BYTES:
        raise FrameRefused("too_large")
    if data[:3] == b"\xff\xd8\xff" or data == b"\xff\xd8":
        header = jpeg_header(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        header = webp_header(data)
    else:
        raise FrameRefused("not_an_image")
    if max(header.width, header.height) > MAX_LONG_SIDE or min(header.width, header.height) > MAX_SHORT_SIDE:
        raise FrameRefused("too_many_pixels")
    if min(header.width, header.height) < MIN_SIDE:
        raise FrameRefused("too_small")
    return header


def jpeg_header(data: bytes) -> Header:
    """Walk the segments up to the first scan; the size comes from the frame header, the scans are counted."""
    position, size = 2, len(data)
    found: Header | None = None
    while True:
        marker, position = next_marker(data, position)
        if marker in STANDALONE:
            continue
        if marker == 0xD9:
            raise FrameRefused("truncated")
        if position + 2 > size:
            raise FrameRefused("truncated")
        length = int.from_bytes(data[position : position + 2])
        if length < 2:
            raise FrameRefused("malformed")
        if position + length > size:
            raise FrameRefused("truncated")
        if marker in START_OF_FRAME:
            if found is not None:
                raise FrameRefused("malformed")
            found = frame_header(data[position + 2 : position + length])
        elif marker in OTHER_FRAMES:
            raise FrameRefused("unsupported_format")
        elif marker == 0xDA:
            if found is None:
                raise FrameRefused("malformed")
            check_scans(data, position + length)
            return found
        position += length


def next_marker(data: bytes, position: int) -> tuple[int, int]:
    """The marker at `position` and the position behind it; fill bytes (0xFF) are skipped."""
    if position >= len(data):
        raise FrameRefused("truncated")
    if data[position] != 0xFF:
        raise FrameRefused("malformed")
    while position < len(data) and data[position] == 0xFF:
        position += 1
    if position >= len(data):
        raise FrameRefused("truncated")
    return data[position], position + 1


def frame_header(segment: bytes) -> Header:
    """Precision, height, width, components. 8 bits, and 1 (grey) or 3 (colour) components only."""
    if len(segment) < 6:
        raise FrameRefused("malformed")
    if segment[0] != 8 or segment[5] not in (1, 3):
        raise FrameRefused("unsupported_format")
    return Header("jpeg", int.from_bytes(segment[3:5]), int.from_bytes(segment[1:3]))


def check_scans(data: bytes, position: int) -> None:
    """Refuse a picture that ends without its end marker (a cut upload) or that has absurdly many scans."""
    if data.find(b"\xff\xd9", position) < 0:
        raise FrameRefused("truncated")
    if 1 + data.count(b"\xff\xda", position) > MAX_SCANS:
        raise FrameRefused("too_many_scans")


def webp_header(data: bytes) -> Header:
    """Size from the first chunk of a WebP file: lossy (VP8), lossless (VP8L) or extended (VP8X, not animated)."""
    if len(data) < 30:
        raise FrameRefused("truncated")
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise FrameRefused("truncated")
    kind = data[12:16]
    if kind == b"VP8 ":
        if data[23:26] != b"\x9d\x01\x2a":
            raise FrameRefused("malformed")
        width = int.from_bytes(data[26:28], "little") & 0x3FFF
        return Header("webp", width, int.from_bytes(data[28:30], "little") & 0x3FFF)
    if kind == b"VP8L":
        if data[20] != 0x2F:
            raise FrameRefused("malformed")
        bits = int.from_bytes(data[21:25], "little")
        return Header("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        if data[20] & 0x02:
            raise FrameRefused("unsupported_format")
        width = int.from_bytes(data[24:27], "little") + 1
        return Header("webp", width, int.from_bytes(data[27:30], "little") + 1)
    raise FrameRefused("malformed")
