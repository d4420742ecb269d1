"""Things are believed when several looks agree, looked for by schedule, and remembered in a small memory."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pytest

from app.ai.networks import Picture
from app.ai.object_labels import COCO80, PERSON, PHONE
from app.ai.object_network import FoundThing
from app.ai.object_search import BELIEFS, BELIEVED, FIELDS, LONGEST_MEMORY, Followed, ObjectSearch, matched, once_each
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.schedule import SCHEDULE
from app.ai.types import FrameRequest, Memory
from app.domain.violations import ViolationKind
from tools.accuracy.scenes import DATA, fitted, pasted, phones, read, video_frames

PICTURE: Picture = np.zeros((480, 640, 3), np.uint8)
BOX = (200.0, 250.0, 120.0, 200.0)
EVERYWHERE = (0, 0, 640, 480)


@dataclass
class ScriptedNetwork:
    """Sees a thing with the next score of its script wherever the thing's middle lies in what it is shown."""

    scores: list[float]
    label: str = PHONE
    shown: list[tuple[int, int]] = field(default_factory=list)
    labels: tuple[str, ...] = (PERSON, PHONE)

    def find(self, picture: Picture, wanted: Collection[str], *, least: float) -> list[FoundThing]:
        """One look."""
        self.shown.append(picture.shape[:2])
        score = self.scores.pop(0) if self.scores else 0.0
        height, width = picture.shape[:2]
        box = BOX if (width, height) == (640, 480) else (width * 0.3, height * 0.3, width * 0.4, height * 0.4)
        return [FoundThing(self.label, score, box)] if score >= least and self.label in wanted else []


def search_with(*networks: ScriptedNetwork) -> ObjectSearch:
    """A search whose detectors follow scripts; the real ones are measured elsewhere."""
    search = ObjectSearch.__new__(ObjectSearch)
    search.networks = networks  # type: ignore[assignment]
    search._schedule = SCHEDULE
    return search


def watch(*networks: ScriptedNetwork, times: list[float], suspicious: bool = False) -> list[list[Followed]]:
    """What is believed at each time."""
    search, memory = search_with(*networks), {}  # type: ignore[var-annotated]
    believed = []
    for at in times:
        believed.append(search.look(PICTURE, at, memory, suspicious=suspicious))
        memory = json.loads(json.dumps(memory))
    return believed


def test_one_high_score_is_not_believed() -> None:
    assert watch(ScriptedNetwork([0.6]), times=[0, 1, 2, 3, 4]) == [[]] * 5


def test_three_looks_that_agree_are_believed_and_remembered_between_looks() -> None:
    believed = watch(ScriptedNetwork([0.4, 0.4, 0.4]), times=[0, 1, 2, 3, 3.5])
    assert [len(things) for things in believed] == [0, 0, 1, 1, 1]
    (thing,) = believed[-1]
    assert (thing.label, thing.looks) == (PHONE, 3)
    assert thing.score == pytest.approx(0.4)


def test_a_weak_candidate_is_refuted_by_closer_looks_and_left_alone() -> None:
    network = ScriptedNetwork([0.2, 0.05, 0.05, 0.2, 0.2, 0.2])
    believed = watch(network, times=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert not any(believed)
    assert len(network.shown) == 5  # one question is answered once; then only the schedule looks


def test_two_detectors_take_turns_and_one_alone_convinces_nobody() -> None:
    sees, blind = ScriptedNetwork([0.3] * 9), ScriptedNetwork([])
    believed = watch(sees, blind, times=[0, 1, 2, 4, 8, 12])
    assert len(blind.shown) >= 2
    assert not any(believed)
    both = watch(ScriptedNetwork([0.3] * 9), ScriptedNetwork([0.3] * 9), times=[0, 1, 2, 4, 8, 12])
    assert [len(things) for things in both] == [0, 0, 1, 1, 1, 1]


def test_two_boxes_around_one_person_are_one_person() -> None:
    one = Followed(PERSON, (0.1, 0.1, 0.7, 0.9), 0.6)
    again = Followed(PERSON, (0.3, 0.1, 0.65, 0.9), 0.4)
    beside = Followed(PERSON, (0.75, 0.1, 0.25, 0.9), 0.5)
    phone = Followed(PHONE, (0.3, 0.1, 0.6, 0.9), 0.3)
    assert once_each([one, beside, again, phone]) == [one, beside, phone]


def test_who_moved_is_followed_rather_than_a_weak_box_where_they_were() -> None:
    student = Followed(PERSON, (0.33, 0.02, 0.41, 0.82), 0.79, state=BELIEVED)
    moved = FoundThing(PERSON, 0.79, (0.15, 0.0, 0.46, 0.89))
    shadow = FoundThing(PERSON, 0.27, (0.36, 0.0, 0.64, 0.97))
    assert matched([student], [shadow, moved]) == {0: moved}


def test_a_detector_says_nothing_about_labels_it_does_not_know() -> None:
    knows, other = ScriptedNetwork([0.4] * 20), ScriptedNetwork([], labels=("calculator",))
    believed = watch(knows, other, times=[float(at) for at in range(30)])
    assert believed[-1]


def test_what_is_gone_is_given_up() -> None:
    times = [0.0, 1, 2, *np.arange(5, 40, 5)]
    believed = watch(ScriptedNetwork([0.4, 0.4, 0.4]), times=[float(at) for at in times])
    assert believed[2]
    assert not believed[-1]


def test_the_second_look_is_enlarged() -> None:
    network = ScriptedNetwork([0.4, 0.4, 0.4])
    watch(network, times=[0, 1, 2])
    assert network.shown[0] == (480, 640)
    assert network.shown[1] < (480, 640)
    assert network.shown[2] == (480, 640)


def test_a_quiet_room_costs_what_the_schedule_says() -> None:
    network = ScriptedNetwork([])
    watch(network, times=[at / 2 for at in range(120)])
    assert len(network.shown) == 60 / SCHEDULE.objects_every


def test_suspicion_looks_twice_as_often() -> None:
    network = ScriptedNetwork([])
    watch(network, times=[float(at) for at in range(60)], suspicious=True)
    assert len(network.shown) == 2 * 60 / SCHEDULE.objects_every


def test_too_small_a_thing_is_nobodys_aid() -> None:
    assert BELIEFS[PHONE].least_area > 0
    small = Followed(PHONE, (0.5, 0.5, 0.01, 0.02), 0.9, looks=3.0, sightings=3.0, seen_by=1.0)
    large = Followed(PHONE, (0.5, 0.5, 0.2, 0.3), 0.9, looks=3.0, sightings=3.0, seen_by=1.0)
    assert small.judged(1.0, 1).state != large.judged(1.0, 1).state


def test_a_phone_that_only_one_of_two_detectors_sees_is_not_believed_however_sure_it_is() -> None:
    times = [float(at) for at in range(20)]
    assert not any(watch(ScriptedNetwork([0.9] * 30), ScriptedNetwork([]), times=times))
    assert any(watch(ScriptedNetwork([0.5] * 30), ScriptedNetwork([0.2] * 30), times=times))


@pytest.mark.parametrize("things", ["x", [1.0, 2.0], [99.0] * 11, None])
def test_a_memory_that_makes_no_sense_is_dropped(things: object) -> None:
    search = search_with(ScriptedNetwork([]))
    memory = {"things": things, "all_at": "yesterday"}
    assert search.look(PICTURE, 1.0, memory, suspicious=False) == []  # type: ignore[arg-type]


def test_the_memory_stays_small() -> None:
    class Crowd:
        labels = (PERSON,)

        def find(self, picture: Picture, wanted: Collection[str], *, least: float) -> list[FoundThing]:
            return [FoundThing(PERSON, 0.5, (10.0 * n, 10, 9, 200)) for n in range(60)]

    search, memory = search_with(Crowd()), {}  # type: ignore[arg-type, var-annotated]
    for at in range(10):
        search.look(PICTURE, float(at), memory, suspicious=False)
    assert len(memory["things"]) <= LONGEST_MEMORY * FIELDS
    assert len(json.dumps(memory)) < 2048


def test_coco_has_eighty_words() -> None:
    assert len(set(COCO80)) == 80
    assert (COCO80[0], COCO80[62], COCO80[63], COCO80[67], COCO80[73]) == (
        "person",
        "tv",
        "laptop",
        "cell phone",
        "book",
    )


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """The real models."""
    return Pipeline()


def test_a_switched_off_search_costs_nothing(pipeline: Pipeline) -> None:
    noise = np.random.default_rng(5).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    report = pipeline.look(FrameRequest(encode(noise, 80), 0.0, disabled=frozenset(ViolationKind)))
    assert "objects" not in report.stages


@pytest.mark.skipif(not (DATA / "objects").is_dir(), reason="needs ../shared/data: photographs with phones")
def test_a_phone_before_a_real_face_is_noted_within_ten_seconds(pipeline: Pipeline) -> None:
    rng = np.random.default_rng(8)
    scenes, phone = video_frames("gaze/center_focus.mp4", 0.8), phones(rng)["photograph 387"]
    memory: Memory = {}
    kinds = set()
    for at in range(11):
        shown = pasted(scenes[at], *phone, area=0.08, middle=(0.35 + at / 200, 0.75), turn=8.0)
        report = pipeline.look(FrameRequest(encode(shown, 50), float(at), memory))
        memory = report.memory
        kinds |= {observation.kind for observation in report.observations}
    assert ViolationKind.PHONE_DETECTED in kinds


@pytest.mark.skipif(not (DATA / "faces").is_dir(), reason="needs ../shared/data: portraits")
def test_the_same_face_without_a_phone_is_one_person_and_nothing_else(pipeline: Pipeline) -> None:
    scene = fitted(read(DATA / "faces" / "biden.jpg"))
    memory: Memory = {}
    for at in range(12):
        report = pipeline.look(FrameRequest(encode(scene[at:], 50), float(at), memory))
        memory = report.memory
        assert not {observation.kind for observation in report.observations} & {
            ViolationKind.PHONE_DETECTED,
            ViolationKind.BOOK_DETECTED,
            ViolationKind.LAPTOP_DETECTED,
            ViolationKind.UNAUTHORIZED_OBJECT,
        }
    assert [thing.label for thing in report.objects] == [PERSON]
