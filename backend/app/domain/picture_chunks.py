"""PNG and WebP without what is no picture: place, time, comments, programs' notes. No decoder; pure."""

import struct

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
)
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
WEBP_FLAGS = 0x10
"""Of VP8X only "has transparency" stays: what the other flags announce is gone. Animations are refused."""
ANIMATED = 0x02


class Malformed(ValueError):
    """The file ends or contradicts itself before the picture does."""


def plain_png(body: bytes) -> tuple[bytes, int, int]:
    """The picture's own chunks, its width and height. Malformed."""
    if len(body) < 33 or not body.startswith(PNG_MAGIC) or body[12:16] != b"IHDR":
        raise Malformed
    width, height = struct.unpack_from(">II", body, 16)
    kept, position = [PNG_MAGIC], len(PNG_MAGIC)
    while position + 12 <= len(body):
        length, kind = struct.unpack_from(">I4s", body, position)
        end = position + 12 + length
        if end > len(body) or kind == b"acTL":
            raise Malformed
        if kind in PNG_KEPT:
            kept.append(body[position:end])
        if kind == b"IEND":
            return b"".join(kept), width, height
        position = end
    raise Malformed


def plain_webp(body: bytes) -> bytes:
    """The picture's own chunks; the header's size is made right. Malformed."""
    if len(body) < 20 or body[:4] != b"RIFF" or body[8:12] != b"WEBP":
        raise Malformed
    kept, position = [], 12
    while position + 8 <= len(body):
        kind, length = struct.unpack_from("<4sI", body, position)
        end = position + 8 + length + length % 2
        if position + 8 + length > len(body):
            raise Malformed
        if kind in WEBP_KEPT:
            piece = bytearray(body[position:end])
            if kind == b"VP8X":
                if length < 10 or piece[8] & ANIMATED:
                    raise Malformed
                piece[8] &= WEBP_FLAGS
            kept.append(bytes(piece))
        position = end
    if not kept:
        raise Malformed
    content = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(content)) + content
