"""The same face, another face, and faces that cannot be compared: each is its own answer, and only time accuses."""

import cv2
import numpy as np
import pytest
import skimage.data

from app.ai.face_search import Recall
from app.ai.identity_check import DIFFERENT_BELOW, SAME_FROM, IdentityCheck, is_due, remember
from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.schedule import SCHEDULE
from app.ai.types import TEMPLATE_BYTES, FrameRefused, FrameReport, FrameRequest, Memory
from app.ai.wire import PREFIX, WireError, pack_report, pack_request, report_from, request_from, unpack
from app.domain.violations import ViolationKind
from tools.accuracy.scenes import DATA, fitted, read

MISMATCH = ViolationKind.IDENTITY_MISMATCH
PORTRAITS = DATA / "faces"
real_faces = pytest.mark.skipif(not PORTRAITS.is_dir(), reason="needs ../shared/data: portraits of two people")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """The real models."""
    return Pipeline()


@pytest.fixture(scope="module")
def astronaut() -> Picture:
    """A face of ~95 pixels."""
    return np.array(skimage.data.astronaut()[:320, 60:380], np.uint8)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def template(pipeline: Pipeline, astronaut: Picture) -> bytes:
    """The astronaut's."""
    return pipeline.template_of(encode(astronaut, 90))


def another() -> bytes:
    """A template of nobody: unlike every face."""
    return np.random.default_rng(4).normal(0, 1, TEMPLATE_BYTES // 2).astype(np.float16).tobytes()


def look(pipeline: Pipeline, pixels: Picture, reference: bytes) -> FrameReport:
    """An independent picture against a reference."""
    return pipeline.look(FrameRequest(encode(pixels, 70), 0.0, single=True, reference=reference))


def test_the_same_face_in_other_light_size_and_quality_fits(
    pipeline: Pipeline, astronaut: Picture, template: bytes
) -> None:
    smaller = np.asarray(cv2.resize(astronaut, (208, 208), interpolation=cv2.INTER_AREA), np.uint8)
    for pixels in (astronaut, (astronaut * 0.7).astype(np.uint8), astronaut[:, ::-1].copy(), smaller):
        report = look(pipeline, pixels, template)
        assert report.identity is not None
        assert report.identity >= SAME_FROM
        assert report.observations == ()


def test_what_cannot_be_compared_is_no_other_person(pipeline: Pipeline, astronaut: Picture) -> None:
    tiny = np.asarray(cv2.resize(astronaut, (110, 110), interpolation=cv2.INTER_AREA), np.uint8)
    soft = np.asarray(cv2.GaussianBlur(astronaut, (0, 0), 3), np.uint8)
    for pixels, why in ((tiny, "too_small"), (soft, "blurred"), ((astronaut * 0.15).astype(np.uint8), "too_dark")):
        report = look(pipeline, pixels, another())
        assert (report.identity, report.identity_problem) == (None, why)
        assert MISMATCH not in {observation.kind for observation in report.observations}


def test_another_person_is_noted_only_after_several_comparisons(pipeline: Pipeline, astronaut: Picture) -> None:
    memory: Memory = {}
    seen = []
    for number in range(14):
        pixels = np.roll(astronaut, number % 3, axis=1)
        report = pipeline.look(FrameRequest(encode(pixels, 70), float(number), memory, reference=another()))
        memory = report.memory
        seen.append((report.identity is not None, MISMATCH in {one.kind for one in report.observations}))
    assert [number for number, (compared, _) in enumerate(seen) if compared][:3] == [0, 2, 4]
    assert [noted for _, noted in seen].index(True) in (5, 6)
    assert all(noted for _, noted in seen[6:])
    (observation,) = [one for one in report.observations if one.kind is MISMATCH]
    assert observation.measured["similarity"] < observation.threshold["similarity"]
    assert observation.measured["comparisons"] >= observation.threshold["comparisons"]


def test_nothing_of_the_face_is_in_the_memory(pipeline: Pipeline, astronaut: Picture, template: bytes) -> None:
    report = pipeline.look(FrameRequest(encode(astronaut, 70), 0.0, reference=template))
    values = [value for name in ("identity", "identity_mismatch") for value in report.memory.get(name, {}).values()]
    assert not any(isinstance(value, str | list) for value in values)


def test_without_reference_nothing_is_compared(pipeline: Pipeline, astronaut: Picture) -> None:
    report = pipeline.look(FrameRequest(encode(astronaut, 70), 0.0))
    assert (report.identity, report.identity_problem, report.template) == (None, None, None)
    assert "identity" not in report.stages or report.stages["identity"] < 1.0


def test_the_stream_gives_templates_a_second_apart(pipeline: Pipeline, astronaut: Picture) -> None:
    memory: Memory = {}
    given = []
    for number in range(8):
        report = pipeline.look(FrameRequest(encode(astronaut, 80), number / 4, memory, enrol=True))
        memory = report.memory
        given.append(report.template is not None)
    assert given == [True, False, False, False, True, False, False, False]


@pytest.mark.parametrize("pixels", [np.full((200, 200, 3), 120, np.uint8)])
def test_a_portrait_without_a_face_says_so(pipeline: Pipeline, pixels: Picture) -> None:
    with pytest.raises(FrameRefused, match="no_face"):
        pipeline.template_of(encode(pixels, 80))


def test_comparisons_follow_the_schedule_and_absences() -> None:
    recall: Recall = {}
    assert is_due(recall, 0.0, present=True, every=None)
    remember(recall, IdentityCheck(0.9), 0.0)
    assert not is_due(recall, SCHEDULE.identity_every - 1, present=True, every=None)
    assert not is_due(recall, 10.0, present=False, every=None)
    assert is_due(recall, 10.0 + SCHEDULE.identity_absence, present=True, every=None)
    remember(recall, IdentityCheck(0.9), 12.0)
    assert is_due(recall, 12.0 + SCHEDULE.identity_every, present=True, every=None)


def test_only_clear_failures_count_and_one_success_forgives_them() -> None:
    recall: Recall = {}
    remember(recall, IdentityCheck(0.2), 0.0)
    remember(recall, IdentityCheck(problem="turned_away"), 2.0)
    remember(recall, IdentityCheck((SAME_FROM + DIFFERENT_BELOW) / 2), 4.0)
    remember(recall, IdentityCheck(0.3, "several_faces"), 6.0)
    remember(recall, IdentityCheck(0.4), 8.0)
    assert (recall["mismatches"], recall["since"]) == (2, 0.0)
    assert recall["similarity"] == pytest.approx(0.3)
    remember(recall, IdentityCheck(SAME_FROM), 10.0)
    assert recall["mismatches"] == 0


def test_templates_travel_whole_or_not_at_all() -> None:
    request = FrameRequest(b"jpeg", 1.0, reference=another(), identity_every=0.0, enrol=True)
    message = pack_request(request)
    head, _ = PREFIX.unpack(message[: PREFIX.size])
    assert request_from(unpack(message[PREFIX.size : PREFIX.size + head]), b"jpeg") == request
    report = FrameReport(1.0, 640, 480, identity=0.5, identity_problem="several_faces", template=another())
    message = pack_report(report)
    head, _ = PREFIX.unpack(message[: PREFIX.size])
    data = unpack(message[PREFIX.size : PREFIX.size + head])
    assert report_from(data, b"") == report
    data["report"]["template"] = data["report"]["template"][:400]
    with pytest.raises(WireError):
        report_from(data, b"")


@real_faces
def test_two_people_are_told_apart(pipeline: Pipeline) -> None:
    expected = pipeline.template_of((PORTRAITS / "obama-720p.jpg").read_bytes())
    for name in ("obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg", "biden.jpg", "biden2.jpg"):
        report = look(pipeline, fitted(read(PORTRAITS / name)), expected)
        assert report.identity is not None, name
        assert (report.identity >= SAME_FROM) == name.startswith("obama"), (name, report.identity)
