"""Opus packets out of a WebM stream, cut anywhere: only what MediaRecorder writes, everything else is passed over."""

from dataclasses import dataclass

from app.ai.sound_types import SoundRefused

MAGIC = b"\x1aE\xdf\xa3"
SEGMENT, CLUSTER, TRACKS, TRACK, AUDIO, BLOCK_GROUP = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xE1, 0xA0
ENTERED = frozenset({SEGMENT, CLUSTER, TRACKS, TRACK, AUDIO, BLOCK_GROUP})
"""Elements that hold others: they are read as if their contents stood in their place, so their size does not matter."""
TRACK_NUMBER, CODEC_ID, CHANNELS, CODEC_PRIVATE = 0xD7, 0x86, 0x9F, 0x63A2
SIMPLE_BLOCK, BLOCK = 0xA3, 0xA1
CLUSTER_MAGIC = b"\x1fC\xb6u"
LARGEST_ELEMENT = 64 * 1024
LACED = 0x06
UNKNOWN_SIZE = -1


@dataclass(slots=True)
class WebmStream:
    """Where we are in a stream: the Opus track's number and channels once its header was read, and what was cut off."""

    track: int = 0
    channels: int = 0
    rest: bytes = b""
    _number: int = 0

    def packets(self, body: bytes, *, after_gap: bool = False) -> list[bytes]:
        """The Opus packets that end in this piece of the stream; after a gap it is picked up where an element begins.

        Raises SoundRefused: malformed, header_missing, out_of_step, unsupported_format.
        """
        begins = body.startswith(MAGIC)
        if begins:
            self.channels, self.rest = 0, b""
        elif after_gap:
            self.rest = b""
        data = picked_up(body) if after_gap and not begins else self.rest + body
        if not self.channels:
            if not data.startswith(MAGIC):
                raise SoundRefused("header_missing")
            self.track = self._number = 0
        found, used = self._walk(data)
        if not self.channels and len(data) > LARGEST_ELEMENT:
            raise SoundRefused("malformed")
        self.rest = data[used:] if self.channels else data  # a header that was cut is read again from its beginning
        return found

    def _walk(self, data: bytes) -> tuple[list[bytes], int]:
        found: list[bytes] = []
        position = 0
        while (element := header_at(data, position)) is not None:
            name, size, start = element
            if name in ENTERED:
                position = start
                continue
            if size == UNKNOWN_SIZE or size > LARGEST_ELEMENT:
                raise SoundRefused("malformed")
            if start + size > len(data):
                break
            packet = self._read(name, data[start : start + size])
            if packet:
                found.append(packet)
            position = start + size
        if len(data) - position > LARGEST_ELEMENT:
            raise SoundRefused("malformed")
        return found, position

    def _read(self, name: int, content: bytes) -> bytes | None:
        """Take in one element; the Opus packet where it is one of our track."""
        if name == TRACK_NUMBER:
            self._number = int.from_bytes(content)
        elif name == CODEC_ID and content.rstrip(b"\0") == b"A_OPUS" and not self.track:
            self.track = self._number or 1
        elif name == CHANNELS:
            self.channels = self.channels or int.from_bytes(content)
            if self.channels not in (1, 2):
                raise SoundRefused("unsupported_format")
        elif name in (SIMPLE_BLOCK, BLOCK):
            return self._packet(content)
        return None

    def _packet(self, block: bytes) -> bytes | None:
        """Track number, two bytes of time, flags, one packet."""
        if not self.track or not self.channels:
            raise SoundRefused("unsupported_format")
        number, start = vint(block, 0, keep_marker=False) or (0, 0)
        if number != self.track or len(block) < start + 4:
            return None
        if block[start + 2] & LACED:
            raise SoundRefused("unsupported_format")
        return block[start + 3 :]


def picked_up(body: bytes) -> bytes:
    """From the first element on: browsers mostly cut between blocks, and begin a cluster every few seconds."""
    if body[0] in (SIMPLE_BLOCK, BLOCK_GROUP):
        return body
    start = body.find(CLUSTER_MAGIC)
    if start < 0:
        raise SoundRefused("out_of_step")
    return body[start:]


def header_at(data: bytes, position: int) -> tuple[int, int, int] | None:
    """An element's name, size (−1: unknown) and where its content begins; None where the data ends before that."""
    name = vint(data, position, keep_marker=True)
    if name is None:
        return None
    size = vint(data, name[1], keep_marker=False)
    return None if size is None else (name[0], *size)


def vint(data: bytes, position: int, *, keep_marker: bool) -> tuple[int, int] | None:
    """A number of variable length and the position behind it; None where the data ends. Raises SoundRefused."""
    if position >= len(data):
        return None
    first = data[position]
    length = 9 - first.bit_length()
    if length > (4 if keep_marker else 8):
        raise SoundRefused("malformed")
    if position + length > len(data):
        return None
    value = int.from_bytes(data[position : position + length])
    if not keep_marker:
        value &= (1 << 7 * length) - 1
        if value == (1 << 7 * length) - 1:
            value = UNKNOWN_SIZE
    return value, position + length
