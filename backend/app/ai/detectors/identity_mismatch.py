"""Somebody else than the person who was enrolled."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.identity_check import DIFFERENT_BELOW, SAME_FROM
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class IdentityMismatch:
    """Comparison after comparison fails, for seconds: one picture of anybody can be unlike him.

    What cannot be compared (turned away, dark, small, blurred, several faces) counts neither for nor against. The
    confidence grows with the distance from the threshold, from 0.5 at it to 1 at `stranger`.
    """

    kind: ViolationKind = ViolationKind.IDENTITY_MISMATCH
    least: int = 3
    seconds: float = 5.0
    stranger: float = 0.35

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the face in the picture has failed often enough and not fitted since."""
        del recall
        check = frame.identity
        if frame.single:
            if check and check.problem is None and check.similarity is not None and check.similarity < SAME_FROM:
                yield self._observed(check.similarity, 1.0, 0.0, SAME_FROM)
            return
        memory = frame.recall("identity")
        count, since = number(memory, "mismatches", 0.0), number(memory, "since", frame.at)
        if frame.main_face is not None and count >= self.least and frame.at - since >= self.seconds:
            similarity = number(memory, "similarity", DIFFERENT_BELOW)
            yield self._observed(similarity, count, frame.at - since, DIFFERENT_BELOW)

    def _observed(self, similarity: float, comparisons: float, seconds: float, limit: float) -> Observation:
        distance = (limit - similarity) / (limit - self.stranger)
        measured = {"similarity": similarity, "comparisons": comparisons, "seconds": round(seconds, 1)}
        threshold = {"similarity": limit, "comparisons": float(self.least), "seconds": self.seconds}
        return Observation(self.kind, min(1.0, 0.5 + 0.5 * max(distance, 0.0)), measured, threshold)
