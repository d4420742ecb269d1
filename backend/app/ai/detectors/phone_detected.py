"""A mobile phone."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import PHONE
from app.ai.object_search import BELIEFS, of_label
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class PhoneDetected:
    """Several looks agree on a phone; a hint for the reviewer, and the model's own low score is its confidence."""

    kind: ViolationKind = ViolationKind.PHONE_DETECTED

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while a phone is believed to be there."""
        del recall
        for thing in of_label(frame.things, PHONE):
            measured = {"score": round(thing.score, 3), "area": round(thing.area, 4), "looks": thing.looks}
            yield Observation(self.kind, min(1.0, thing.score), measured, {"score": BELIEFS[PHONE].sure})
            return
