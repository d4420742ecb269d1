"""Nobody in front of the camera."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import PERSON
from app.ai.object_search import of_label
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class FaceNotDetected:
    """No face by either network, in a picture in which one would have been seen.

    `persons` tells who has left from who turned away, as far as the object detector's last look knows.
    """

    kind: ViolationKind = ViolationKind.FACE_NOT_DETECTED
    confidence: float = 0.9

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation for an empty, well-lit, sharp picture."""
        del recall
        if not frame.faces and not frame.blocked:
            persons = float(sum(1 for _ in of_label(frame.things, PERSON)))
            yield Observation(self.kind, self.confidence, {"faces": 0.0, "persons": persons}, {"faces": 1.0})
