"""The sound of a video that a person names, as a microphone would send it: PCM16, 16 kHz, one channel, by the second.

The `ffmpeg` program takes it out where it is installed; it is no part of us (docs/decisions/0006-sound-decoding.md).
"""

import shutil
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

RATE = 16_000
CHUNK_SECONDS = 1.0
CHUNK_BYTES = int(CHUNK_SECONDS * RATE) * 2
PROGRAM = "ffmpeg"


@dataclass(frozen=True, slots=True)
class SoundChunk:
    """Samples from `at` to `until`, in seconds of the video."""

    at: float
    until: float
    pcm: bytes


def can_read_sound() -> bool:
    """Whether the program that takes sound out of videos is installed."""
    return shutil.which(PROGRAM) is not None


def sound_chunks(path: Path) -> Generator[SoundChunk]:
    """The sound in order; nothing where the video is silent or the program is not there."""
    program = shutil.which(PROGRAM)
    if program is None:
        return
    command = [program, "-nostdin", "-v", "quiet", "-protocol_whitelist", "file", "-i", f"file:{path.resolve()}"]
    command += ["-vn", "-sn", "-dn", "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:  # noqa: S603 - no shell
        if process.stdout is None:
            return
        at = 0.0
        try:
            while pcm := process.stdout.read(CHUNK_BYTES):
                pcm = pcm[: len(pcm) // 2 * 2]
                until = at + len(pcm) / 2 / RATE
                yield SoundChunk(at, until, pcm)
                at = until
        finally:
            process.kill()
