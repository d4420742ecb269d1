"""Eyes and head off the screen."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class LookingAway:
    """Line of sight to the left, right or above, against the person's own rest; looking down at paper is not away.

    Degrees. Two limits for each direction (hysteresis), so that somebody at the edge does not flicker: away begins
    beyond `side` and ends within `side_back`; likewise `above`. One direction's state does not lower the other's limit.
    Who comes back from one side overshoots, for many seconds: the other side then begins at `overshoot` of what was
    just measured, if that is more, until the eyes have been within `at_rest` or `forget` seconds have passed.
    """

    kind: ViolationKind = ViolationKind.LOOKING_AWAY
    side: float = 10.0
    side_back: float = 6.0
    overshoot: float = 0.7
    at_rest: float = 3.0
    forget: float = 20.0
    above: float = 18.0
    above_back: float = 12.0

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the person looks away; shut eyes change nothing."""
        seen = frame.attention
        if frame.single or seen is None:
            if not frame.faces:
                recall.update(aside=0, above=0)
            return
        left, right = (self._limit(way, frame.at, recall) for way in (-1, 1))
        above_limit = self.above_back if recall.get("above") else self.above
        aside = int(seen.side > right) - int(seen.side < -left)
        above = -seen.height > above_limit
        recall.update(aside=aside, above=int(above))
        self._remember(seen.side, frame.at, recall)
        if aside or above:
            strength = max(abs(seen.side) / self.side, -seen.height / self.above)
            confidence = min(1.0, max(0.5, 0.5 + 0.5 * (strength - self.side_back / self.side)))
            measured = {"side": round(seen.side, 1), "height": round(seen.height, 1)}
            side_limit = left if seen.side < 0 else right
            yield Observation(self.kind, confidence, measured, {"side": side_limit, "above": above_limit})

    def _limit(self, way: int, at: float, recall: Recall) -> float:
        """Degrees from which this direction (−1 left, 1 right) is away."""
        if recall.get("aside") == way:
            return self.side_back
        last = number(recall, "last", 0.0)
        fresh = 0 <= at - number(recall, "last_at", -1e9) < self.forget
        return max(self.side, self.overshoot * abs(last)) if fresh and last * way < 0 else self.side

    def _remember(self, side: float, at: float, recall: Recall) -> None:
        """The size of the last look aside, with its sign; forgotten at rest."""
        if recall["aside"]:
            last = number(recall, "last", side)
            recall.update(last=side if last * side <= 0 else 0.7 * last + 0.3 * side, last_at=at)
        elif abs(side) < self.at_rest:
            recall["last"] = 0.0
