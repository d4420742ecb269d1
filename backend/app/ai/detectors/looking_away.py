"""Eyes and head off the screen."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class LookingAway:
    """Line of sight to the left, right or above, against the person's own rest; looking down at paper is not away.

    Degrees. Two limits for each direction (hysteresis), so that somebody at the edge does not flicker: away begins
    beyond `side` and ends within `side_back`; likewise `above`. One direction's state does not lower the other's limit.
    """

    kind: ViolationKind = ViolationKind.LOOKING_AWAY
    side: float = 14.0
    side_back: float = 9.0
    above: float = 18.0
    above_back: float = 12.0

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the person looks away; shut eyes change nothing, learning accuses nobody."""
        seen = frame.attention
        if frame.single or seen is None or seen.learning:
            if seen is not None or not frame.faces:
                recall.update(aside=0, above=0)
            return
        side_limit = self.side_back if recall.get("aside") else self.side
        above_limit = self.above_back if recall.get("above") else self.above
        aside, above = abs(seen.side) > side_limit, -seen.height > above_limit
        recall.update(aside=int(aside), above=int(above))
        if aside or above:
            strength = max(abs(seen.side) / self.side, -seen.height / self.above)
            confidence = min(1.0, max(0.5, 0.5 + 0.5 * (strength - self.side_back / self.side)))
            measured = {"side": round(seen.side, 1), "height": round(seen.height, 1)}
            yield Observation(self.kind, confidence, measured, {"side": side_limit, "above": above_limit})
