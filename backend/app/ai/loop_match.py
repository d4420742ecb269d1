"""Has this stretch of video been sent before? How the picture moved, compared with how it moved one loop ago.

A person comes back to a pose, but never moves through twenty seconds in the same way twice. So poses prove nothing and
the way between them everything: stretches are compared after their mean has been taken away, each weighed alike,
whether somebody turned the head in it or only breathed. What moves in a rhythm (a fan, a rocking chair) is like itself
at many distances; a loop only at one.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.domain.films import NUMBERS, SLOT, UNSEEN

Track: TypeAlias = NDArray[np.float32]
"""Slots × NUMBERS: what the picture was like at equal distances in time; a row of NaN where it was not seen."""

SLOTS = 290
"""145 s: the longest loop and the stretch that is compared; at 16 bits a number 7.6 KB of text."""
ROWS, COLUMNS = 24, 32
STEP = 4.0
"""Grey levels of the whole projection per unit; a sensor's noise moves the numbers by less than one or two."""


@cache
def directions() -> Track:
    """NUMBERS fixed random ±1 patterns over a signature; distances between pictures survive the projection."""
    signs = np.random.default_rng(360).integers(0, 2, (ROWS * COLUMNS, NUMBERS))
    return (signs * 2 - 1).astype(np.float32)


def project(signature: bytes) -> list[float]:
    """A picture's numbers. Each row's mean is taken away: lamps flicker in rows and in the whole picture."""
    grey = np.frombuffer(signature, np.uint8).astype(np.float32).reshape(ROWS, COLUMNS)
    grey = grey - grey.mean(axis=1, keepdims=True)
    numbers = grey.ravel() @ directions() / STEP
    return [round(float(value), 1) for value in numbers]


def unpack(text: str) -> Track:
    """The kept track out of a detector's memory; what is not one is an empty one."""
    try:
        return track_of(b64decode(text))
    except ValueError:
        return np.empty((0, NUMBERS), np.float32)


def track_of(numbers: bytes) -> Track:
    """A track out of its bytes; what is left over at the end is nothing."""
    kept = np.frombuffer(numbers[: len(numbers) // 2 * 2], "<i2")
    kept = kept[: kept.size // NUMBERS * NUMBERS].reshape(-1, NUMBERS)
    track = kept.astype(np.float32)
    track[kept[:, 0] == UNSEEN] = np.nan
    return track


def pack(track: Track) -> str:
    """The newest SLOTS of a track as text."""
    numbers = np.clip(np.round(track[-SLOTS:]), -32767, 32767)
    return b64encode(np.where(np.isnan(numbers), UNSEEN, numbers).astype("<i2").tobytes()).decode()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How the newest stretch resembles the one `lag` seconds ago.

    `alike` −1..1: mean correlation of the movement in its parts; `elsewhere`: the best of that at other distances;
    `apart`: squared distance over squared movement, 0 for the same pictures; `parts`: how many parts had movement.
    """

    lag: float
    alike: float
    elsewhere: float
    apart: float
    parts: int


@dataclass(frozen=True, slots=True)
class Search:
    """What is compared, in slots. `moving`: a part's mean squared movement, in units per number, below which there is
    only noise in it; `neighbours`: lags so near each other are one finding; loops are looked for from `loop_lag` on,
    rhythms from `least_lag` on."""

    stretch: int = 40
    shortest_stretch: int = 20
    part: int = 5
    least_lag: int = 4
    most_lag: int = 242
    loop_lag: int = 19
    neighbours: int = 3
    moving: float = 6.0


SEARCH = Search()


def compare(track: Track, search: Search = SEARCH) -> Likeness | None:
    """The likeness at the lag of a possible loop where it is largest; None while too little has been seen or moved.

    Up to 20 s are compared, for short loops their own length: both passes of it have then been seen once.
    """
    longest = min(search.most_lag, len(track) - search.shortest_stretch)
    if longest <= search.loop_lag or np.isnan(track).all(axis=0).any():
        return None
    lags = np.arange(search.least_lag, longest + 1)
    alike, apart, parts = _scores(track, lags, search)
    best = int(np.argmax(np.where(lags >= search.loop_lag, alike, -1.0)))
    if parts[best] == 0:
        return None
    others = alike[~_same_loop(lags, int(lags[best]), search)]
    elsewhere = float(others.max()) if others.size else -1.0
    return Likeness(float(lags[best]) * SLOT, float(alike[best]), elsewhere, float(apart[best]), int(parts[best]))


def _same_loop(lags: NDArray[np.int64], lag: int, search: Search) -> NDArray[np.bool_]:
    """Which lags are the same finding: next to it, or twice, half … as far."""
    near, far = np.minimum(lags, lag), np.maximum(lags, lag)
    found: NDArray[np.bool_] = np.abs(far - np.round(far / near) * near) <= search.neighbours
    return found


def _scores(
    track: Track, lags: NDArray[np.int64], search: Search
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """For each lag: mean correlation of the moving parts, distance over movement, number of moving parts."""
    values = np.nan_to_num(track - np.nanmean(track, axis=0)).astype(np.float64)
    blind = np.isnan(track).any(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(values, search.part, axis=0).transpose(0, 2, 1)
    sums, squares = windows.sum(axis=1), (windows**2).sum(axis=(1, 2))
    unseen = np.lib.stride_tricks.sliding_window_view(blind, search.part, axis=0).any(axis=1)
    flat = windows.reshape(len(windows), -1)
    power = squares - (sums**2).sum(axis=1) / search.part
    # Parts count back from the newest picture; `now` and `then` are where each begins, in the track.
    starts = len(track) - search.part * np.arange(1, search.stretch // search.part + 1)
    starts = starts[starts >= 0]
    now, then = starts[:, None], starts[:, None] - lags[None, :]
    length = np.minimum(np.minimum(search.stretch, np.maximum(lags, search.shortest_stretch)), len(track) - lags)
    wanted = np.arange(len(starts))[:, None] < (length // search.part)[None, :]
    then = np.maximum(then, 0)
    judged: NDArray[np.bool_] = np.logical_not(unseen)
    seen = wanted & judged[now] & judged[then]
    products = np.take_along_axis(flat[starts] @ flat.T, then, axis=1)
    centred = products - (sums[now] * sums[then]).sum(axis=2) / search.part
    alike = centred / np.sqrt(power[now] * power[then] + 1e-3)
    moving = seen & (np.maximum(power[now], power[then]) >= search.moving * search.part * NUMBERS)
    count = moving.sum(axis=0)
    enough = (3 * seen.sum(axis=0) >= 2 * wanted.sum(axis=0)) & (2 * count >= seen.sum(axis=0))
    mean = np.where(enough, (alike * moving).sum(axis=0) / np.maximum(count, 1), -1.0)
    distance = ((squares[now] + squares[then] - 2 * products) * seen).sum(axis=0)
    spread = _spread(sums, squares, now, seen, search) + _spread(sums, squares, then, seen, search)
    return mean, np.where(enough, distance / np.maximum(spread, 1e-3), np.inf), np.where(enough, count, 0)


def _spread(
    sums: NDArray[np.float64],
    squares: NDArray[np.float64],
    where: NDArray[np.int64],
    seen: NDArray[np.bool_],
    search: Search,
) -> NDArray[np.float64]:
    """For each lag: squared distance of a stretch's pictures from their mean."""
    pictures = np.maximum(seen.sum(axis=0) * search.part, 1)
    total = (sums[where] * seen[:, :, None]).sum(axis=0)
    spread: NDArray[np.float64] = (squares[where] * seen).sum(axis=0) - (total**2).sum(axis=1) / pictures
    return spread
