"""A laptop in the picture."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import LAPTOP
from app.ai.object_search import BELIEFS, of_label
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class LaptopDetected:
    """A laptop that the camera sees is not the one the exam is taken on; a second camera is `allowed` to see that."""

    kind: ViolationKind = ViolationKind.LAPTOP_DETECTED
    allowed: int = 0

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while more laptops than allowed are believed to be there."""
        del recall
        for thing in list(of_label(frame.things, LAPTOP))[self.allowed :]:
            measured = {"score": round(thing.score, 3), "area": round(thing.area, 4), "looks": thing.looks}
            yield Observation(self.kind, min(1.0, thing.score), measured, {"score": BELIEFS[LAPTOP].sure})
            return
