"""The head bent down for long; only where an exam asks for it, for looking down is also reading and writing."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class LookingDown:
    """Degrees by which the head is bent below the person's own rest; begins at `down`, ends within `back`.

    The lids hide where eyes that look down look, so the head alone is asked. The rest is the one that attention.py has
    learnt, which follows the head slowly and only near it.
    """

    kind: ViolationKind = ViolationKind.LOOKING_DOWN
    down: float = 13.0
    back: float = 9.0

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the head is down."""
        if frame.single or frame.head is None:
            return
        rest = number(frame.recall("attention"), "pitch", 0.0)
        limit = self.back if recall.get("down") else self.down
        bent = rest - frame.head[1]
        recall["down"] = int(bent > limit)
        if bent > limit:
            sure = min(0.9, 0.5 + 0.02 * (bent - self.down))
            yield Observation(self.kind, sure, {"bent": round(bent, 1)}, {"bent": limit})
