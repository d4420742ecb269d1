"""More than one person."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class MultipleFaces:
    """Two or more faces, each confirmed by its mesh; the weakest of the two strongest gives the confidence."""

    kind: ViolationKind = ViolationKind.MULTIPLE_FACES
    allowed: int = 1

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while more faces than allowed are confirmed."""
        del recall
        scores = sorted((face.found.score for face in frame.faces if face.confirmed), reverse=True)
        if len(scores) > self.allowed:
            measured, threshold = {"faces": float(len(scores))}, {"faces": float(self.allowed)}
            yield Observation(self.kind, scores[self.allowed], measured, threshold)
