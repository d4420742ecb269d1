"""A still picture is noticed within 15 s, noise and codec or not; one moved by hand later; a sign of life ends it."""

import numpy as np
import pytest

from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.violations import ViolationKind
from tools.accuracy.footage import Shot, portrait, still
from tools.accuracy.presence import OTHERS, first_seen

HAND = 4.0


@pytest.mark.parametrize(("sigma", "quality"), [(0.0, 80), (3.0, 50), (8.0, 80), (12.0, 50)])
def test_a_still_picture_is_flagged_within_15_seconds(pipeline: Pipeline, sigma: float, quality: int) -> None:
    shots = still(portrait(), 15.0, 1.0, np.random.default_rng(1), sigma=sigma, quality=quality, hand=0.0)
    assert first_seen(pipeline, shots, frozenset({ViolationKind.FROZEN_VIDEO})) is not None


def test_a_photograph_moved_by_hand_is_flagged_as_a_picture(pipeline: Pipeline) -> None:
    shots = list(still(portrait(), 45.0, 1.0, np.random.default_rng(0), sigma=3.0, quality=80, hand=HAND))
    at = first_seen(pipeline, shots, frozenset({ViolationKind.FACE_SPOOF}))
    assert at is not None
    assert at >= 30.0


def test_shut_eyes_once_are_a_sign_of_life(pipeline: Pipeline) -> None:
    """The same photograph, its eyes painted over with skin in one picture."""
    open_eyes = portrait()
    shut = open_eyes.copy()
    for x in (270, 320):
        shut[108:126, x : x + 40] = shut[140:158, x : x + 40]
    rng = np.random.default_rng(0)
    before = list(still(open_eyes, 20.0, 1.0, rng, sigma=2.0, quality=80, hand=HAND))
    blink = Shot(20.0, next(still(shut, 1.0, 1.0, rng, sigma=2.0, quality=80, hand=HAND)).jpeg)
    memory: Memory = {}
    since = []
    for shot in [*before, blink]:
        memory = pipeline.look(FrameRequest(shot.jpeg, shot.at, memory, OTHERS)).memory
        since.append(memory[str(ViolationKind.FACE_SPOOF)].get("since"))
    assert since[-2] != since[-1]
