"""What a second camera and a screen are looked at for, with the real models, and what never."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.ai.detectors.more_persons import is_part_of
from app.ai.networks import Picture
from app.ai.object_search import Followed
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.registry import DETECTORS_OF
from app.ai.types import FrameReport, FrameRequest, Memory
from app.ai.wire import pack_request, request_from, unpack
from app.domain.sources import CHANGED_SCREEN, KEYS_EACH, Source, first_key, source_of
from app.domain.violations import ViolationKind

Film = Callable[..., list[FrameReport]]
WORDS = [
    "the",
    "of",
    "an",
    "exam",
    "question",
    "and",
    "to",
    "in",
    "which",
    "because",
    "time",
    "light",
    "force",
    "cell",
    "plant",
    "river",
    "city",
    "year",
]
SIZE = (1280, 720)


@pytest.fixture
def film(pipeline: Pipeline) -> Film:
    """Frames of one source one after the other, half a second apart, with the memory that goes along."""

    def film(source: Source, *pictures: Picture, quality: int = 70) -> list[FrameReport]:
        memory: Memory = {}
        reports = []
        for number, picture in enumerate(pictures):
            request = FrameRequest(encode(picture, quality), number / 2, memory, thumbnail=True, source=source)
            reports.append(pipeline.look(request))
            memory = reports[-1].memory
        return reports

    return film


def page(seed: int, *, typed: int = 0, paper: int = 255, title: str = "Exam") -> Image.Image:
    """A browser's window with lines of text, a field for the answer, and so many words typed into it."""
    words = np.random.default_rng(seed)
    picture = Image.new("RGB", SIZE, (paper,) * 3)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=18)
    ink = (255 - paper,) * 3
    draw.text((20, 20), title, font=font, fill=ink)
    for line in range(16):
        draw.text((160, 90 + 26 * line), " ".join(words.choice(WORDS, 18)), font=font, fill=ink)
    draw.rectangle((160, 560, 1120, 690), outline=(128, 128, 128))
    draw.text((170, 570), " ".join(WORDS[:typed]), font=font, fill=ink)
    return picture


def with_box(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """A dialog or a notification over a page."""
    copy = picture.copy()
    ImageDraw.Draw(copy).rectangle(box, fill=(245, 245, 245), outline=(90, 90, 90))
    return copy


SMALL = {
    "nothing": page(1),
    "a word": page(1, typed=1),
    "a line": page(1, typed=15),
    "a dialog": with_box(page(1), (440, 260, 840, 460)),
    "a notification": with_box(page(1), (960, 580, 1270, 700)),
}
LARGE = {
    "another page of text": page(2),
    "a dark page": page(1, paper=20),
    "an empty page": Image.new("RGB", SIZE, (255, 255, 255)),
    "a photograph": Image.linear_gradient("L").resize(SIZE).convert("RGB"),
}


@pytest.mark.parametrize("quality", [30, 90])
def test_typing_and_small_windows_change_a_screen_little_another_page_much(film: Film, quality: int) -> None:
    for name, after in (SMALL | LARGE).items():
        first, second = film(Source.SCREEN, np.asarray(page(1)), np.asarray(after), quality=quality)
        assert first.change is None
        assert second.change is not None
        assert (second.change >= CHANGED_SCREEN) == (name in LARGE), (name, second.change)


def test_a_screen_is_not_judged_whatever_it_shows(film: Film, portrait: Picture) -> None:
    black = np.zeros((480, 640, 3), np.uint8)
    reports = film(Source.SCREEN, black, cv2.resize(portrait, (640, 480)).astype(np.uint8), black)
    for report in reports:
        assert (report.faces, report.objects, report.observations, report.states) == ((), (), (), ())
        assert report.thumbnail is not None
    assert reports[0].memory.keys() == {"screen"}


def test_a_second_camera_sees_people_but_asks_for_no_face(film: Film, empty_room: Picture, webcam: Picture) -> None:
    nobody = film(Source.SECOND_CAMERA, *[empty_room] * 12)
    assert all(report.observations == () and report.change is None for report in nobody)
    somebody = film(Source.SECOND_CAMERA, *[webcam] * 12)
    assert all((report.faces, report.head, report.gaze) == ((), None, None) for report in somebody)
    assert [thing.label for thing in somebody[-1].objects] == ["person"]
    assert somebody[-1].observations == ()


def test_a_second_person_is_noticed_by_a_second_camera(film: Film, portrait: Picture) -> None:
    half = cv2.resize(portrait, (320, 320)).astype(np.uint8)
    both = np.full((480, 640, 3), 110, np.uint8)
    both[160:, :320], both[160:, 320:] = half, half[:, ::-1]
    reports = film(Source.SECOND_CAMERA, *[both] * 12)
    (seen,) = reports[-1].observations
    assert seen.kind is ViolationKind.MULTIPLE_FACES
    assert seen.measured["persons"] == 2
    assert seen.measured["score"] >= seen.threshold["score"]


def test_a_tie_is_no_second_person_but_a_face_over_the_shoulder_is() -> None:
    student = Followed("person", (0.1, 0.2, 0.6, 0.8), 0.6)
    tie = Followed("person", (0.35, 0.5, 0.1, 0.4), 0.7)
    behind = Followed("person", (0.5, 0.22, 0.18, 0.3), 0.5)
    assert is_part_of(tie, student)
    assert not is_part_of(behind, student)
    assert not is_part_of(student, tie)


def test_a_covered_second_camera_is_noticed(film: Film) -> None:
    (report,) = film(Source.SECOND_CAMERA, np.full((480, 640, 3), 4, np.uint8))
    assert [one.kind for one in report.observations] == [ViolationKind.CAMERA_BLOCKED]


def test_each_source_has_its_detectors_and_its_keys() -> None:
    assert DETECTORS_OF.keys() == set(Source)
    about_faces = {ViolationKind.LOOKING_AWAY, ViolationKind.FACE_NOT_DETECTED, ViolationKind.IDENTITY_MISMATCH}
    assert about_faces.isdisjoint(detector.kind for detector in DETECTORS_OF[Source.SECOND_CAMERA])
    assert DETECTORS_OF[Source.SCREEN] == ()
    for source in Source:
        assert source_of(first_key(source)) is source
        assert source_of(first_key(source) + KEYS_EACH - 1) is source


def test_the_source_goes_to_the_worker_and_back() -> None:
    packed = pack_request(FrameRequest(b"x", 1.0, source=Source.SCREEN))
    assert request_from(unpack(packed[8:-1]), b"x").source is Source.SCREEN
