"""Ten minutes in which little can be seen: nothing is noted, coverage falls, and the student hears it once."""

import numpy as np
import pytest

from app.ai.networks import Picture
from app.ai.pipeline import Pipeline
from app.domain.violations import NeutralState
from tools.accuracy.blind import Outcome, Spoil, blurred, bright, dark, flickering, sitting, spoiled

EVERY = 10.0
"""Seconds between frames: a slow line, so that ten minutes take seconds."""


def watched(pipeline: Pipeline, webcam: Picture, spoil: Spoil, *, seconds: float, every: float) -> Outcome:
    """Somebody who sways a little, each picture spoiled in this way."""
    pictures = [np.roll(webcam, 6 * step, axis=1) for step in (0, 1, 3, 2, -1)]
    return sitting(pipeline, spoiled(pictures, spoil, round(seconds / every)), fps=1 / every)


@pytest.mark.parametrize(
    ("spoil", "state"),
    [
        (dark(0.03), NeutralState.TOO_DARK),
        (dark(0.07), NeutralState.TOO_DARK),
        (blurred(6.0), NeutralState.BLURRED),
        (blurred(12.0), NeutralState.BLURRED),
        (bright(0.03), NeutralState.TOO_BRIGHT),
    ],
)
def test_ten_bad_minutes_cost_coverage_and_one_word(
    pipeline: Pipeline, webcam: Picture, spoil: Spoil, state: NeutralState
) -> None:
    seen = watched(pipeline, webcam, spoil, seconds=600, every=EVERY)
    assert seen.kinds == ()
    assert seen.coverage < 0.05
    assert seen.advice == (state,)


def test_troubles_in_turn_are_told_once_each(pipeline: Pipeline, webcam: Picture) -> None:
    seen = watched(pipeline, webcam, flickering((dark(0.03), blurred(12.0), bright(0.03))), seconds=200, every=2.0)
    assert seen.kinds == ()
    assert len(seen.advice) == len(set(seen.advice)) <= 3


@pytest.mark.parametrize("spoil", [bright(0.12), bright(0.2), dark(0.25)])
def test_people_in_glare_and_dim_light_are_not_frozen(pipeline: Pipeline, webcam: Picture, spoil: Spoil) -> None:
    assert watched(pipeline, webcam, spoil, seconds=40, every=1.0).kinds == ()
