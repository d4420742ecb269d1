"""Somebody beside or behind the student whose face cannot be seen."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import PERSON
from app.ai.object_search import Followed, of_label
from app.domain.violations import Observation, ViolationKind

INSIDE = 0.8
SHOULDERS = 0.25
"""Share of a person's box above the shoulders: beside a head somebody behind can be seen, within a chest nobody."""


def is_part_of(one: Followed, other: Followed) -> bool:
    """Whether one box is clothing or a hand of the other person: inside a larger one, and below its shoulders."""
    x, y, width, height = one.box
    ox, oy, owidth, oheight = other.box
    across = max(0.0, min(x + width, ox + owidth) - max(x, ox))
    down = max(0.0, min(y + height, oy + oheight) - max(y, oy))
    inside = across * down >= INSIDE * one.area
    return one.area < other.area and inside and y > oy + SHOULDERS * oheight


@dataclass(frozen=True, slots=True)
class MorePersons:
    """More people than allowed, each believed after several looks of the object detector, from behind and aside too.

    `sure` is what the score's mean over its looks must reach, well above what makes a person believed: a coat on a
    chair scores like a person for a while. Smaller ones than `least_area` of the picture are posters and passers-by.
    """

    kind: ViolationKind = ViolationKind.MULTIPLE_FACES
    allowed: int = 1
    sure: float = 0.4
    least_area: float = 0.03

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while more people than allowed are believed to be there."""
        del recall
        everybody = list(of_label(frame.things, PERSON))
        persons = [
            person
            for person in everybody
            if person.score >= self.sure
            and person.area >= self.least_area
            and not any(is_part_of(person, other) for other in everybody)
        ]
        if len(persons) > self.allowed:
            extra = persons[self.allowed]
            measured = {"persons": float(len(persons)), "score": round(extra.score, 3), "area": round(extra.area, 4)}
            threshold = {"persons": float(self.allowed), "score": self.sure, "area": self.least_area}
            yield Observation(self.kind, min(1.0, extra.score), measured, threshold)
