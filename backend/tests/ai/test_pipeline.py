"""What the pipeline sees in single frames and over short streams, with the real models."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRefused, FrameReport, FrameRequest, Memory
from app.domain.violations import NeutralState, ViolationKind

Look = Callable[..., FrameReport]


def kinds(report: FrameReport) -> set[ViolationKind]:
    """What was observed."""
    return {observation.kind for observation in report.observations}


def stream(pipeline: Pipeline, pictures: list[Picture], seconds: float, quality: int = 85) -> list[FrameReport]:
    """The pictures at even times, memory carried through JSON as the server does."""
    memory: Memory = {}
    reports = []
    for number, picture in enumerate(pictures):
        request = FrameRequest(encode(picture, quality), number * seconds / len(pictures), memory)
        reports.append(pipeline.look(request))
        memory = json.loads(json.dumps(reports[-1].memory))
    return reports


def noisy(picture: Picture, seed: int) -> Picture:
    """The picture with a sensor's noise."""
    noise = np.random.default_rng(seed).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def test_a_face_is_found_and_measured(look: Look, webcam: Picture) -> None:
    report = look(webcam)
    (face,) = report.faces
    x, y, width, height = face.box
    assert 150 < x + width / 2 - 80 < 300
    assert 60 < y + height / 2 < 180
    assert (report.width, report.height) == (640, 480)
    assert report.states == ()
    assert kinds(report) == set()
    assert report.head is not None
    assert report.gaze is not None
    assert report.quality is not None
    assert set(report.stages) >= {"decode", "quality", "faces", "irises"}
    assert sum(report.stages.values()) <= report.ms


@pytest.mark.parametrize("scale", [0.375, 0.5, 1.5, 2.25])
def test_boxes_are_in_pixels_of_the_input(look: Look, webcam: Picture, scale: float) -> None:
    small = look(webcam).faces[0].box
    resized = cv2.resize(webcam, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    assert np.allclose(np.array(look(resized).faces[0].box), np.array(small) * scale, atol=14 * scale)


@pytest.mark.parametrize("quality", [30, 50, 95])
def test_a_cheap_webcam_is_not_blurred(pipeline: Pipeline, webcam: Picture, quality: int) -> None:
    small = cv2.resize(webcam, (320, 240), interpolation=cv2.INTER_AREA).astype(np.uint8)
    report = pipeline.look(FrameRequest(encode(small, quality), 0.0))
    assert report.states == ()
    assert len(report.faces) == 1


def test_nobody_there(look: Look, empty_room: Picture) -> None:
    assert kinds(look(empty_room)) == {ViolationKind.FACE_NOT_DETECTED}


def test_two_people(look: Look, portrait: Picture) -> None:
    pair = cv2.resize(np.hstack([portrait, portrait[:, ::-1]]), (640, 320), interpolation=cv2.INTER_AREA)
    report = look(pair.astype(np.uint8))
    assert len(report.faces) == 2
    assert kinds(report) == {ViolationKind.MULTIPLE_FACES}


def test_a_covered_lens(look: Look) -> None:
    noise = np.random.default_rng(5).integers(0, 6, (480, 640, 3)).astype(np.uint8)
    assert kinds(look(noise)) == {ViolationKind.CAMERA_BLOCKED}
    assert look(noise).states == ()


@pytest.mark.parametrize(
    ("spoil", "state"),
    [
        (lambda p: (p * 0.06).astype(np.uint8), NeutralState.TOO_DARK),
        (lambda p: np.clip(p * 0.1 + 235, 0, 255).astype(np.uint8), NeutralState.TOO_BRIGHT),
        (lambda p: cv2.GaussianBlur(p, (0, 0), 9).astype(np.uint8), NeutralState.BLURRED),
    ],
)
def test_what_cannot_be_judged_accuses_nobody(
    look: Look, webcam: Picture, empty_room: Picture, spoil: Callable[[Picture], Picture], state: NeutralState
) -> None:
    for picture in (webcam, empty_room):
        report = look(spoil(picture))
        assert state in report.states
        assert report.observations == ()


def test_a_missing_face_in_a_dim_room_is_not_believed(look: Look, empty_room: Picture) -> None:
    report = look((empty_room * 0.25).astype(np.uint8))
    assert report.states == (NeutralState.TOO_DARK,)


def test_ten_seconds_of_one_picture_are_frozen_within_fifteen(pipeline: Pipeline, webcam: Picture) -> None:
    reports = stream(pipeline, [webcam] * 15, 15.0)
    first = next(report for report in reports if report.observations)
    assert kinds(first) == {ViolationKind.FROZEN_VIDEO}
    assert 10.0 <= first.at <= 15.0


def test_a_still_picture_through_a_codec_is_frozen_too(pipeline: Pipeline, webcam: Picture) -> None:
    flicker = [np.clip(webcam.astype(np.int16) + number % 2, 0, 255).astype(np.uint8) for number in range(15)]
    assert any(kinds(report) == {ViolationKind.FROZEN_VIDEO} for report in stream(pipeline, flicker, 15.0))


def test_a_camera_is_never_frozen(pipeline: Pipeline, webcam: Picture, empty_room: Picture) -> None:
    sitting = [noisy(np.roll(webcam, number % 5, axis=1), number) for number in range(15)]
    empty = [noisy(empty_room, number) for number in range(15)]
    for pictures in (sitting, empty):
        assert not any(ViolationKind.FROZEN_VIDEO in kinds(report) for report in stream(pipeline, pictures, 60.0))


def test_no_kind_that_is_switched_off(pipeline: Pipeline, empty_room: Picture) -> None:
    off = frozenset({ViolationKind.FACE_NOT_DETECTED})
    assert pipeline.look(FrameRequest(encode(empty_room, 85), 0.0, disabled=off)).observations == ()


def test_a_thumbnail_when_asked(pipeline: Pipeline, webcam: Picture) -> None:
    report = pipeline.look(FrameRequest(encode(webcam, 85), 0.0, thumbnail=True))
    assert report.thumbnail is not None
    small = cv2.imdecode(np.frombuffer(report.thumbnail, np.uint8), cv2.IMREAD_COLOR)
    assert small is not None
    assert small.shape[:2] == (150, 200)
    assert len(report.thumbnail) < 12_000


def test_memory_is_small_and_json(look: Look, webcam: Picture) -> None:
    report = look(webcam)
    text = json.dumps(report.memory)
    assert json.loads(text) == report.memory
    assert len(text) < 12 * 1024  # 8 KB of it are the movement of the last minutes, to recognise a loop


def test_a_request_is_left_as_it_was(pipeline: Pipeline, webcam: Picture) -> None:
    memory: Memory = {"attention": {"yaw": 1.0}}
    pipeline.look(FrameRequest(encode(webcam, 85), 0.0, memory))
    assert memory == {"attention": {"yaw": 1.0}}


def test_an_undecodable_body_behind_a_good_header(pipeline: Pipeline, webcam: Picture) -> None:
    data = encode(webcam, 85)
    for seed in range(25):
        rng = np.random.default_rng(seed)
        broken = bytearray(data)
        for at in rng.integers(2, len(data), 30):
            broken[at] = int(rng.integers(0, 256))
        with contextlib.suppress(FrameRefused):
            pipeline.look(FrameRequest(bytes(broken), 0.0))


def test_a_decoder_that_is_led_astray_stops_at_a_limit() -> None:
    program = (
        "import app.ai.pipeline, cv2, numpy as np\n"
        "png = cv2.imencode('.png', np.zeros((3000, 3000), np.uint8))[1]\n"
        "try:\n print(cv2.imdecode(png, cv2.IMREAD_COLOR))\nexcept cv2.error:\n print('refused')"
    )
    answer = subprocess.check_output([sys.executable, "-c", program], text=True, stderr=subprocess.DEVNULL)
    assert answer.strip() in ("refused", "None")


def test_foreign_memory_does_not_break_it(pipeline: Pipeline, webcam: Picture) -> None:
    memory: Memory = {"attention": {"yaw": "north"}, "frozen_video": {"picture": "!"}, "faces": {"background_at": "x"}}
    assert len(pipeline.look(FrameRequest(encode(webcam, 85), 3.0, memory)).faces) == 1
