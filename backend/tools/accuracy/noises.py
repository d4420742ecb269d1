"""Sounds without a voice, made from random numbers: what a student's room is full of."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.ai.sound_decode import RATE, Samples

SCALE = (220.0, 246.94, 277.18, 293.66, 329.63, 369.99, 415.3, 440.0, 554.37, 659.26)
"""Hz: A major over an octave and a half."""


def white(seconds: float, rng: np.random.Generator) -> Samples:
    """Hiss."""
    return as_samples(rng.normal(size=round(seconds * RATE)))


def pink(seconds: float, rng: np.random.Generator) -> Samples:
    """Rain, wind, far traffic: as much power in each octave."""
    return as_samples(shaped(seconds, rng, 0.5))


def fan(seconds: float, rng: np.random.Generator) -> Samples:
    """A fan: rumble, the blades' tones, both swelling slowly."""
    t = np.arange(round(seconds * RATE)) / RATE
    blades = rng.uniform(70, 140)
    tones = sum(np.sin(2 * np.pi * blades * n * t + rng.uniform(0, 6)) / n**1.5 for n in (1, 2, 3, 5))
    swell = 1 + 0.25 * np.sin(2 * np.pi * rng.uniform(0.1, 0.4) * t)
    return as_samples((shaped(seconds, rng, 0.9) * 1.2 + tones) * swell)


def typing(seconds: float, rng: np.random.Generator) -> Samples:
    """Keys: two short clicks each, in words with pauses."""
    sound = rng.normal(size=round(seconds * RATE)) * 0.003
    at = 0.3
    while at < seconds - 0.3:
        for _ in range(rng.integers(2, 9)):
            at += rng.uniform(0.07, 0.25)
            strength = rng.uniform(0.3, 1.0)
            for offset, share in ((0.0, 1.0), (rng.uniform(0.05, 0.09), 0.5)):
                add(sound, click(rng) * strength * share, at + offset)
        at += rng.uniform(0.2, 2.0)
    return as_samples(sound)


def click(rng: np.random.Generator) -> Samples:
    """A few hundredths of a second: a knock and a ring."""
    t = np.arange(round(0.03 * RATE)) / RATE
    ring = np.sin(2 * np.pi * rng.uniform(900, 4500) * t) * 0.6 + rng.normal(size=len(t)) * 0.6
    knock = np.sin(2 * np.pi * rng.uniform(120, 300) * t) * 0.7
    return as_samples((ring * np.exp(-t / 0.004) + knock * np.exp(-t / 0.01)), normal=False)


def music(seconds: float, rng: np.random.Generator) -> Samples:
    """Chords, a melody and drums; no voice."""
    sound = np.zeros(round(seconds * RATE))
    beat = rng.uniform(0.35, 0.6)
    for number in range(int(seconds / beat)):
        at = number * beat
        if number % 4 == 0:
            root = rng.integers(0, 5)
            for step in (0, 2, 4):
                add(sound, note(SCALE[root + step], 4 * beat, rng) * 0.4, at)
        add(
            sound, note(SCALE[rng.integers(3, len(SCALE))] * rng.choice([1, 2]), beat * rng.choice([0.9, 1.8]), rng), at
        )
        add(sound, drum(rng, low=number % 2 == 0) * 0.8, at)
    return as_samples(sound)


def note(frequency: float, seconds: float, rng: np.random.Generator) -> Samples:
    """A tone with overtones, struck or bowed, with a little vibrato."""
    t = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * frequency * t + rng.uniform(0, 1.5) * np.sin(2 * np.pi * rng.uniform(4, 6) * t)
    overtones = sum(np.sin(n * phase) * rng.uniform(0.2, 1.0) / n for n in range(1, 7))
    attack = np.minimum(1, t / rng.choice([0.005, 0.06]))
    return as_samples(overtones * attack * np.exp(-t / rng.choice([0.2, 1.0])), normal=False)


def drum(rng: np.random.Generator, *, low: bool) -> Samples:
    """A bass drum or a snare."""
    t = np.arange(round(0.2 * RATE)) / RATE
    if low:
        return as_samples(np.sin(2 * np.pi * (50 * t + 6 * (1 - np.exp(-t / 0.03)))) * np.exp(-t / 0.07), normal=False)
    return as_samples(rng.normal(size=len(t)) * np.exp(-t / 0.05) * 0.5, normal=False)


def household(seconds: float, rng: np.random.Generator) -> Samples:
    """Doors, chairs, steps, a horn outside, rustling paper: single noises over a quiet room."""
    sound = shaped(seconds, rng, 0.5) * 0.01
    at = rng.uniform(0, 2)
    while at < seconds - 1.5:
        add(sound, event(rng), at)
        at += rng.exponential(2.5) + 0.3
    return as_samples(sound)


def event(rng: np.random.Generator) -> Samples:
    """One noise of a household."""
    kind = rng.integers(0, 4)
    t = np.arange(round(rng.uniform(0.1, 1.2) * RATE)) / RATE
    if kind == 0:  # a thud
        return as_samples(np.sin(2 * np.pi * rng.uniform(50, 120) * t) * np.exp(-t / 0.06), normal=False)
    if kind == 1:  # rustling
        gate = np.repeat(rng.random(len(t) // 200 + 1), 200)[: len(t)]
        return as_samples(rng.normal(size=len(t)) * gate * 0.25, normal=False)
    if kind == 2:  # a horn
        pitch = rng.uniform(300, 500)
        return as_samples(sum(np.sin(2 * np.pi * pitch * n * t) / n for n in (1, 1.25, 2, 3)) * 0.3, normal=False)
    squeak = 600 + 500 * np.sin(2 * np.pi * rng.uniform(1, 3) * t)
    return as_samples(np.sin(2 * np.pi * np.cumsum(squeak) / RATE) * 0.3, normal=False)


def shaped(seconds: float, rng: np.random.Generator, slope: float) -> Samples:
    """Noise whose amplitude falls with frequency to the power of `slope`."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.normal(size=count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20.0)
    return as_samples(np.fft.irfft(spectrum / frequency**slope, count))


def add(sound: NDArray[Any], part: Samples, at: float) -> None:
    """Mix a part in at a time in seconds; what goes beyond the end is cut."""
    start = round(at * RATE)
    part = part[: max(0, len(sound) - start)]
    sound[start : start + len(part)] += part


def as_samples(values: object, *, normal: bool = True) -> Samples:
    """float32; at an effective level of 1 where `normal`."""
    sound: Samples = np.asarray(values, dtype=np.float32)
    if normal:
        sound = (sound / np.sqrt(np.mean(np.square(sound, dtype=np.float64)) + 1e-20)).astype(np.float32)
    return sound


NOISES: Mapping[str, Callable[[float, np.random.Generator], Samples]] = {
    "white": white,
    "pink": pink,
    "fan": fan,
    "typing": typing,
    "music": music,
    "household": household,
}
