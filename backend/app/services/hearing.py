"""The sound of one exam session: where it lies in time, what its stream is packed in, how loud its noise is."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from prometheus_client import Counter
from pydantic import BaseModel, ConfigDict, ValidationError

from app.ai.engine import Engine, EngineBusy, EngineStopped
from app.ai.sound_guard import checked_rate, format_of
from app.ai.sound_types import SoundFormat, SoundMemory, SoundRefused, SoundReport, SoundRequest
from app.domain.incidents import Heard
from app.domain.media_clock import MediaClock
from app.domain.violations import ViolationKind
from app.services.sitting import Sitting

SOUNDS = Counter("proctor_sounds_total", "Chunks of sound by what became of them.", ["outcome"])
DEFAULT_RATE = 16_000
RECENT, LATE, HEARD = 8.0, 1.0, 0.7
"""Seconds of sound that are set against the mouth's movement, how late sound is judged, and how much must be known."""
MOST_CHUNKS = 64


class AudioHeader(BaseModel):
    """The `audio` message: how the chunks that follow are packed. `rate` in Hz, for pcm16 only."""

    model_config = ConfigDict(extra="ignore", strict=True)

    format: Literal["pcm16", "opus"] = "pcm16"
    rate: int = DEFAULT_RATE


@dataclass(frozen=True, slots=True)
class Hear:
    """What was heard, in media seconds; judged up to `until`."""

    heard: tuple[Heard, ...]
    until: float
    level: float = -90.0
    """Loudness in dB of full scale."""
    seconds: float = 0.0
    """Length of the chunk, which ends at `until`."""
    speech: float = 0.0
    """Share of it in which somebody spoke."""


class Ear:
    """How much of the last seconds was speech. Sound is judged a second at a time, so it is always a little late."""

    def __init__(self) -> None:
        self._chunks: deque[tuple[float, float, float]] = deque(maxlen=MOST_CHUNKS)

    def note(self, hear: Hear, seconds: float) -> None:
        """One more chunk of `seconds`, as heard."""
        spoken = sum(one.ended_at - one.started_at for one in hear.heard)
        self._chunks.append((hear.until - seconds, hear.until, spoken))

    def speech(self, at: float) -> float | None:
        """Share of the RECENT seconds up to LATE before `at` in which somebody spoke; None where most was not heard."""
        begin, end = at - LATE - RECENT, at - LATE
        known = [chunk for chunk in self._chunks if chunk[0] >= begin and chunk[1] <= end + LATE]
        seconds = sum(chunk[1] - chunk[0] for chunk in known)
        return None if seconds < HEARD * RECENT else min(1.0, sum(chunk[2] for chunk in known) / seconds)


def placed(report: SoundReport, end: float) -> Hear:
    """A report whose chunk began at 0, moved so that it ends at `end`."""
    begin = end - report.seconds
    heard = tuple(replace(h, started_at=begin + h.started_at, ended_at=begin + h.ended_at) for h in report.heard)
    return Hear(heard, end, report.level, report.seconds, report.speech)


class Hearing:
    """Between a student's socket and the engine. In memory only: nothing of the sound itself is kept or stored."""

    def __init__(self, sitting: Sitting, engine: Engine) -> None:
        self._sitting = sitting
        self._engine = engine
        self._clock = MediaClock()
        self._ear = Ear()
        self._declared: AudioHeader | None = None
        self._format: SoundFormat | None = None
        self._memory = SoundMemory()
        self._next = 0
        self._gap = False

    @property
    def wanted(self) -> bool:
        """Whether this exam listens, to this student."""
        return ViolationKind.AUDIO_DETECTED not in self._sitting.disabled

    def connected(self, elapsed: float) -> None:
        """The student is here (again); `elapsed` seconds after the start."""
        self._clock.restart(elapsed)

    def begin(self) -> None:
        """The sitting's clock begins at 0 now."""
        self._clock, self._ear = MediaClock(), Ear()

    def speech(self, at: float) -> float | None:
        """Share of the last seconds in which somebody spoke; None where nobody listened."""
        return self._ear.speech(at)

    def declare(self, header: Mapping[str, Any]) -> None:
        """Believe what the client says about its next chunks. Raises SoundRefused."""
        try:
            declared = AudioHeader.model_validate(dict(header))
        except ValidationError as error:
            raise SoundRefused("bad_header") from error
        checked_rate(declared.rate)
        self._declared = declared
        self._format = SoundFormat.PCM16 if declared.format == "pcm16" else SoundFormat.WEBM

    async def listen(self, body: bytes, *, elapsed: float, captured_ms: int, number: int | None = None) -> Hear | None:
        """Let the engine listen to the next chunk; None where there is nothing to say, or nobody has time to listen.

        `captured_ms` is the client's time of its first sample, `number` counts its chunks: one that is missing leaves
        a WebM or Ogg stream to be picked up again. Raises SoundRefused.
        """
        after_gap = self._gap or number not in (None, self._next)
        self._gap, self._next = True, self._next if number is None else number + 1  # a gap, until this is understood
        packed = format_of(body, self._format)
        end = self._clock.tick(elapsed, captured_ms)
        request = SoundRequest(
            body=body,
            at=0.0,
            format=packed,
            rate=self._declared.rate if self._declared else DEFAULT_RATE,
            memory=self._memory,
            after_gap=after_gap,
        )
        try:
            report = await self._engine.listen(request)
        except (EngineBusy, EngineStopped):
            SOUNDS.labels("busy").inc()
            return None
        except SoundRefused:
            SOUNDS.labels("refused").inc()
            raise
        SOUNDS.labels("judged").inc()
        self._gap, self._memory = False, report.memory
        if packed is not SoundFormat.WAV:
            self._format = packed
        hear = placed(report, end)
        self._ear.note(hear, report.seconds)
        return hear
