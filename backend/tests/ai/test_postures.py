"""Covered faces, hands at ears and bent heads: what is noted, and what nobody may be accused of."""

from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest

from app.ai.face_search import FaceSearch
from app.ai.hands import Denied, denied_in, is_asked_about
from app.ai.landmarks import Mesh
from app.ai.media import Video
from app.ai.networks import Picture
from app.ai.picture import decode, encode
from app.ai.pipeline import Pipeline
from app.ai.schedule import SCHEDULE
from app.ai.types import FrameRequest, Memory
from app.domain.incidents import Incidents
from app.domain.violations import ViolationKind
from tools.accuracy.worn import CLOTHS, HAIR, HANDS, SKIN, Change, beard, bent, glasses, mask, scarf
from tools.bench import webcam_picture

KINDS = {ViolationKind.FACE_COVERED, ViolationKind.HAND_AT_EAR, ViolationKind.LOOKING_DOWN}
OTHERS = frozenset(ViolationKind) - KINDS
Sit = Callable[..., set[ViolationKind]]


@pytest.fixture(scope="module")
def mesh(webcam: Picture) -> Mesh:
    """The points of the portrait."""
    return FaceSearch().look_thoroughly(webcam)[0].mesh


@pytest.fixture
def sit(pipeline: Pipeline, webcam: Picture, mesh: Mesh) -> Sit:
    """Sit for twelve seconds, then with something for `seconds`, a frame a second; returns what was noted."""

    def sit(event: Change | None, *, seconds: int = 12, worn: Change | None = None) -> set[ViolationKind]:
        memory: Memory = {}
        incidents, noted = Incidents(), set()
        calm = worn(webcam, mesh) if worn else webcam
        then = event(calm, mesh) if event else calm
        for at in range(12 + seconds):
            noise = np.random.default_rng(at).normal(0, 2, webcam.shape)
            pixels = np.clip((calm if at < 12 else then) + noise, 0, 255).astype(np.uint8)
            report = pipeline.look(FrameRequest(encode(pixels, 70), float(at), memory, disabled=OTHERS))
            memory = report.memory
            noted |= {change.kind for change in incidents.see(report.observations, at) if change.action == "opened"}
        return noted

    return sit


@pytest.mark.parametrize("colour", [CLOTHS[0], CLOTHS[2]])
def test_a_mask_put_on_during_the_exam_covers_the_face(sit: Sit, colour: tuple[int, int, int]) -> None:
    assert sit(mask(colour)) == {ViolationKind.FACE_COVERED}


@pytest.mark.parametrize(
    "worn", [scarf(CLOTHS[1]), scarf(CLOTHS[2], niqab=True), glasses(HAIR[0]), beard(HAIR[1]), mask(CLOTHS[0])]
)
def test_what_is_worn_all_the_time_covers_nothing(sit: Sit, worn: Change) -> None:
    assert sit(None, worn=worn) == set()


def test_a_mask_taken_off_and_a_scarf_or_glasses_put_on_are_nothing(sit: Sit, webcam: Picture) -> None:
    assert sit(scarf(CLOTHS[1])) == set()
    assert sit(glasses(HAIR[0])) == set()

    def off(calm: Picture, mesh: Mesh) -> Picture:
        del calm, mesh
        return webcam

    assert sit(off, worn=mask(CLOTHS[0])) == set()


@pytest.mark.parametrize("tone", [SKIN[0][0], SKIN[4][0]], ids=["light", "dark"])
def test_a_hand_is_seen_where_it_is(sit: Sit, tone: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(4)
    assert sit(HANDS["hand at the ear"](tone, rng)) == {ViolationKind.HAND_AT_EAR}
    assert ViolationKind.FACE_COVERED in sit(HANDS["hand before the mouth"](tone, rng))
    assert sit(HANDS["gesture"](tone, rng)) == set()


def test_a_head_bent_for_long_is_noted_and_a_short_or_slight_look_down_is_not(sit: Sit) -> None:
    assert ViolationKind.LOOKING_DOWN in sit(bent(22), seconds=24)
    assert sit(bent(22), seconds=12) == set()
    assert sit(bent(5), seconds=24) == set()


@pytest.mark.parametrize(
    ("x", "y", "asked"),
    [(0.7, 0.2, True), (-0.7, -0.3, True), (0.1, 0.3, True), (0.2, 1.2, True), (0.0, -0.3, False), (0.6, 0.7, False)],
    ids=["left ear", "right ear", "mouth", "chest", "forehead", "collar"],
)
def test_palms_are_confirmed_where_a_detector_would_ask(x: float, y: float, *, asked: bool) -> None:
    assert is_asked_about(x, y) is asked


def test_colours_that_cannot_be_had_are_not_tried_in_every_frame(pipeline: Pipeline, webcam: Picture) -> None:
    low = np.roll(webcam, 250, axis=0)
    low[:250] = 120
    memory: Memory = {}
    tried = []
    for number in range(4):
        report = pipeline.look(FrameRequest(encode(low, 85), number / 2, memory))
        memory = report.memory
        assert len(report.faces) == 1
        tried.append("cover" in report.stages)
    assert tried == [True, False, True, False]


PLACE = Denied(0.2, -0.05, 0.4, 0.6, 10.0)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Denied(0.25, -0.1, 0.44, 0.7, 15.0), True),
        (Denied(0.35, -0.05, 0.4, 0.6, 15.0), False),
        (Denied(0.2, -0.05, 0.6, 0.6, 15.0), False),
        (Denied(0.2, -0.05, 0.4, 0.8, 15.0), False),
    ],
    ids=["as it was", "elsewhere", "larger", "surer"],
)
def test_what_is_no_hand_is_a_new_question_when_it_changed(other: Denied, *, same: bool) -> None:
    assert other.is_like(PLACE) is same


def test_what_was_denied_is_forgotten_after_a_while_and_nonsense_at_once() -> None:
    kept = [*astuple(PLACE), *astuple(replace(PLACE, at=2.0))]
    assert denied_in(kept, 15.0, 10.0) == [PLACE]
    assert denied_in(kept, 5.0, 10.0) == [replace(PLACE, at=2.0)]
    assert denied_in([1.0, 2.0], 5.0, 10.0) == denied_in(["a"] * 5, 5.0, 10.0) == denied_in(None, 5.0, 10.0) == []


def test_nostrils_are_not_taken_for_palms_again_and_again(pipeline: Pipeline, shared_data: Path) -> None:
    sample = next(iter(Video(shared_data / "gaze" / "center_focus.mp4", 1.0).samples()))
    memory: Memory = {}
    begin = pipeline.networks.hands.runs
    for number in range(4):
        at = number * SCHEDULE.hands_every
        memory = pipeline.look(FrameRequest(encode(webcam_picture(decode(sample.jpeg).pixels), 70), at, memory)).memory
    palms, hands = (after - then for after, then in zip(pipeline.networks.hands.runs, begin, strict=True))
    assert palms == 4
    assert 0 < hands <= 4  # two places, asked about at 0 s and at 18 s at most
