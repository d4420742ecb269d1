"""Somebody beside or behind the student whose face cannot be seen."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import PERSON
from app.ai.object_search import Followed, of_label
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class MorePersons:
    """More people than allowed, each believed after several looks of the object detector, from behind and aside too.

    `sure` is what the score's mean over its looks must reach, well above what makes a person believed: a coat on a
    chair scores like a person for a while. Smaller ones than `least_area` of the picture are posters and passers-by.
    """

    kind: ViolationKind = ViolationKind.MULTIPLE_FACES
    allowed: int = 1
    sure: float = 0.45
    least_area: float = 0.03

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while more people than allowed are believed to be there."""
        del recall
        persons: list[Followed] = [
            thing
            for thing in of_label(frame.things, PERSON)
            if thing.score >= self.sure and thing.area >= self.least_area
        ]
        if len(persons) > self.allowed:
            extra = persons[self.allowed]
            measured = {"persons": float(len(persons)), "score": round(extra.score, 3), "area": round(extra.area, 4)}
            threshold = {"persons": float(self.allowed), "score": self.sure, "area": self.least_area}
            yield Observation(self.kind, min(1.0, extra.score), measured, threshold)
