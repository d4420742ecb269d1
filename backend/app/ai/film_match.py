"""Is a stretch of this film one of an earlier sitting? The movement of two whole sittings, compared.

As in loop_match.py, poses prove nothing and the way between them everything; and the pictures must be the same as well,
which tells a film from the same person who sits before the same wall once more. Two hours of film have 200 million
pairs of stretches: where the mean pictures differ by more than all movement explains, nothing else is computed.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.ai.loop_match import SEARCH, Track
from app.domain.films import FILM, NUMBERS, SLOT, FilmSearch, SameFilm

Numbers: TypeAlias = NDArray[np.float32]
AT_ONCE, THERE_AT_ONCE = 128, 4096
"""Stretches here and there that are compared in one multiplication: bounds the memory."""


@dataclass(frozen=True, slots=True)
class Alike:
    """One stretch: where it begins here, and how much later there."""

    start: int
    lag: int
    alike: float
    elsewhere: float
    apart: float


class Film:
    """A track made ready: every stretch of it, with mean, spread and sum of squares."""

    def __init__(self, track: Track, middle: Numbers, search: FilmSearch) -> None:
        values = bridged(track, search.gap)
        blind: NDArray[np.bool_] = np.isnan(values[:, 0])
        self.values = np.nan_to_num(values - middle).astype(np.float32)
        self.count = max(0, len(track) - search.stretch + 1)
        length = search.stretch
        if not self.count:
            return
        self.seen = _sums(blind[:, None].astype(np.float64), length)[:, 0] < 0.5
        sums = _sums(self.values.astype(np.float64), length)
        self.squares = _sums((self.values.astype(np.float64) ** 2).sum(axis=1, keepdims=True), length)[:, 0]
        self.means = sums / length
        self.spread = np.maximum(self.squares / length - (self.means**2).sum(axis=1), 0.0)

    @cached_property
    def parts(self) -> Numbers:
        """The movement in the part that begins at each slot: its pictures without their mean, laid flat."""
        windows = np.lib.stride_tricks.sliding_window_view(self.values, SEARCH.part, axis=0).transpose(0, 2, 1)
        return np.asarray((windows - windows.mean(axis=1, keepdims=True)).reshape(len(windows), -1), np.float32)

    def stretches(self, starts: NDArray[np.int64], length: int) -> Numbers:
        """Stretches laid flat."""
        return np.asarray(self.values[starts[:, None] + np.arange(length)].reshape(len(starts), -1), np.float32)


def bridged(track: Track, longest: int) -> Track:
    """Gaps of what was seen filled in a straight line, where they are short."""
    found = track.copy()
    seen = np.flatnonzero(~np.isnan(track[:, 0]))
    for before in np.flatnonzero((np.diff(seen) > 1) & (np.diff(seen) <= longest + 1)):
        first, last = int(seen[before]), int(seen[before + 1])
        share = (np.arange(first + 1, last) - first)[:, None] / (last - first)
        found[first + 1 : last] = track[first] + (track[last] - track[first]) * share
    return found


def same_film(now: Track, then: Track, search: FilmSearch = FILM) -> SameFilm | None:
    """The longest piece of film that both have at one distance in time; None where there is none."""
    return _longest(alike_stretches(now, then, search), search)


def long_loop(track: Track, search: FilmSearch = FILM) -> SameFilm | None:
    """The longest piece of film that was sent before in the same sitting, longer ago than looped_video.py looks."""
    return _longest(alike_stretches(track, track, search, ago=SEARCH.most_lag + 1), search)


def alike_stretches(now: Track, then: Track, search: FilmSearch = FILM, *, ago: int | None = None) -> list[Alike]:
    """Every stretch of `now` that `then` has as well; `ago`: they are one sitting, and it was so many slots before."""
    if np.isnan(now).all() or min(len(now), len(then)) < search.stretch:
        return []
    middle = np.nanmean(now, axis=0).astype(np.float32)
    here, there = Film(now, middle, search), Film(then, middle, search)
    starts = np.arange(0, here.count, search.hop)
    starts = starts[here.seen[starts]]
    found: list[Alike] = []
    for some in np.array_split(starts, max(1, -(-len(starts) // AT_ONCE))):
        apart = _apart(here, there, some, search)
        if ago is not None:
            apart[np.arange(there.count)[None, :] > some[:, None] - ago] = np.inf
        for row in np.flatnonzero((apart <= search.apart).any(axis=1)):
            found += _look_closer(here, there, int(some[row]), apart[row], search, within=ago is not None)
    return found


def _longest(found: list[Alike], search: FilmSearch) -> SameFilm | None:
    groups: list[list[Alike]] = []
    for one in sorted(found, key=lambda one: (one.lag, one.start)):
        if groups and one.lag - groups[-1][-1].lag <= 1:
            groups[-1].append(one)
        else:
            groups.append([one])
    best = max(groups, key=lambda group: _covered(group, search), default=[])
    if not best or _covered(best, search) < search.least:
        return None
    begin, end = min(one.start for one in best), max(one.start for one in best) + search.stretch
    mean = np.array([(one.lag * SLOT, one.alike, one.elsewhere, one.apart) for one in best]).mean(axis=0)
    lag, alike, elsewhere, apart = (float(value) for value in mean)
    seconds = _covered(best, search) * SLOT
    return SameFilm(begin * SLOT, end * SLOT, begin * SLOT + lag, seconds, alike, elsewhere, apart)


def _apart(here: Film, there: Film, starts: NDArray[np.int64], search: FilmSearch) -> NDArray[np.float64]:
    """For each stretch here and each there: squared distance over squared movement, where it can be small enough."""
    apart = np.full((len(starts), there.count), np.inf)
    means, length = here.means[starts], search.stretch
    for begin in range(0, there.count, THERE_AT_ONCE):
        places = np.arange(begin, min(begin + THERE_AT_ONCE, there.count))
        both = here.spread[starts][:, None] + there.spread[places][None, :]
        between = (means**2).sum(axis=1)[:, None] + (there.means[places] ** 2).sum(axis=1)[None, :]
        between = between - 2 * means @ there.means[places].T
        # The distance of the means alone is less than that of the pictures.
        possible = (between <= search.apart * both) & there.seen[places][None, :]
        rows, columns = np.flatnonzero(possible.any(axis=1)), np.flatnonzero(possible.any(axis=0))
        if rows.size:
            where = np.ix_(rows, columns)
            products = here.stretches(starts[rows], length) @ there.stretches(places[columns], length).T
            squares = here.squares[starts[rows]][:, None] + there.squares[places[columns]][None, :]
            distance = np.maximum(squares - 2.0 * products, 0.0) / length / np.maximum(both[where], 1e-3)
            apart[np.ix_(rows, places[columns])] = np.where(possible[where], distance, np.inf)
    return apart


def _look_closer(
    here: Film, there: Film, start: int, apart: NDArray[np.float64], search: FilmSearch, *, within: bool
) -> list[Alike]:
    """Where the movement of one stretch is as well; nowhere if it is like that at many distances, as a rhythm is.

    Places a whole stretch from each other are no rhythm: a film may have been sent more than once.
    """
    alike = _movement(here, there, start, search)
    possible = np.where((apart <= search.apart) & (alike >= search.alike), alike, -1.0)
    places: list[int] = []
    others = np.ones(there.count, np.bool_)
    if within:
        others[max(0, start - SEARCH.least_lag + 1) :] = False
    while possible.max() >= search.alike:
        place = int(np.argmax(possible))
        places.append(place)
        others[max(0, place - search.neighbours) : place + search.neighbours + 1] = False
        possible[max(0, place - search.stretch) : place + search.stretch + 1] = -1.0
    elsewhere = float(alike[others].max(initial=-1.0))
    return [
        Alike(start, place - start, float(alike[place]), elsewhere, float(apart[place]))
        for place in places
        if elsewhere <= min(search.elsewhere, alike[place] - search.clearer)
    ]


def _movement(here: Film, there: Film, start: int, search: FilmSearch) -> NDArray[np.float64]:
    """How alike the movement of a stretch and that at every place there are, part by part; −1 without movement."""
    offsets = np.arange(0, search.stretch, SEARCH.part)
    mine, theirs = here.parts[start + offsets], there.parts
    power, powers = (mine**2).sum(axis=1), (theirs**2).sum(axis=1)
    where = np.arange(there.count)[:, None] + offsets[None, :]
    alike = (theirs @ mine.T)[where, np.arange(len(offsets))] / np.sqrt(powers[where] * power[None, :] + 1e-3)
    moving = np.maximum(powers[where], power[None, :]) >= SEARCH.moving * SEARCH.part * NUMBERS
    moved = moving.sum(axis=1)
    enough = (moved >= search.parts) & there.seen
    return np.where(enough, (alike * moving).sum(axis=1) / np.maximum(moved, 1), -1.0)


def _covered(group: list[Alike], search: FilmSearch) -> int:
    """Slots that lie in any of the stretches."""
    return len({slot for one in group for slot in range(one.start, one.start + search.stretch)})


def _sums(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Of each stretch of `length` rows."""
    total = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    return total[length:] - total[:-length]
