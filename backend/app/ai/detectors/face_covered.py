"""Mouth and nose that could be seen before, and are covered now: a hand before the mouth, a mask put on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.hands import CHIN, NOSE
from app.ai.networks import Array
from app.ai.schedule import SCHEDULE
from app.domain.violations import Observation, ViolationKind

LONGEST_STEP = 2.0
"""Seconds that one frame can stand for at most."""


@dataclass(frozen=True, slots=True)
class FaceCovered:
    """What changes during the exam, never what somebody wears.

    The lower half's colour minus the upper half's is learnt while the person sits there (`known` seconds at least).
    Only a lower half that was skin like the upper one (within `alike`) can become covered: it then differs by `more`
    than it did, by more than `other` at all, and by `changed` from what it was, while the upper half kept its own hue
    (within `same_hue`). So a niqab, a beard or a mask that is there from the beginning is never noted, and who takes a
    mask off is not either. Colours are CIE L*a*b*; lightness counts `lightness` of hue, since shadows change it. Turned
    heads (degrees) are not judged. A hand counts when its palm lies before mouth or nose (shares of the face's box).
    """

    kind: ViolationKind = ViolationKind.FACE_COVERED
    known: float = 6.0
    slow: float = 60.0
    alike: float = 18.0
    other: float = 15.0
    more: float = 4.0
    changed: float = 12.0
    same_hue: float = 8.0
    lightness: float = 0.4
    turned: float = 25.0
    aside: float = 0.3
    above: float = NOSE
    below: float = CHIN

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while something is before the lower half of the face."""
        if frame.single or frame.head is None or max(map(abs, frame.head[:2])) > self.turned:
            return
        for hand in frame.hands:
            if abs(hand.x) <= self.aside and self.above <= hand.y <= self.below:
                measured = {"hand": round(hand.score, 2), "colour": 0.0}
                yield Observation(self.kind, 0.6 * hand.score, measured, {"hand": 0.5, "colour": self.changed})
                return
        if not 0 <= frame.at - number(recall, "looked_at", -1e9) < SCHEDULE.cover_every:
            recall["looked_at"] = frame.at
            recall["covered"] = self._compare(*frame.halves, frame.at, recall) if frame.halves else None
        covered = recall.get("covered")
        if isinstance(covered, float | int):
            sure = min(0.8, 0.4 + 0.02 * (covered - self.changed))
            measured = {"hand": 0.0, "colour": round(covered, 1)}
            yield Observation(self.kind, sure, measured, {"hand": 0.5, "colour": self.changed})

    def _compare(self, upper: Array, lower: Array, at: float, recall: Recall) -> float | None:
        """The halves' colours against what is usual for this person: how much they changed, where that covers."""
        now = (lower - upper) * np.array([self.lightness, 1.0, 1.0], np.float32)
        fresh = np.concatenate([now, upper[1:]])
        kept = recall.get("usual")
        usual = np.array(kept, np.float32) if isinstance(kept, list) and len(kept) == len(fresh) else fresh
        step = min(max(at - number(recall, "at", at), 0.0), LONGEST_STEP)
        seen = number(recall, "seen", 0.0)
        recall["at"] = at
        was, differs, change = (float(np.linalg.norm(part)) for part in (usual[:3], now, now - usual[:3]))
        more = was <= self.alike and differs >= max(self.other, was + self.more)
        if seen >= self.known and more and change >= self.changed:
            return round(change, 2) if float(np.linalg.norm(fresh[3:] - usual[3:])) <= self.same_hue else None
        share = step / min(self.known + seen + step, self.slow) if kept else 1.0
        usual = usual + share * (fresh - usual)
        recall.update(usual=[round(float(value), 2) for value in usual], seen=min(seen + step, self.slow))
        return None
