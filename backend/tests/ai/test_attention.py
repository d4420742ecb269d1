"""Where a person looks over time: what is learnt of the resting direction, and what must never be."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from app.ai.attention import EYE_HEIGHT, Attention, Direction, compare
from app.ai.detectors.looking_away import LookingAway
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.networks import Picture
from app.ai.picture import decode, encode
from app.ai.pipeline import Pipeline
from app.ai.schedule import SCHEDULE
from app.ai.types import FrameRequest
from app.domain.incidents import Change, Incidents

FPS = 5.0


@dataclass
class Looked:
    """The part of a frame that the detector reads."""

    at: float
    attention: Attention | None
    single: bool = False
    faces: list[int] = field(default_factory=lambda: [1])


def episodes(parts: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """(seconds, eyes, head) in degrees one after the other → when the person is said to look away."""
    recall: Recall = {}
    memory: Recall = {}
    found: dict[int, Change] = {}
    incidents, detector, rng, number = Incidents(), LookingAway(), np.random.default_rng(4), 0
    for seconds, eyes, yaw in parts:
        for _ in range(round(seconds * FPS)):
            at = number / FPS
            number += 1
            seen = Direction(yaw + rng.normal(0, 0.4), 3.0, 0.0, eyes + rng.normal(0, 0.8), EYE_HEIGHT)
            frame: Frame = Looked(at, compare(seen, at, recall))  # type: ignore[assignment]
            for change in incidents.see(list(detector.look(frame, memory)), at):
                found[change.key] = change
    for change in incidents.finish(number / FPS):
        found[change.key] = change
    return [(change.started_at, change.ended_at or 0.0) for change in found.values()]


@pytest.mark.parametrize("rest", [-5.0, 0.0, 5.0])
@pytest.mark.parametrize("yaw", [-12.0, 0.0, 12.0])
def test_whoever_looks_at_the_screen_is_left_alone(rest: float, yaw: float) -> None:
    assert episodes([(120, rest - 0.4 * yaw, yaw)]) == []


@pytest.mark.parametrize("side", [-1, 1])
def test_both_sides_though_the_eyes_overshoot_on_their_way_back(side: int) -> None:
    found = episodes([(5, 0, 2), (5, -15 * side, 2), (5, 6 * side, 2), (5, 15 * side, 2), (5, -6 * side, 2)])
    assert len(found) == 2
    assert np.allclose(found, [(5, 9.8), (15, 19.8)], atol=0.5)


def test_looking_aside_from_the_start_is_found_and_ends() -> None:
    ((begin, end),) = episodes([(6, -15, 1), (20, 1, 1)])
    assert begin <= 0.5
    assert end == pytest.approx(5.8, abs=0.5)


def test_the_head_may_turn_while_the_eyes_stay() -> None:
    assert episodes([(10, 0, 0), (20, -16, 20), (10, 0, 0)]) == []


def test_a_camera_beside_the_screen_is_learnt() -> None:
    found = episodes([(200, 0, 28)])
    assert all(end < 120 for _, end in found)


def test_a_long_look_aside_does_not_become_rest_for_the_eyes() -> None:
    ((begin, end),) = episodes([(10, 0, 0), (90, 14, 0), (30, 1, 0)])
    assert begin == pytest.approx(10, abs=0.5)
    assert end == pytest.approx(99.8, abs=0.5)


def test_the_detector_is_asked_once_a_second_while_the_mesh_keeps_hold(pipeline: Pipeline, webcam: Picture) -> None:
    search = pipeline.networks.faces
    recall: Recall = {}
    pixels = decode(encode(webcam, 85)).pixels
    searched = search.look(pixels, 0.0, recall)
    before = search.runs
    for number in range(1, 5):
        shifted = np.roll(pixels, 3 * number, axis=1)
        (face,) = search.look(shifted, number * SCHEDULE.near_every / 5, recall)
        assert face.found.box[0] == pytest.approx(searched[0].found.box[0] + 3 * number, abs=4)
        assert face.found.box[2] == pytest.approx(searched[0].found.box[2], rel=0.06)
    near, far, mesh = (after - then for after, then in zip(search.runs, before, strict=True))
    assert (near, far, mesh) == (0, 0, 4)


def test_a_face_that_leaves_is_not_held_on_to(pipeline: Pipeline, webcam: Picture, empty_room: Picture) -> None:
    memory = pipeline.look(FrameRequest(encode(webcam, 85), 0.0)).memory
    assert pipeline.look(FrameRequest(encode(empty_room, 85), 0.2, memory)).faces == ()


def test_a_second_face_is_seen_within_a_second(pipeline: Pipeline, webcam: Picture) -> None:
    both = webcam.copy()
    both[100:340, 400:640] = webcam[20:260, 240:480]
    memory = pipeline.look(FrameRequest(encode(webcam, 85), 0.0)).memory
    later = pipeline.look(FrameRequest(encode(both, 85), SCHEDULE.near_every, memory))
    assert len(later.faces) == 2
