"""The movement of a sitting's camera picture: ten numbers for every half second, kept in pieces. Pure.

Neither a picture nor a face can be made of them; that two sittings sent the same film can be seen.
"""

import struct
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass

SLOT = 0.5
"""Seconds from one row of numbers to the next."""
NUMBERS = 10
UNSEEN = -32768
SLOT_BYTES = 2 * NUMBERS
BLIND = struct.pack(f"<{NUMBERS}h", *[UNSEEN] * NUMBERS)
"""A slot in which nothing was seen."""
MOST_SLOTS = 6 * 3600 * 2
"""Six hours: what comes after that in a sitting is not compared."""


@dataclass(frozen=True, slots=True)
class FilmStretch:
    """Rows of numbers from slot `begins` of a sitting on."""

    begins: int
    numbers: bytes

    @property
    def ends(self) -> int:
        """The slot after the last."""
        return self.begins + len(self.numbers) // SLOT_BYTES


@dataclass(frozen=True, slots=True)
class SameFilm:
    """`seconds` of a sitting, between `begins` and `ends`, show what an earlier one showed, there from `then` on.

    Seconds of each sitting's own time. `alike` −1..1: correlation of the movement; `elsewhere`: the best of that at
    other distances in time; `apart`: squared distance of the pictures over squared movement; means of what is alike.
    """

    begins: float
    ends: float
    then: float
    seconds: float
    alike: float
    elsewhere: float
    apart: float


@dataclass(frozen=True, slots=True)
class FilmSearch:
    """What is compared, in slots, and what makes it the same film (ai/film_match.py).

    `stretch` is compared every `hop`; gaps of what was seen up to `gap` are bridged. `alike`, `elsewhere`, `clearer`,
    `apart` as in LoopedVideo; of a stretch's parts at least `parts` must have movement, and `least` must be alike at
    one distance in time.
    """

    stretch: int = 120
    hop: int = 10
    gap: int = 9
    alike: float = 0.55
    clearer: float = 0.3
    elsewhere: float = 0.5
    apart: float = 0.25
    parts: int = 12
    least: int = 130
    neighbours: int = 3


FILM = FilmSearch()


def slot_of(at: float) -> int:
    """The slot of a moment."""
    return int(at / SLOT)


def not_kept(track: str, at: float, *, known: int) -> FilmStretch | None:
    """What the loop's detector remembers up to `at` of the slots from `known` on; None where that is nothing."""
    try:
        numbers = b64decode(track)
    except ValueError:
        return None
    rows, end = len(numbers) // SLOT_BYTES, slot_of(at) + 1
    begins = max(end - rows, known, 0)
    fresh = numbers[(rows - (end - begins)) * SLOT_BYTES : rows * SLOT_BYTES] if begins < end else b""
    return FilmStretch(begins, fresh) if fresh else None


def joined(stretches: Iterable[FilmStretch]) -> bytes:
    """The whole track from slot 0 on; what is missing was not seen."""
    track = bytearray()
    for one in sorted(stretches, key=lambda one: one.begins):
        begin = one.begins * SLOT_BYTES
        if one.begins >= MOST_SLOTS:
            break
        track += BLIND * (one.begins - len(track) // SLOT_BYTES)
        track[begin:] = one.numbers
    return bytes(track[: MOST_SLOTS * SLOT_BYTES])
