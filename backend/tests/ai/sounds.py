"""Sound for tests, made here: noise, containers around packets, and headers that lie."""

import struct

import numpy as np

from app.ai.ogg import FIRST, one_page
from app.ai.sound_decode import RATE, Samples

SILENT_OPUS = b"\xf8\xff\xfe"
"""Twenty milliseconds of silence, as every Opus encoder writes it."""


def noise(seconds: float, level: float = 0.02, *, seed: int = 1) -> Samples:
    """White noise; `level` is its effective value."""
    return (np.random.default_rng(seed).normal(size=round(seconds * RATE)) * level).astype(np.float32)


def pcm(samples: Samples) -> bytes:
    """16-bit little-endian."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def wav(
    data: bytes, *, rate: int = RATE, channels: int = 1, kind: int = 1, bits: int = 16, claimed: int | None = None
) -> bytes:
    """A WAV file; `claimed` is the length its header gives to the data."""
    width = channels * bits // 8
    layout = struct.pack("<HHIIHH", kind, channels, rate, rate * width % 2**32, width % 2**16, bits)
    size = len(data) if claimed is None else claimed
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def element(name: int, content: bytes, *, size: int | None = None) -> bytes:
    """An EBML element; `size` may lie."""
    length = len(content) if size is None else size
    return name.to_bytes((name.bit_length() + 7) // 8) + (length | 1 << 56).to_bytes(8) + content


def webm_header(*, channels: int = 1, codec: bytes = b"A_OPUS") -> bytes:
    """What MediaRecorder writes first: segment and cluster of unknown size."""
    audio = element(0xE1, element(0x9F, bytes([channels])))
    track = element(0xAE, element(0xD7, b"\x01") + element(0x86, codec) + audio)
    unknown = b"\x01" + b"\xff" * 7
    return element(0x1A45DFA3, element(0x4282, b"webm")) + b"\x18\x53\x80\x67" + unknown + element(0x1654AE6B, track)


def webm_blocks(packets: list[bytes]) -> bytes:
    """A cluster with a block for each packet."""
    unknown = b"\x01" + b"\xff" * 7
    blocks = b"".join(element(0xA3, b"\x81\x00\x00\x80" + packet) for packet in packets)
    return b"\x1f\x43\xb6\x75" + unknown + element(0xE7, b"\x00") + blocks


def ogg_header(*, channels: int = 1, family: int = 0) -> bytes:
    """The first page of an Ogg Opus stream."""
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, channels, 0, 48_000, 0, family)
    return one_page(head, number=0, at=0, kind=FIRST)
