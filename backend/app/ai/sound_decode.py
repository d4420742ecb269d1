"""A chunk of sound → 16 kHz, one channel, float32 in −1..1. In worker processes only: the bytes are strangers'."""

import io
import struct
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import soundfile  # type: ignore[import-untyped]
from numpy.typing import NDArray

from app.ai.ebml import WebmStream
from app.ai.ogg import LONGEST_PACKET, SAMPLES_PER_SECOND, OggStream, ogg_file, samples_of
from app.ai.sound_guard import LONGEST_SOUND, checked_rate
from app.ai.sound_types import SoundFormat, SoundMemory, SoundRefused, SoundRequest

Samples: TypeAlias = NDArray[np.float32]
RATE = 16_000
TAPS = 63
WAVE_PCM, WAVE_FLOAT, WAVE_EXTENSIBLE = 1, 3, 0xFFFE


def decode_sound(request: SoundRequest) -> tuple[Samples, SoundMemory]:
    """The samples of a chunk, and the memory with which the next one of a stream can be read. Raises SoundRefused."""
    memory = request.memory
    match request.format:
        case SoundFormat.PCM16:
            samples = resampled(pcm16(request.body), checked_rate(request.rate))
        case SoundFormat.WAV:
            samples = wav(request.body)
        case SoundFormat.WEBM:
            webm = WebmStream(memory.track, memory.channels, memory.rest)
            samples = opus(webm.packets(request.body, after_gap=request.after_gap), webm.channels)
            memory = SoundMemory(memory.floor, webm.track, webm.channels, webm.rest)
        case SoundFormat.OGG:
            ogg = OggStream(memory.channels, b"" if request.after_gap else memory.rest)
            samples = opus(ogg.packets(request.body), ogg.channels)
            memory = SoundMemory(memory.floor, 0, ogg.channels, ogg.rest)
    if len(samples) > LONGEST_SOUND * RATE:
        raise SoundRefused("too_long")
    return samples, memory


def pcm16(body: bytes) -> Samples:
    """Signed 16-bit little-endian samples of one channel."""
    if len(body) % 2:
        raise SoundRefused("malformed")
    samples: Samples = np.frombuffer(body, "<i2").astype(np.float32) / np.float32(32768)
    return samples


def opus(packets: Sequence[bytes], channels: int) -> Samples:
    """Opus packets, decoded by libsndfile from an Ogg file that we wrote: no header of a stranger reaches it.

    The decoder starts afresh with each chunk; Opus is right again after a few hundredths of a second.
    """
    if any(len(packet) > LONGEST_PACKET for packet in packets):
        raise SoundRefused("malformed")
    if sum(map(samples_of, packets)) > LONGEST_SOUND * SAMPLES_PER_SECOND:
        raise SoundRefused("too_long")
    if not packets:
        return np.zeros(0, np.float32)
    file = io.BytesIO(ogg_file(packets, channels=channels, rate=RATE))
    try:
        with soundfile.SoundFile(file) as sound:
            if sound.samplerate != RATE or sound.channels != channels:
                raise SoundRefused("undecodable")
            samples = sound.read(int(LONGEST_SOUND * RATE) + 1, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, ValueError) as error:
        raise SoundRefused("undecodable") from error
    return one_channel(samples)


def wav(body: bytes) -> Samples:
    """A small WAV file: 16-bit or float samples, one or two channels; the sizes in its header are not believed."""
    position, layout = 12, None
    while position + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, position)
        content = body[position + 8 : position + 8 + size]
        if name == b"fmt ":
            layout = wave_layout(content)
        elif name == b"data":
            if layout is None:
                raise SoundRefused("malformed")
            return wave_samples(content, *layout)
        position += 8 + size + size % 2
    raise SoundRefused("truncated")


def wave_layout(content: bytes) -> tuple[int, int, int]:
    """Kind of samples, channels and rate out of a WAV's format chunk."""
    if len(content) < 16:
        raise SoundRefused("truncated")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
    if kind == WAVE_EXTENSIBLE and len(content) >= 26:
        kind = int.from_bytes(content[24:26], "little")
    if (kind, bits) not in {(WAVE_PCM, 16), (WAVE_FLOAT, 32)} or channels not in (1, 2):
        raise SoundRefused("unsupported_format")
    return kind, channels, checked_rate(rate)


def wave_samples(content: bytes, kind: int, channels: int, rate: int) -> Samples:
    """Interleaved samples → one channel at 16 kHz. What is no number is refused."""
    width = (2 if kind == WAVE_PCM else 4) * channels
    content = content[: len(content) // width * width]
    if kind == WAVE_PCM:
        samples = pcm16(content)
    else:
        samples = np.frombuffer(content, "<f4").astype(np.float32)
        if not np.isfinite(samples).all():
            raise SoundRefused("not_a_number")
        samples = np.clip(samples, -1.0, 1.0)
    if len(samples) > LONGEST_SOUND * rate * channels:
        raise SoundRefused("too_long")
    return resampled(one_channel(samples.reshape(-1, channels)), rate)


def one_channel(samples: Samples) -> Samples:
    """The mean of all channels; samples × channels → samples."""
    mixed: Samples = samples.mean(axis=1, dtype=np.float32)
    if not np.isfinite(mixed).all():
        raise SoundRefused("not_a_number")
    return mixed


def resampled(samples: Samples, rate: int) -> Samples:
    """At 16 kHz: what lies above the new band is filtered off first, then samples are read in between."""
    if rate == RATE or not len(samples):
        return samples
    if len(samples) > LONGEST_SOUND * rate:
        raise SoundRefused("too_long")
    if rate > RATE:
        samples = np.convolve(samples, low_pass(0.45 * RATE / rate), "same").astype(np.float32)
    count = len(samples) * RATE // rate
    positions = np.arange(count) * (rate / RATE)
    between: Samples = np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)
    return between


def low_pass(cutoff: float) -> Samples:
    """A windowed sinc; `cutoff` in cycles per sample."""
    n = np.arange(TAPS) - (TAPS - 1) / 2
    taps = 2 * cutoff * np.sinc(2 * cutoff * n) * np.hamming(TAPS)
    shaped: Samples = (taps / taps.sum()).astype(np.float32)
    return shaped
