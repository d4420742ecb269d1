"""Pictures for tests: a real face, darkness, an empty room, and what nobody should send."""

import io
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image
from skimage.data import astronaut, brick


@cache
def jpeg(pixels: str = "face", *, width: int = 320, height: int = 240, quality: int = 80) -> bytes:
    """`face`: a real person (NASA's portrait of Eileen Collins, as scikit-image carries it); `dark`: a room at night;
    `empty`: a well-lit room with nobody in it."""
    match pixels:
        case "face":
            picture = Image.fromarray(astronaut())  # type: ignore[no-untyped-call]
            picture = picture.crop((96, 0, 416, 240)).resize((width, height))
        case "dark":
            picture = Image.fromarray(astronaut())  # type: ignore[no-untyped-call]
            picture = picture.resize((width, height)).point(lambda value: round(value * 0.09))
        case "empty":
            picture = Image.fromarray(brick())  # type: ignore[no-untyped-call]
            picture = picture.convert("RGB").resize((width, height))
        case _:
            raise ValueError(pixels)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


@cache
def encoded(form: str, *, width: int = 64, height: int = 48, mode: str = "RGB", **options: Any) -> bytes:
    """An evenly grey picture in any format."""
    file = io.BytesIO()
    Image.new(mode, (width, height), (128,) * len(mode) if len(mode) > 1 else 128).save(file, form, **options)
    return file.getvalue()


@cache
def png_bomb(side: int = 30_000) -> bytes:
    """A valid 8-bit PNG of side² pixels in under a megabyte (P07)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    # All rows are alike: one block of a thousand, compressed once, stands there as often as needed.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    rows = 1000
    block = packer.compress(bytes((side + 1) * rows)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = side * (side + 1) % 65521 << 16 | 1
    body = b"\x78\xda" + block * (side // rows) + b"\x03\x00" + struct.pack(">I", checksum)
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def resized_header(picture: bytes, *, width: int, height: int) -> bytes:
    """The same JPEG, claiming another size (P05)."""
    at = picture.index(b"\xff\xc0")
    return picture[: at + 5] + struct.pack(">HH", height, width) + picture[at + 9 :]
