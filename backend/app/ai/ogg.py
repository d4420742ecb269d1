"""Opus packets out of an Ogg stream, cut anywhere, and back into an Ogg file of our own making for the decoder."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.ai.sound_types import SoundRefused

PAGE = struct.Struct("<4sBBqIIIB")
"""OggS, version, type, position, stream, number, checksum, segments."""
MAGIC = b"OggS"
CONTINUED, FIRST, LAST = 1, 2, 4
LONGEST_PACKET = 61_440
"""RFC 7845: an Opus packet is never longer (in octets, for the two channels we take)."""
LARGEST_PAGE = PAGE.size + 255 + 255 * 255
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
SAMPLES_PER_SECOND = 48_000
"""Opus counts in these, whatever it was recorded at."""


@dataclass(slots=True)
class OggStream:
    """Where we are in a stream: its channels once its header was read, and the page (or packet) that was cut off."""

    channels: int = 0
    rest: bytes = b""

    def packets(self, body: bytes) -> list[bytes]:
        """The Opus packets in this piece of the stream. A packet that runs over two pages may be lost at a cut."""
        if is_beginning(body):
            self.channels, self.rest = 0, b""
        data = self.rest + body
        found: list[bytes] = []
        part, position = b"", data.find(MAGIC)
        while position >= 0 and (page := page_at(data, position)) is not None:
            position, continued, pieces, is_open = page
            for index, piece in enumerate(pieces):
                whole = part + piece if index == 0 and continued and part else piece
                part = b""
                if len(whole) > LONGEST_PACKET:
                    raise SoundRefused("malformed")
                if index == len(pieces) - 1 and is_open:
                    part = whole
                elif not (index == 0 and continued and whole is piece):
                    found += self._take(whole)
            position = data.find(MAGIC, position)
        self.rest = data[position:][:LARGEST_PAGE] if position >= 0 else beginning_of_a_page(data)
        if not self.channels and not self.rest:
            raise SoundRefused("header_missing")
        return found

    def _take(self, packet: bytes) -> Iterator[bytes]:
        if packet.startswith(b"OpusHead"):
            if len(packet) < 19 or packet[18] != 0 or packet[9] not in (1, 2):
                raise SoundRefused("unsupported_format")
            self.channels = packet[9]
        elif not self.channels:
            raise SoundRefused("unsupported_format")
        elif packet and not packet.startswith(b"OpusTags"):
            yield packet


def is_beginning(body: bytes) -> bool:
    """Whether a stream begins here."""
    return len(body) > 5 and body.startswith(MAGIC) and bool(body[5] & FIRST)


def beginning_of_a_page(data: bytes) -> bytes:
    """What of the mark of a page stands at the very end."""
    return next((MAGIC[:size] for size in (3, 2, 1) if data.endswith(MAGIC[:size])), b"")


def page_at(data: bytes, position: int) -> tuple[int, bool, list[bytes], bool] | None:
    """The position behind a page, whether it goes on with a packet, its pieces, and whether the last one is unfinished.

    None where the data ends in the middle of the page; a damaged page has no pieces.
    """
    if len(data) - position < PAGE.size:
        return None
    _, version, kind, _, _, _, checksum, segments = PAGE.unpack_from(data, position)
    table = data[position + PAGE.size : position + PAGE.size + segments]
    start = position + PAGE.size + segments
    end = start + sum(table)
    if len(table) < segments or end > len(data):
        return None
    page = data[position:end]
    if version != 0 or checksum_of(page[:22] + b"\0\0\0\0" + page[26:]) != checksum:
        return position + len(MAGIC), False, [], False
    pieces, begin, size = [], start, 0
    for step in table:
        size += step
        if step < 255:
            pieces.append(data[begin : begin + size])
            begin, size = begin + size, 0
    is_open = bool(table) and table[-1] == 255
    if is_open:
        pieces.append(data[begin:end])
    return end, bool(kind & CONTINUED), pieces, is_open


def checksum_of(page: bytes) -> int:
    """Ogg's CRC is zlib's read backwards: the same polynomial, bits in the other order, nothing inverted."""
    mirrored = zlib.crc32(page.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(MIRRORED))


def samples_of(packet: bytes) -> int:
    """Length of an Opus packet in samples of 1/48000 s, from its first two bytes (RFC 6716, 3.1)."""
    code = packet[0] >> 3
    if code < 12:
        frame = (480, 960, 1920, 2880)[code % 4]
    elif code < 16:
        frame = (480, 960)[code % 2]
    else:
        frame = (120, 240, 480, 960)[code % 4]
    match packet[0] & 3:
        case 0:
            count = 1
        case 1 | 2:
            count = 2
        case _:
            count = packet[1] & 63 if len(packet) > 1 else 0
    return frame * count


def ogg_file(packets: Sequence[bytes], *, channels: int, rate: int) -> bytes:
    """A whole Ogg Opus file, one packet a page; `rate` is what the decoder is asked to give."""
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, channels, 0, rate, 0, 0)
    tags = struct.pack("<8sI4sI", b"OpusTags", 4, b"none", 0)
    pages = [one_page(head, number=0, at=0, kind=FIRST), one_page(tags, number=1, at=0)]
    at = 0
    for number, packet in enumerate(packets, start=2):
        at += samples_of(packet)
        pages.append(one_page(packet, number=number, at=at, kind=LAST if number == len(packets) + 1 else 0))
    return b"".join(pages)


def one_page(packet: bytes, *, number: int, at: int, kind: int = 0) -> bytes:
    """A page with one packet of at most 65,024 bytes."""
    table = b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
    page = PAGE.pack(MAGIC, 0, kind, at, 1, number, 0, len(table)) + table + packet
    return page[:22] + checksum_of(page).to_bytes(4, "little") + page[26:]
