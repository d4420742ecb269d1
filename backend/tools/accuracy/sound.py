"""How wrong the ears are: speech found in noise, alarms in noise without it. `python -m tools.accuracy.sound`."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.ai.sound import Listener
from app.ai.sound_decode import RATE, Samples
from app.ai.sound_types import SoundMemory, SoundRequest
from app.domain.incidents import Change, Incidents
from tools.accuracy.noises import NOISES, as_samples
from tools.accuracy.voices import HELD_BACK, TUNING, Utterance, synthesiser, utterances

SNRS = (0, 5, 10, 15, 20)
"""dB: level of the speech over the level of the noise."""
LEVELS = (-50.0, -40.0, -30.0, -20.0)
"""dBFS of the noise where alarms are counted."""
CHUNK = RATE
GAP = 6.0
"""Seconds between two utterances: longer than an episode needs to end."""
SPOKEN_LEVEL = -26.0
"""dBFS of the speech."""


@dataclass(slots=True)
class SpeechCounts:
    """Utterances `found` of `total`, by what they were mixed with and by language; `alarms` beside any utterance."""

    found: dict[tuple[str, int], int] = field(default_factory=dict)
    total: dict[tuple[str, int], int] = field(default_factory=dict)
    by_language: dict[str, list[bool]] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    alarms: int = 0

    @property
    def rate(self) -> float:
        """Share found, over everything."""
        return sum(self.found.values()) / max(1, sum(self.total.values()))


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """False `alarms` in so many `hours` of one noise; `ms` is the mean work for a second of it."""

    noise: str
    alarms: int
    hours: float
    ms: float


def at_level(samples: Samples, dbfs: float) -> Samples:
    """The same sound at another effective level."""
    return (as_samples(samples) * np.float32(10 ** (dbfs / 20))).astype(np.float32)


def episodes(sound: Samples, listener: Listener) -> tuple[list[Change], float, dict[int, float]]:
    """What becomes of a sound, fed by the second as from a client; also mean ms a chunk, and when each was opened."""
    incidents, memory = Incidents(), SoundMemory()
    changes: dict[int, Change] = {}
    opened: dict[int, float] = {}
    spent = []
    pcm = (np.clip(sound, -1, 1) * 32767).astype("<i2")
    for start in range(0, len(pcm), CHUNK):
        request = SoundRequest(pcm[start : start + CHUNK].tobytes(), start / RATE, memory=memory)
        report = listener.listen(request)
        memory = report.memory
        spent.append(report.ms)
        until = report.at + report.seconds
        for change in incidents.hear(report.heard, until):
            changes[change.key] = change
            opened.setdefault(change.key, until)
    changes |= {change.key: change for change in incidents.finish(len(pcm) / RATE)}
    return list(changes.values()), float(np.mean(spent)), opened


def measure_speech(
    voices: tuple[str, ...], *, seed: int, each: int, noises: Sequence[str] = tuple(NOISES)
) -> SpeechCounts:
    """`each` utterances, drawn anew, over every noise at every SNR; empty counts where there is no synthesiser."""
    counts, listener, rng = SpeechCounts(), Listener(), np.random.default_rng(seed)
    spoken = list(utterances(voices))
    for noise in noises if spoken else ():
        for snr in SNRS:
            order = [spoken[index] for index in rng.permutation(len(spoken))[:each]]
            sound, places = scene(order, noise, snr, rng)
            found, _, opened = episodes(sound, listener)
            count(counts, (noise, snr), places, found, opened)
    return counts


def scene(
    spoken: Sequence[Utterance], noise: str, snr: int, rng: np.random.Generator
) -> tuple[Samples, list[tuple[float, Utterance]]]:
    """One long recording: the noise, and the utterances in it at odd times; also where each begins, in seconds."""
    places, at = [], 4.0
    for one in spoken:
        at += rng.uniform(0, 1)
        places.append((at, one))
        at += one.seconds + GAP
    sound = at_level(NOISES[noise](at, rng), SPOKEN_LEVEL - snr)
    for begin, one in places:
        start = round(begin * RATE)
        sound[start : start + len(one.samples)] += at_level(one.samples, SPOKEN_LEVEL)
    return sound, places


def count(
    counts: SpeechCounts,
    where: tuple[str, int],
    places: Sequence[tuple[float, Utterance]],
    found: Sequence[Change],
    opened: dict[int, float],
) -> None:
    """Match episodes and utterances by overlap in time."""
    matched = set()
    for begin, one in places:
        hits = [c for c in found if c.started_at < begin + one.seconds and (c.ended_at or np.inf) > begin]
        matched |= {hit.key for hit in hits}
        counts.total[where] = counts.total.get(where, 0) + 1
        counts.found[where] = counts.found.get(where, 0) + bool(hits)
        counts.by_language.setdefault(one.language, []).append(bool(hits))
        counts.delays += [opened[hits[0].key] - begin] if hits else []
    counts.alarms += len([c for c in found if c.key not in matched])


def measure_alarms(noise: str, hours: float, *, seed: int, piece: float = 180.0) -> AlarmCounts:
    """A noise without a voice at all levels in turn, in pieces of three minutes with a fresh floor each."""
    listener, rng = Listener(), np.random.default_rng(seed)
    alarms, spent = 0, []
    pieces = max(1, round(hours * 3600 / piece))
    for number in range(pieces):
        sound = at_level(NOISES[noise](piece, rng), LEVELS[number % len(LEVELS)])
        found, ms, _ = episodes(sound, listener)
        alarms += len(found)
        spent.append(ms)
    return AlarmCounts(noise, alarms, pieces * piece / 3600, float(np.mean(spent)))


def speech_lines(counts: SpeechCounts) -> Iterator[str]:
    """A table for people."""
    yield "noise       " + "".join(f"{snr:>4} dB" for snr in SNRS)
    for noise in dict.fromkeys(noise for noise, _ in counts.total):
        shares = (counts.found[noise, snr] / counts.total[noise, snr] for snr in SNRS)
        yield f"{noise:12}" + "".join(f"{share:7.1%}" for share in shares)
    for language, hits in counts.by_language.items():
        yield f"{language:12}{sum(hits)}/{len(hits)}"
    delays = np.array(counts.delays or [0.0])
    yield f"all {counts.rate:.2%} of {sum(counts.total.values())}, {counts.alarms} alarms beside them"
    yield f"delay to the alarm: median {np.median(delays):.1f} s, 95 % {np.percentile(delays, 95):.1f} s"


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=0.5, help="of each noise without a voice")
    parser.add_argument("--each", type=int, default=9, help="utterances for each noise and SNR")
    parser.add_argument("--tuning", action="store_true", help="the voices and seeds used while choosing thresholds")
    parser.add_argument("--noise", choices=list(NOISES), action="append", help="instead of all")
    parser.add_argument("--only", choices=["speech", "alarms"])
    parser.add_argument("--seed", type=int, help="other draws of noise and sentences")
    options = parser.parse_args()
    voices, seed = (TUNING, 1) if options.tuning else (HELD_BACK, 101)
    seed = options.seed or seed
    begin = time.monotonic()
    if options.only != "alarms":
        if synthesiser() is None:
            print("espeak-ng is not installed: no speech was measured")
        for line in speech_lines(measure_speech(voices, seed=seed, each=options.each)):
            print(line)
    if options.only != "speech":
        for noise in options.noise or NOISES:
            counts = measure_alarms(noise, options.hours, seed=seed)
            print(f"{noise:12}{counts.alarms} alarms in {counts.hours:.2f} h, {counts.ms:.1f} ms a second", flush=True)
    print(f"{time.monotonic() - begin:.0f} s of work")
    return 0


if __name__ == "__main__":
    sys.exit(main())
