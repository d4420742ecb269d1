"""Mouth and voice: what is noted when they do not go together, and that nothing is where nobody listens."""

from collections.abc import Callable

import numpy as np
import pytest

from app.ai.face_search import FaceSearch
from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.incidents import Heard
from app.domain.violations import Observation, ViolationKind
from app.services.hearing import Ear, Hear
from tools.accuracy.mouths import KINDS, OTHERS, opened

Sit = Callable[..., set[ViolationKind]]


@pytest.fixture
def sit(pipeline: Pipeline, webcam: Picture) -> Sit:
    """Sixteen frames at 1.5 a second, with so much speech; returns what was observed in the last one."""
    mesh = FaceSearch().look_thoroughly(webcam)[0].mesh

    def sit(speech: float | None, *, talks: bool) -> set[ViolationKind]:
        rng, seen = np.random.default_rng(3), set[ViolationKind]()
        memory: Memory = {}
        for number in range(16):
            pixels = opened(webcam, mesh, float(rng.uniform(0, 0.4))) if talks else webcam
            noisy = np.clip(pixels + rng.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8)
            request = FrameRequest(encode(noisy, 70), number / 1.5, memory, disabled=OTHERS, speech=speech)
            report = pipeline.look(request)
            memory, seen = report.memory, {one.kind for one in report.observations}
        return seen

    return sit


def test_mouth_and_voice_are_noted_when_they_do_not_go_together(sit: Sit) -> None:
    elsewhere, silent = KINDS
    assert sit(0.8, talks=False) == {elsewhere}
    assert sit(0.0, talks=True) == {silent}


def test_who_speaks_or_is_silent_is_left_alone_and_so_is_everybody_where_nobody_listens(sit: Sit) -> None:
    assert sit(0.8, talks=True) == set()
    assert sit(0.0, talks=False) == set()
    assert sit(None, talks=True) == set()
    assert sit(None, talks=False) == set()


def test_the_share_of_speech_is_that_of_the_last_seconds_and_unknown_where_most_was_not_heard() -> None:
    ear, said = Ear(), Observation(ViolationKind.AUDIO_DETECTED, 0.9)
    assert ear.speech(5.0) is None
    for end in range(1, 11):
        ear.note(Hear((Heard(end - 1, end - 0.5, said),) if end > 5 else (), float(end)), 1.0)
    assert ear.speech(10.0) == pytest.approx(2.5 / 9, abs=0.08)
    assert ear.speech(30.0) is None
