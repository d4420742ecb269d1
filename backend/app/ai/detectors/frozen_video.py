"""The same picture again and again."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class FrozenVideo:
    """Every sensor has noise: exact repeats over many seconds come from a still picture or a stopped feed."""

    kind: ViolationKind = ViolationKind.FROZEN_VIDEO
    after: float = 10.0
    repeats: int = 2

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation per frame once a run of exact repeats is long enough in seconds and in frames."""
        if frame.single or frame.blocked:
            return
        if recall.get("digest") != frame.digest:
            recall.update(digest=frame.digest, since=frame.at, repeats=0)
            return
        repeats = int(number(recall, "repeats", 0)) + 1
        recall["repeats"] = repeats
        seconds = frame.at - number(recall, "since", frame.at)
        if seconds >= self.after and repeats >= self.repeats:
            measured = {"seconds": round(seconds, 1), "repeats": float(repeats)}
            yield Observation(self.kind, 1.0, measured, {"seconds": self.after})
