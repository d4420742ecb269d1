"""Nobody in front of the camera."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import PERSON
from app.ai.object_search import of_label
from app.domain.violations import Observation, ViolationKind

LONGEST_STEP = 2.0
"""Seconds that one frame can stand for at most."""


@dataclass(frozen=True, slots=True)
class FaceNotDetected:
    """No face by either network, in a picture in which one would have been seen.

    `persons` tells who has left from who turned away, as far as the object detector's last look knows. Where somebody
    is there, a missing face says something only of people whose face is there as a rule: seen for `known` seconds at
    least and `usual` of the last `slow` ones. Networks do not see every face behind a niqab, and that is no absence.
    """

    kind: ViolationKind = ViolationKind.FACE_NOT_DETECTED
    confidence: float = 0.9
    known: float = 8.0
    usual: float = 0.9
    slow: float = 120.0

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation for an empty, well-lit, sharp picture."""
        step = min(max(frame.at - number(recall, "at", frame.at), 0.0), LONGEST_STEP)
        recall["at"] = frame.at
        if frame.faces:
            self._learn(step, recall)
            return
        if frame.blocked:
            return
        persons = float(sum(1 for _ in of_label(frame.things, PERSON)))
        if persons and not frame.single:
            recall["missed"] = min(number(recall, "missed", 0.0) + step, self.slow)
            if number(recall, "known", 0.0) < self.known or number(recall, "share", 0.0) < self.usual:
                return
        yield Observation(self.kind, self.confidence, {"faces": 0.0, "persons": persons}, {"faces": 1.0})

    def _learn(self, step: float, recall: Recall) -> None:
        """The face is there; how long it was missing before, while somebody was there, lowers what is usual."""
        passed = number(recall, "missed", 0.0) + step
        if passed <= 0:
            return
        known, share = number(recall, "known", 0.0), number(recall, "share", 0.0)
        weight = passed / min(known + passed, self.slow)
        share += min(1.0, weight) * (step / passed - share)
        recall.update(known=round(min(known + passed, self.slow), 2), share=round(share, 4), missed=0.0)
