"""The promises about real videos and pictures, and about what cameras and networks do to them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.ai.media import Video, picture_sample
from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from app.domain.incidents import Change, Incidents
from app.domain.violations import ViolationKind

Spoil = Callable[[Picture], Picture]
FACES = {"two_people.jpg": 2, "obama_and_biden.jpg": 2}


def same(picture: Picture) -> Picture:
    """As it is."""
    return picture


def mirrored(picture: Picture) -> Picture:
    """Left and right traded."""
    return np.ascontiguousarray(picture[:, ::-1])


def dimmed(picture: Picture) -> Picture:
    """A dim room."""
    return (picture * 0.4).astype(np.uint8)


def small(picture: Picture) -> Picture:
    """A 320×240 camera's height."""
    return cv2.resize(picture, None, fx=240 / 640, fy=240 / 640, interpolation=cv2.INTER_AREA).astype(np.uint8)


def watch(
    pipeline: Pipeline, path: Path, fps: float, spoil: Spoil = same, quality: int = 80
) -> tuple[list[Change], list[tuple[float, float]]]:
    """All changes, and the gaze to the side over time."""
    incidents = Incidents()
    memory: Memory = {}
    changes: list[Change] = []
    gaze = []
    at = 0.0
    for sample in Video(path, fps).samples():
        pixels = cv2.imdecode(np.frombuffer(sample.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        picture = spoil(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8))
        report = pipeline.look(FrameRequest(encode(picture, quality), sample.at, memory))
        at, memory = sample.at, report.memory
        changes += incidents.unseen(at) if report.states else incidents.see(report.observations, at)
        if report.gaze:
            gaze.append((at, report.gaze.x))
    return changes + incidents.finish(at), gaze


@pytest.mark.parametrize(("fps", "spoil", "quality"), [(5, same, 80), (2, small, 50)])
def test_looking_at_the_screen_is_no_violation(
    pipeline: Pipeline, shared_data: Path, fps: float, spoil: Spoil, quality: int
) -> None:
    changes, _ = watch(pipeline, shared_data / "gaze" / "center_focus.mp4", fps, spoil, quality)
    assert changes == []


@pytest.mark.parametrize(
    ("fps", "spoil", "quality", "side"),
    [(5, same, 80, -1), (2, same, 80, -1), (5, mirrored, 80, 1), (2, small, 50, -1), (2, dimmed, 70, -1)],
)
def test_five_seconds_aside_are_one_violation(
    pipeline: Pipeline, shared_data: Path, fps: float, spoil: Spoil, quality: int, side: int
) -> None:
    changes, gaze = watch(pipeline, shared_data / "gaze" / "center_left_center.mp4", fps, spoil, quality)
    (closed,) = [change for change in changes if change.action == "closed"]
    assert {change.key for change in changes} == {1}
    assert closed.kind == ViolationKind.LOOKING_AWAY
    assert closed.ended_at is not None
    assert abs(closed.started_at - 5) <= 1.5
    assert abs(closed.ended_at - 10) <= 1.5
    inside = [x for at, x in gaze if closed.started_at <= at <= closed.ended_at]
    assert all(x * side > 0.2 for x in inside)


def test_every_portrait_has_the_right_number_of_faces(pipeline: Pipeline, shared_data: Path) -> None:
    for path in sorted((shared_data / "faces").glob("*.jpg")):
        sample = picture_sample(path)
        report = pipeline.look(FrameRequest(sample.jpeg, 0.0, single=True))
        assert len(report.faces) == FACES.get(path.name, 1), path.name


def test_pictures_without_people_have_no_faces(pipeline: Pipeline, shared_data: Path) -> None:
    empty = [
        path.with_suffix(".jpg")
        for path in sorted((shared_data / "objects").glob("*.txt"))
        if not any(line.startswith("0 ") for line in path.read_text().splitlines())
    ]
    found = {
        path.name: len(report.faces)
        for path in empty
        if (report := pipeline.look(FrameRequest(picture_sample(path).jpeg, 0.0, single=True))).faces
    }
    assert found == {}
