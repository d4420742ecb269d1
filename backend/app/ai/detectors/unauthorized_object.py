"""A second screen."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import SCREEN
from app.ai.object_search import BELIEFS, of_label
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class UnauthorizedObject:
    """A screen that the camera can see: a television or a monitor that may show answers."""

    kind: ViolationKind = ViolationKind.UNAUTHORIZED_OBJECT

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while a screen is believed to be there."""
        del recall
        for thing in of_label(frame.things, SCREEN):
            measured = {"score": round(thing.score, 3), "area": round(thing.area, 4), "looks": thing.looks}
            yield Observation(self.kind, min(1.0, thing.score), measured, {"score": BELIEFS[SCREEN].sure})
            return
