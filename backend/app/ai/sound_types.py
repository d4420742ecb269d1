"""Plain data of sound that crosses the border between the server and its analysis processes."""

from dataclasses import dataclass
from enum import StrEnum

from app.ai.types import Refused
from app.domain.incidents import Heard


class SoundRefused(Refused):
    """The sound cannot be judged; `code` is stable (empty, too_large, too_long, unsupported_format, bad_rate, …)."""


class SoundFormat(StrEnum):
    """How a chunk of sound is packed."""

    PCM16 = "pcm16"
    """Signed 16-bit samples, little-endian, one channel, nothing around them."""
    WAV = "wav"
    WEBM = "webm"
    """Opus in WebM, as Chromium's MediaRecorder writes it; a stream, cut anywhere."""
    OGG = "ogg"
    """Opus in Ogg, as Firefox's MediaRecorder writes it; a stream, cut anywhere."""


@dataclass(frozen=True, slots=True)
class SoundMemory:
    """What is remembered of one exam session's sound between two chunks; in the server's memory only, never stored.

    `floor` is the noise floor in the band of speech, in dBFS. The others belong to a WebM or Ogg stream: the number of
    its Opus `track`, the `channels` its header named, and the `rest` of the last chunk, whose last element was cut.
    """

    floor: float | None = None
    track: int = 0
    channels: int = 0
    rest: bytes = b""


@dataclass(frozen=True, slots=True)
class SoundRequest:
    """A second or so of sound to be judged. `at` is the media time of its first sample; `rate` is for PCM16 only.

    `after_gap`: what came before it in its stream was lost.
    """

    body: bytes
    at: float
    format: SoundFormat = SoundFormat.PCM16
    rate: int = 16_000
    memory: SoundMemory = SoundMemory()
    after_gap: bool = False


@dataclass(frozen=True, slots=True)
class SoundReport:
    """What was heard from `at` on for `seconds`.

    `level` in dBFS (0: as loud as the format allows), `floor` that of the noise in the band of speech; `speech` is the
    share of the time in which somebody speaks, 0..1; `heard` are the stretches of speech with their observation.
    """

    at: float
    seconds: float
    level: float
    floor: float
    speech: float
    heard: tuple[Heard, ...] = ()
    memory: SoundMemory = SoundMemory()
    ms: float = 0.0
