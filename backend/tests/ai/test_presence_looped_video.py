"""Loops are found within two passes, from 10 s to a minute; real video played once and people who move never are."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.ai.detectors.looped_video import LoopedVideo
from app.ai.face_search import Recall
from app.ai.networks import Picture
from app.ai.pipeline import Pipeline
from tools.accuracy.footage import RATE, InventedPerson, clip_of, played
from tools.accuracy.presence import GAZE, LOOP_SLACK, Glimpse, first_seen

Signatures = list[tuple[float, bytes]]


@pytest.fixture(scope="module")
def clips() -> tuple[list[Picture], list[Picture]]:
    """The two gaze videos."""
    folder = Path(__file__).resolve().parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real videos (../shared/data) are not on this machine")
    first, second = (clip_of(folder / name) for name in GAZE)
    return first, second


def seen_at(shots: Signatures, recall: Recall | None = None) -> float | None:
    """When the detector first sees a loop in bare signatures."""
    recall = {} if recall is None else recall
    for at, signature in shots:
        for _ in LoopedVideo().look(Glimpse(at, signature), recall):  # type: ignore[arg-type]
            return at
    return None


def invented(seconds: float, fps: float, habit: str = "plain", seed: int = 1) -> Signatures:
    """A person made of the astronaut's portrait, who never repeats."""
    return list(InventedPerson(habit, np.random.default_rng(seed)).signatures(seconds, fps))


@pytest.mark.parametrize(("length", "fps", "quality"), [(10, 2, 50), (20, 1, 50), (20, 2, 90), (60, 1, 50)])
def test_a_loop_of_real_video_is_found_within_two_passes(
    pipeline: Pipeline, clips: tuple[list[Picture], list[Picture]], length: int, fps: float, quality: int
) -> None:
    first, second = clips
    long = [*first, *second, *first[::-2], *second[::-1], *first[::3], *second[::2], *first[::-1]]
    clip = {10: second[:240], 20: [*first, *second[:112]], 60: long[: 60 * RATE]}[length]
    shots = played(clip, 2 * length + LOOP_SLACK, fps, quality, np.random.default_rng(7))
    at = first_seen(pipeline, shots)
    assert at is not None
    assert at > length


@pytest.mark.parametrize("fps", [1, 2])
def test_real_videos_played_once_are_nobody_s_fault(
    pipeline: Pipeline, clips: tuple[list[Picture], list[Picture]], fps: float
) -> None:
    for clip in clips:
        assert first_seen(pipeline, played(clip, len(clip) / RATE - 0.1, fps, 80, np.random.default_rng(1))) is None


@pytest.mark.parametrize("length", [12, 40])
def test_a_loop_is_found_whatever_moments_its_pictures_fall_on(length: int) -> None:
    recorded = [signature for _, signature in invented(length, 10)]
    times = np.arange(0, 2 * length + LOOP_SLACK, 0.53)
    at = seen_at([(float(at), recorded[int(at * 10) % len(recorded)]) for at in times])
    assert at is not None
    assert at > length


@pytest.mark.parametrize("habit", ["plain", "metronome"])
def test_a_person_never_repeats(habit: str) -> None:
    assert seen_at(invented(300, 1, habit)) is None


def test_who_does_not_move_is_no_loop() -> None:
    rng = np.random.default_rng(4)
    scene = np.frombuffer(invented(1, 1)[0][1], np.uint8).astype(np.float32)
    still = [
        (at * 0.5, np.clip(scene + rng.normal(0, 0.5, scene.shape), 0, 255).astype(np.uint8).tobytes())
        for at in range(400)
    ]
    assert seen_at(still) is None


def test_memory_stays_below_8_kilobytes_and_survives_json() -> None:
    recall: Recall = {}
    shots = invented(160, 2)
    for one, _ in pairwise(shots):
        list(LoopedVideo().look(Glimpse(*one), recall))  # type: ignore[arg-type]
    assert len(json.dumps(recall)) <= 8192
    broken: Recall = {**json.loads(json.dumps(recall)), "track": "!"}
    assert seen_at([(shots[-1][0] + 1, shots[-1][1])], broken) is None
