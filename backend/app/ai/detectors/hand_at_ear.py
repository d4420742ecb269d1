"""A hand held to an ear for a while: how one holds a telephone or presses an earpiece, and how one thinks."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.hands import ABOVE, CHIN, EAR
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class HandAtEar:
    """A confirmed palm beside the face, no further than a hand from the ear. Widths and heights of the face's box.

    The palm's middle lies between `inner` and `outer` from the face's middle to either side, and between `above` and
    `below` of it. A hand before the mouth, under the chin or waving further away is none.
    """

    kind: ViolationKind = ViolationKind.HAND_AT_EAR
    inner: float = EAR[0]
    outer: float = EAR[1]
    above: float = ABOVE
    below: float = CHIN

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the last look found such a hand."""
        del recall
        if frame.single:
            return
        sides = [
            hand
            for hand in frame.hands
            if self.inner <= abs(hand.x) <= self.outer and self.above <= hand.y <= self.below
        ]
        if sides:
            best = max(sides, key=lambda hand: hand.score)
            measured = {"from_middle": round(abs(best.x), 2), "hand": round(best.score, 2)}
            yield Observation(self.kind, 0.5 * best.score, measured, {"from_middle": self.outer, "hand": 0.5})
