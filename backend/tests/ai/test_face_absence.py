"""Who is there and whose face is often not seen is not absent; who leaves is, whoever it was."""

from dataclasses import dataclass, field

from app.ai.detectors.face_not_detected import FaceNotDetected
from app.ai.face_search import Recall
from app.ai.object_labels import PERSON
from app.ai.object_search import Followed

SOMEBODY = Followed(PERSON, (0.3, 0.1, 0.4, 0.9), 0.8)


@dataclass
class Look:
    """What the detector asks of a frame."""

    at: float
    face: bool
    person: bool
    blocked: bool = False
    single: bool = False
    faces: list[str] = field(init=False)
    things: list[Followed] = field(init=False)

    def __post_init__(self) -> None:
        self.faces = ["face"] if self.face else []
        self.things = [SOMEBODY] if self.person else []


def noted(course: str) -> list[int]:
    """Seconds with an observation; a letter for each second: F face, p person without a face, - nobody."""
    recall: Recall = {}
    detector = FaceNotDetected()
    looks = [Look(float(at), letter == "F", letter != "-") for at, letter in enumerate(course)]
    return [int(look.at) for look in looks if list(detector.look(look, recall))]  # type: ignore[arg-type]


def test_a_face_that_is_never_seen_is_no_absence_while_somebody_is_there() -> None:
    assert noted("p" * 60) == []


def test_a_face_that_comes_and_goes_behind_a_niqab_is_no_absence() -> None:
    assert noted("FFpFpppFFpFFFpp" * 8) == []


def test_an_empty_chair_is_noted_whoever_sat_there() -> None:
    assert noted("FFpFpppFFp" * 4 + "----") == [40, 41, 42, 43]
    assert noted("--") == [0, 1]


def test_who_is_always_seen_and_turns_away_is_noted_and_the_next_time_too() -> None:
    assert noted("F" * 60 + "ppppp" + "F" * 60 + "pp") == [60, 61, 62, 63, 64, 125, 126]
