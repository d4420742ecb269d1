"""A film of an earlier sitting is known again wherever it begins; the same person in the same room is not."""

import itertools
from functools import cache

import numpy as np
import pytest

from app.ai.film_match import long_loop, same_film
from app.ai.loop_match import Track
from app.domain.films import FILM, NUMBERS, SLOT
from tests.films import MovingFace
from tools.accuracy.films import Replay, long_film, seen, track_by_detector, track_of_film, track_sent
from tools.accuracy.footage import InventedPerson, clip_of
from tools.accuracy.presence import GAZE, SHARED


def wandering(seconds: float, seed: int, *, size: float = 12.0) -> Track:
    """Numbers that go here and there as those of a person's picture do, with a sensor's noise."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((int(seconds / SLOT), NUMBERS))
    ways = rng.normal(0, size, (3, NUMBERS))
    sway = np.zeros(3)
    for row in rows:
        sway = 0.85 * sway + rng.normal(0, 0.5, 3)
        row[:] = sway @ ways + rng.normal(0, 0.7, NUMBERS)
    return np.round(rows + 100.0).astype(np.float32)


def sent_again(track: Track, begins: float, seconds: float, seed: int = 9) -> Track:
    """A piece of a film, once more through a codec."""
    rows = track[int(begins / SLOT) : int((begins + seconds) / SLOT)]
    return np.round(rows + np.random.default_rng(seed).normal(0, 0.7, rows.shape)).astype(np.float32)


@pytest.mark.parametrize("before", [0.0, 95.0, 600.0])
def test_a_piece_of_film_is_found_where_it_was(before: float) -> None:
    then = wandering(900, 1)
    now = np.vstack([wandering(before, 2), sent_again(then, 400, 120), wandering(60, 3)])
    same = same_film(now, then)
    assert same is not None
    assert same.then - same.begins == pytest.approx(400 - before, abs=1)
    assert same.begins == pytest.approx(before, abs=12)
    assert same.ends == pytest.approx(before + 120, abs=12)
    assert 100 <= same.seconds <= 140
    assert same.alike > 0.8 > 0.4 > same.elsewhere


def test_a_line_that_stumbles_does_not_hide_it_and_what_was_not_seen_is_not_alike() -> None:
    then = wandering(300, 1)
    now = sent_again(then, 50, 200)
    now[40:46] = now[151:158] = np.nan
    assert same_film(now, then) is not None
    now[::30] = np.nan
    now[1::30] = np.nan
    assert same_film(now, then) is not None
    now[:, 0][np.arange(len(now)) % 120 < 14] = np.nan
    assert same_film(now, then) is None


def test_half_a_minute_of_film_is_left_aside() -> None:
    then = wandering(300, 1)
    assert same_film(np.vstack([wandering(60, 2), sent_again(then, 100, 40), wandering(60, 3)]), then) is None
    for short in (then[:0], then[: FILM.stretch - 1], np.full((400, NUMBERS), np.nan, np.float32)):
        assert same_film(short, then) is None
        assert same_film(then, short) is None


def test_who_does_not_move_or_moves_in_a_rhythm_is_no_film() -> None:
    still = [wandering(600, seed, size=0.0) for seed in (1, 2)]
    assert same_film(still[0], still[1]) is None
    times = np.arange(1200)[:, None] * SLOT
    ways = np.random.default_rng(1).normal(0, 12, (1, NUMBERS))
    rocking = [
        (np.sin(times / pace) @ ways + np.random.default_rng(seed).normal(0, 1, (1200, NUMBERS))).astype(np.float32)
        for seed, pace in ((1, 0.7), (2, 0.7))
    ]
    assert same_film(rocking[0], rocking[1]) is None


def test_other_movement_before_the_same_wall_is_no_film() -> None:
    sittings = [wandering(1200, seed) for seed in range(3)]
    assert [same_film(now, then) for now, then in itertools.permutations(sittings, 2)] == [None] * 6


@cache
def tracks_of(seed: int, begins: float, fps: float, quality: int, size: float) -> Track:
    """A moving face, by way of JPEG, signature, detector and pieces."""
    face = MovingFace(seed, 110)
    shots = face.sent(begins=begins, seconds=110 - begins, fps=fps, quality=quality, size=size)
    return track_by_detector((at, seen(jpeg)) for at, jpeg in shots)


@pytest.mark.parametrize(("fps", "quality", "size"), [(2.0, 50, 1.0), (1.0, 90, 0.6)])
def test_a_real_face_is_known_again_at_other_rates_sizes_and_qualities(fps: float, quality: int, size: float) -> None:
    first = tracks_of(1, 0.0, 2.0, 80, 1.0)
    same = same_film(tracks_of(1, 31.3, fps, quality, size), first)
    assert same is not None
    assert same.then - same.begins == pytest.approx(31.3, abs=1)
    assert same_film(tracks_of(2, 0.0, 2.0, 80, 1.0), first) is None


def test_pieces_say_what_the_whole_would() -> None:
    shots = list(InventedPerson("plain", np.random.default_rng(1)).signatures(320, 1))
    assert np.array_equal(track_by_detector(shots), track_of_film(shots), equal_nan=True)


def test_a_film_of_real_people_is_known_again_and_another_of_the_same_man_is_not() -> None:
    if not SHARED.is_dir():
        pytest.skip("the real videos (../shared/data) are not on this machine")
    clips = [clip_of(SHARED / name) for name in GAZE]
    film, rng = long_film([*clips, []]), np.random.default_rng(2)
    first = track_sent(film, 90, Replay(2.0, 80, 1.0, 0.0), rng)
    same = same_film(track_sent(film, 72, Replay(1.0, 50, 0.6, 15.4), rng), first)
    assert same is not None
    assert same.then - same.begins == pytest.approx(15.4, abs=1)
    one, other = ([*clip, *clip[::-1], *clip[::2], *clip[::-3], *clip, *clip[::-2], *clip] for clip in clips)
    tracks = [track_sent(film, 75, Replay(1.0, 80, 1.0, 0.0), rng) for film in (one, other)]
    assert same_film(tracks[0], tracks[1]) is None


def test_a_film_that_was_sent_more_than_once_is_found_in_both_sittings() -> None:
    film = wandering(300, 1)
    looped = np.vstack([sent_again(film, 0, 300, seed) for seed in range(3)])
    again = sent_again(film, 30, 240)
    for now, then in ((again, looped), (looped, again)):
        same = same_film(now, then)
        assert same is not None
        assert same.seconds >= 235
    loop = long_loop(looped)
    assert loop is not None
    assert loop.begins - loop.then == 300
    assert loop.begins == pytest.approx(300, abs=12)
    assert loop.seconds >= 590
    assert long_loop(wandering(1200, 2)) is None
    assert long_loop(looped[: 2 * 300]) is None
