"""Takes out of a JPEG what is no picture: EXIF with its place and thumbnail, comments, colour profiles. No decoder."""

from app.ai.guard import STANDALONE, next_marker
from app.ai.types import FrameRefused

APP0, APP14, COMMENT = 0xE0, 0xEE, 0xFE
START_OF_SCAN = 0xDA
KEPT = frozenset({APP0, APP14})
"""JFIF and Adobe's colour transform: without them colours may come out wrong."""


def without_metadata(jpeg: bytes) -> bytes:
    """The same picture, bit for bit, without its other segments. Raises FrameRefused."""
    kept, position = [b"\xff\xd8"], 2
    while True:
        marker, position = next_marker(jpeg, position)
        if marker in STANDALONE:
            continue
        length = int.from_bytes(jpeg[position : position + 2])
        if length < 2 or position + length > len(jpeg):
            raise FrameRefused("malformed")
        if marker == START_OF_SCAN:
            end = jpeg.rfind(b"\xff\xd9")
            if end < position:
                raise FrameRefused("truncated")
            return b"".join([*kept, b"\xff\xda", jpeg[position : end + 2]])
        if marker in KEPT or not (APP0 <= marker <= 0xEF or marker == COMMENT):
            kept += [bytes((0xFF, marker)), jpeg[position : position + length]]
        position += length
