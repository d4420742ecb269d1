"""The object detector is whatever the manifest says: answers of both kinds are read, own labels and models work."""

import shutil
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from app.ai.graph_shape import with_height
from app.ai.model_files import MODELS_FOLDER, ModelRefused
from app.ai.networks import Picture
from app.ai.object_network import DECODERS, FoundThing, ObjectNetwork, load_detectors, strongest
from app.ai.picture import encode, shrunk
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest
from app.domain.violations import ViolationKind
from tests.ai.small_models import THING, centre_scores, detection_postprocess, put_in

CARDS = ("cell phone", "green card", "book")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the models, to put another in."""
    return Path(shutil.copytree(MODELS_FOLDER, tmp_path / "models"))


def only(folder: Path) -> ObjectNetwork:
    """The one detector of the folder."""
    (network,) = load_detectors(folder)
    return network


def picture_with(colour: tuple[int, int, int], *, width: int = 64, height: int = 64) -> Picture:
    """Black, with one card of 8×8 pixels (a cell of the small model), its left upper corner at 8, 40."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[40:48, 8:16] = colour
    return pixels


def test_centre_scores_of_an_own_model(folder: Path) -> None:
    put_in(folder, centre_scores(), decoder="centernet", labels=CARDS)
    network = only(folder)
    (found,) = network.find(picture_with((230, 0, 0)), CARDS, least=0.5)
    assert found.label == "cell phone"
    assert found.score == pytest.approx(230 / 255, abs=0.02)
    x, y, width, height = found.box
    assert (x + width, y + height) == pytest.approx((8 + THING, 40 + THING), abs=0.1)
    assert x == 0
    assert y == pytest.approx(40 - THING, abs=0.1)


def test_only_labels_asked_for_are_answered(folder: Path) -> None:
    put_in(folder, centre_scores(), decoder="centernet", labels=CARDS)
    network = only(folder)
    white = picture_with((255, 255, 255))
    assert {thing.label for thing in network.find(white, CARDS, least=0.5)} == set(CARDS)
    assert {thing.label for thing in network.find(white, ("book",), least=0.5)} == {"book"}
    assert network.find(white, ("elephant",), least=0.0) == []


@pytest.mark.parametrize("scores_first", [False, True])
def test_the_operator_of_ssd_models_in_both_orders(folder: Path, *, scores_first: bool) -> None:
    model = detection_postprocess(scores_first=scores_first)
    put_in(folder, model, decoder="detection_postprocess", labels=CARDS)
    green = np.zeros((100, 100, 3), np.uint8)
    green[..., 1] = 200
    (found,) = only(folder).find(green, CARDS, least=0.5)
    assert found.label == "green card"
    assert found.box == pytest.approx((50, 50, 50, 50), abs=0.5)


@pytest.mark.parametrize("boxes_first", [False, True])
def test_scores_and_corners_of_many_places(*, boxes_first: bool) -> None:
    scores = np.array([[[0.1, 0.9, 0.2], [0.6, 0.0, 0.7], [0.2, 0.1, 0.1]]], np.float32)
    corners = np.array([[[0, 0, 10, 20], [5, 5, 30, 40], [1, 1, 2, 2]]], np.float32)
    found = DECODERS["boxes"]([corners, scores] if boxes_first else [scores, corners], 416, [0, 2], 0.5)
    assert found.classes.tolist() == [0, 2]
    assert found.scores.tolist() == pytest.approx([0.6, 0.7])
    assert found.corners.tolist() == [[5, 5, 30, 40], [5, 5, 30, 40]]


def test_logits_of_classes_and_distances_at_three_strides() -> None:
    outputs = [np.full((1, side, side, 3 + 44), -9.0, np.float32) for side in (52, 26, 13)]
    place = outputs[1][0, 4, 10]
    place[:3] = [-9.0, 2.0, 0.0]
    for edge, strides in enumerate((1, 2, 3, 10)):
        place[3 + 11 * edge + strides] = 30.0
    found = DECODERS["distributions"](outputs, 416, [1, 2], 0.4)
    assert found.classes.tolist() == [1, 2]
    assert found.scores.tolist() == pytest.approx([0.881, 0.5], abs=0.001)
    assert found.corners[0].tolist() == pytest.approx([168 - 16, 72 - 32, 168 + 48, 72 + 160], abs=0.1)


def test_boxes_are_in_pixels_of_a_letterboxed_picture(folder: Path) -> None:
    put_in(folder, centre_scores(), decoder="centernet", labels=CARDS)
    wide = picture_with((255, 0, 0), width=128)
    found = only(folder).find(wide, CARDS, least=0.2)[0]
    x, y, width, height = found.box
    assert x <= 12 <= x + width
    assert y <= 44 <= y + height
    assert x >= 0
    assert y + height <= 64


def test_an_own_model_speaks_through_the_whole_pipeline(folder: Path) -> None:
    put_in(folder, centre_scores(), decoder="centernet", labels=CARDS)
    pixels = np.array(skimage.data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]
    pixels[380:500, 20:140] = (255, 0, 0)
    report = Pipeline(folder).look(FrameRequest(encode(pixels, 90), 0.0, single=True))
    assert "cell phone" in {thing.label for thing in report.objects}
    assert ViolationKind.PHONE_DETECTED in {observation.kind for observation in report.observations}


@pytest.mark.parametrize(
    ("decoder", "input_range"), [("guesswork", "0..1"), ("centernet", "0..2")], ids=["decoder", "range"]
)
def test_a_model_that_is_not_described_refuses_to_start(folder: Path, decoder: str, input_range: str) -> None:
    put_in(folder, centre_scores(), decoder=decoder, labels=CARDS, input_range=input_range)
    with pytest.raises(ModelRefused, match="model_not_described"):
        only(folder)


def test_a_folder_without_a_detector_refuses_to_start(folder: Path) -> None:
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text().replace('role = "objects"\n', ""))
    with pytest.raises(ModelRefused, match="role_without_model"):
        load_detectors(folder)


def test_one_thing_is_answered_once() -> None:
    person = FoundThing("person", 0.9, (0, 0, 100, 200))
    face = FoundThing("person", 0.4, (30, 10, 40, 40))
    phone = FoundThing("cell phone", 0.3, (30, 10, 40, 40))
    beside = FoundThing("person", 0.5, (90, 0, 100, 200))
    assert strongest([face, phone, person, beside]) == [person, beside, phone]


def test_a_wide_picture_is_seen_alike_without_the_rest_of_its_square(folder: Path, webcam: Picture) -> None:
    wide = load_detectors(folder)[0]
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text().replace("wide_height = 384\n", ""))
    square = load_detectors(folder)[0]
    (one,), (other,) = (network.find(webcam, ("person",), least=0.4) for network in (wide, square))
    assert one.score == pytest.approx(other.score, abs=0.08)
    assert one.box == pytest.approx(other.box, abs=20)
    upright = np.ascontiguousarray(webcam[:, 160:480])
    assert wide.find(upright, ("person",), least=0.2) == square.find(upright, ("person",), least=0.2)


def test_only_what_enlargements_lead_to_is_changed_in_a_graph() -> None:
    content = (MODELS_FOLDER / "centernet.tflite").read_bytes()
    assert with_height(content, Fraction(1)) == content
    lower = with_height(content, Fraction(3, 4))
    assert len(lower) == len(content)
    assert sum(one != other for one, other in zip(content, lower, strict=True)) == 3
    with pytest.raises(ValueError, match="whole pixels"):
        with_height(content, Fraction(1, 3))


@pytest.mark.parametrize("size", [(128, 96), (192, 144), (40, 40), (600, 450)])
def test_a_shrunk_picture_is_the_mean_of_what_was_there(webcam: Picture, size: tuple[int, int]) -> None:
    exact = cv2.resize(webcam, size, interpolation=cv2.INTER_AREA).astype(float)
    assert float(np.abs(shrunk(webcam, size) - exact).mean()) < 1.0
