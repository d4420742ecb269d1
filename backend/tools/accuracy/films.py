"""How sure it is that a film of an earlier sitting is recognised, and nobody else. `python -m tools.accuracy.films`."""

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.ai.detectors.looped_video import LoopedVideo, grown
from app.ai.film_match import long_loop, same_film
from app.ai.frame import Frame
from app.ai.loop_match import Track, project, track_of
from app.ai.networks import Picture
from app.ai.picture import decode, encode
from app.ai.types import FrameRequest
from app.domain.films import NUMBERS, SLOT, FilmSearch, FilmStretch, joined, not_kept, slot_of
from app.services.film_lane import DUE
from tools.accuracy.footage import RATE, InventedPerson, Shot, clip_of
from tools.accuracy.hours import LongSitting, Person, people
from tools.accuracy.presence import GAZE, SHARED, Glimpse
from tools.accuracy.sittings import variations

TALK = "faces/short_hamilton_clip.mp4"
HABITS = ("plain", "metronome", "rocker")
LOOSE = FilmSearch(alike=0.4, clearer=0.15, elsewhere=0.6)
"""About two thirds of the limits in use and half of the distance to the second best: how near are false matches?"""


@dataclass(frozen=True, slots=True)
class Replay:
    """How a film is sent once more: frames a second, JPEG quality, size, and from which second of it on."""

    fps: float
    quality: int
    size: float
    begins: float


def seen(jpeg: bytes) -> bytes:
    """Frame.signature, as the worker computes it."""
    frame = Frame(decode(jpeg), FrameRequest(jpeg, 0.0), None, {})  # type: ignore[arg-type]
    return frame.signature


def track_by_detector(shots: Iterable[tuple[float, bytes]]) -> Track:
    """Signatures → the track as the server keeps it: out of the loop detector's memory, in pieces."""
    recall: dict[str, float | int | str | list[float] | None] = {}
    pieces: list[FilmStretch] = []
    known = 0

    def keep() -> None:
        nonlocal known
        found = not_kept(str(recall.get("track", "")), float(recall["at"]), known=known)  # type: ignore[arg-type]
        if found is not None:
            pieces.append(found)
            known = found.ends

    for at, signature in shots:
        list(LoopedVideo().look(Glimpse(at, signature), recall))  # type: ignore[arg-type]
        if slot_of(at) - known >= DUE:
            keep()
    keep()
    return track_of(joined(pieces))


def track_of_film(shots: Iterable[tuple[float, bytes]]) -> Track:
    """The same in less time: nothing is looked for meanwhile."""
    track, last, last_at = np.empty((0, NUMBERS), np.float32), None, 0.0
    rows: list[Track] = []
    for at, signature in shots:
        fresh = np.array(project(signature), np.float32)
        if last is None:
            rows.append(np.full((slot_of(at) + 1, NUMBERS), np.nan, np.float32))
        else:
            rows.append(grown(track, last, last_at, fresh, at, longest_gap=LoopedVideo().longest_gap))
        last, last_at = fresh, at
    return np.asarray(np.round(np.vstack(rows)), np.float32) if rows else track


def long_film(clips: Sequence[Sequence[Picture]]) -> list[Picture]:
    """Two minutes out of half a minute: clips forwards, backwards and faster, no two passes alike."""
    one, two, talk = (list(clip) for clip in clips)
    return [
        *two, *talk, *one, *two[::-1], *talk[::-2], *one[::-2], *two[::3], *one[::-1], *two[::-2], *talk[::-1],
        *one[::3], *two[::2], *talk[::2], *one[::2],
    ]  # fmt: skip


def sent(film: Sequence[Picture], seconds: float, how: Replay, rng: np.random.Generator) -> Iterator[Shot]:
    """The film as a browser sends it, from the beginning of a sitting on."""
    at = float(rng.uniform(0, 1 / how.fps))
    while at < seconds and (how.begins + at) * RATE < len(film):
        picture = film[int((how.begins + at) * RATE)]
        if how.size != 1.0:
            small = cv2.resize(picture, None, fx=how.size, fy=how.size, interpolation=cv2.INTER_AREA)
            picture = np.asarray(small, np.uint8)
        yield Shot(at, encode(picture, how.quality))
        at += (1 + rng.normal(0, 0.05)) / how.fps


def track_sent(film: Sequence[Picture], seconds: float, how: Replay, rng: np.random.Generator) -> Track:
    """What the server keeps of it."""
    return track_of_film((shot.at, seen(shot.jpeg)) for shot in sent(film, seconds, how, rng))


def replays_found(clips: Sequence[Sequence[Picture]], rates: Sequence[float]) -> Iterator[tuple[str, int, int]]:
    """Films sent again from elsewhere in them, by frames a second: how many were found, of how many."""
    film, rng = long_film(clips), np.random.default_rng(11)
    originals = [track_sent(film, 600, Replay(fps, 80, 1.0, 0.0), rng) for fps in (1.0, 2.0)]
    for rate in rates:
        found = total = 0
        for quality, size, begins in itertools.product((50, 70, 90), (1.0, 0.6), (12.3, 41.9)):
            again = track_sent(film, 600, Replay(rate, quality, size, begins), rng)
            for original in originals:
                same = same_film(again, original)
                # Where it is found, it is found at the right place.
                right = same is not None and abs(same.then - same.begins - begins) <= 2 * SLOT
                found, total = found + right, total + 1
        yield f"film sent again at {rate} fps", found, total


def altered_found(clips: Sequence[Sequence[Picture]]) -> Iterator[tuple[str, int, int]]:
    """The film sent again by somebody who has changed its pictures, or its speed; from four places on."""
    film, rng = long_film(clips), np.random.default_rng(13)
    original = track_sent(film, 600, Replay(2.0, 80, 1.0, 0.0), rng)
    ways = [Replay(2.0, 70, 1.0, begins) for begins in (12.3, 20.0, 28.9, 41.9)]
    for name, change in ALTERED.items():
        found = 0
        for how in ways:
            shots = sent(film, 75, how, rng)
            again = track_of_film((one.at, seen(encode(change(decode(one.jpeg).pixels), 70))) for one in shots)
            found += same_film(again, original) is not None
        yield name, found, len(ways)
    for speed in (1.01, 1.03, 1.1):
        faster = [film[int(place * speed)] for place in range(int(len(film) / speed))]
        yield (
            f"speed × {speed}",
            sum(same_film(track_sent(faster, 75, how, rng), original) is not None for how in ways),
            len(ways),
        )


def without_edges(pixels: Picture, share: float) -> Picture:
    """The picture without so much of it on each side, in the same size."""
    height, width = pixels.shape[:2]
    top, left = int(height * share), int(width * share)
    inner = pixels[top : height - top, left : width - left]
    return np.asarray(cv2.resize(inner, (width, height)), np.uint8)


ALTERED: dict[str, Callable[[Picture], Picture]] = {
    "25 grey levels brighter": lambda pixels: np.clip(pixels.astype(np.int16) + 25, 0, 255).astype(np.uint8),
    "contrast × 1.2": lambda pixels: np.clip(pixels * 1.2, 0, 255).astype(np.uint8),
    "contrast × 0.7": lambda pixels: (pixels * 0.7).astype(np.uint8),
    "gamma 0.7": lambda pixels: (255 * (pixels / 255) ** 0.7).astype(np.uint8),
    "blurred": lambda pixels: np.asarray(cv2.GaussianBlur(pixels, (0, 0), 2), np.uint8),
    "2 % cut off each side": lambda pixels: without_edges(pixels, 0.02),
    "4 % cut off each side": lambda pixels: without_edges(pixels, 0.04),
    "mirrored": lambda pixels: np.ascontiguousarray(pixels[:, ::-1]),
}


def different_videos(clips: Sequence[Sequence[Picture]]) -> Iterator[tuple[str, int, int]]:
    """One man in two videos, each played forwards, backwards and faster until it lasts; a third of another man."""
    rng = np.random.default_rng(12)
    films = [[*clip, *clip[::-1], *clip[::2], *clip[::-3], *clip[::3], *clip[::-2]] * 3 for clip in map(list, clips)]
    tracks = [track_sent(film, 600, Replay(2.0, 80, 1.0, 0.0), rng) for film in films]
    pairs = list(itertools.permutations(range(len(tracks)), 2))
    yield "different videos", sum(same_film(tracks[a], tracks[b]) is not None for a, b in pairs), len(pairs)


Pairs = Sequence[tuple[Track, Track]]


def among(tracks: Sequence[Track]) -> Pairs:
    """Every pair of sittings, and the halves of each."""
    halves = [(track[len(track) // 2 :], track[: len(track) // 2]) for track in tracks]
    return [*itertools.combinations(tracks, 2), *halves]


def judged(name: str, pairs: Pairs) -> str:
    """What of films that are different is taken for the same one."""
    false = sum(same_film(now, then) is not None for now, then in pairs)
    nearly = sum(same_film(now, then, LOOSE) is not None for now, then in pairs)
    hours = sum(len(now) for now, _ in pairs) * SLOT / 3600
    return f"{name}: {false} false matches in {len(pairs)} pairs, {hours:.0f} h compared; {nearly} with loose limits"


def looped(name: str, tracks: Sequence[Track]) -> str:
    """Who is taken to send a film twice within one sitting."""
    false = sum(long_loop(track) is not None for track in tracks)
    return f"{name}: {false} false loops in {sum(map(len, tracks)) * SLOT / 3600:.1f} h"


def invented_tracks(habit: str, hours: float, each: float = 1 / 3) -> list[Track]:
    """`each` hours long: sittings of the invented person, who differs from seed to seed; 1 and 2 fps."""
    found = []
    for number in range(round(hours / each)):
        rng = np.random.default_rng([21, HABITS.index(habit), number])
        found.append(track_of_film(InventedPerson(habit, rng).signatures(each * 3600, 1.0 + number % 2)))
    return found


def person_tracks(person: Person, hours: float, each: float = 1 / 3) -> list[Track]:
    """Sittings of one person, each with movement, light and camera of its own."""
    found, ways = [], variations()
    for number in range(round(hours / each)):
        sitting = LongSitting("quiet", ways[number % len(ways)], person, each * 3600)
        shots = sitting.encoded(np.random.default_rng([22, number]))
        found.append(track_of_film((at, seen(jpeg)) for at, jpeg in shots))
    return found


def cost(tracks: Sequence[Track], hours: float) -> float:
    """Seconds of CPU for two sittings of that length."""
    rows = round(hours * 3600 / SLOT)
    one, other = (np.vstack([*some, *some])[:rows] for some in (tracks[::2], tracks[1::2]))
    begin = time.process_time()
    same_film(one, other)
    return time.process_time() - begin


def main(arguments: Sequence[str] | None = None) -> int:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--hours", type=float, default=2.0, help="of each invented habit, and of each person")
    wanted = parser.parse_args(arguments)
    if wanted.data.is_dir():
        clips = [clip_of(wanted.data / name) for name in (*GAZE, TALK)]
        tables = (replays_found(clips, (0.5, 1.0, 2.0)), altered_found(clips), different_videos(clips))
        for name, found, total in itertools.chain(*tables):
            say(f"{name}: {found}/{total}")
    for habit in HABITS:
        tracks = invented_tracks(habit, wanted.hours)
        say(judged(f"{habit}, {wanted.hours} h", among(tracks)))
        say(looped(habit, tracks))
        say(f"{habit}: {cost(tracks, 1.0):.2f} s for 1 h × 1 h")
    everybody: list[Track] = []
    for person in people() if wanted.data.is_dir() else ():
        tracks = person_tracks(person, wanted.hours)
        say(judged(f"{person.name}, {wanted.hours} h", among(tracks)))
        say(looped(person.name, tracks))
        everybody += tracks
    if everybody:
        say(judged("everybody with everybody", list(itertools.combinations(everybody, 2))))
    return 0


def say(line: str) -> None:
    """At once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
