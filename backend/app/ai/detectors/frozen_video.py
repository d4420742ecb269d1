"""The same picture again and again."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.violations import Observation, ViolationKind


def largest_change(one: bytes, other: bytes) -> float:
    """Largest difference of two signatures in grey levels; of different sizes: everything changed."""
    if len(one) != len(other):
        return 255.0
    first, second = (np.frombuffer(data, np.uint8).astype(np.int16) for data in (one, other))
    return float(np.abs(first - second).max())


@dataclass(frozen=True, slots=True)
class FrozenVideo:
    """A still picture or a stopped feed instead of a camera.

    Every sensor has noise, so exact repeats over many seconds are no camera's. A still picture that got noise or went
    through a codec is not exact (noise of 12 grey levels at quality 50 changes it by up to 3); but no living face holds
    still to within `tolerance` grey levels for so long (measured: a person who tries to sits at 7 and more). In glare
    and dim light people move by fewer grey levels, so no more than `share` of the picture's contrast is allowed; what
    is still then is left undecided. Without a face only exact repeats count: an empty room may be still.
    """

    kind: ViolationKind = ViolationKind.FROZEN_VIDEO
    after: float = 10.0
    repeats: int = 2
    tolerance: float = 4.0
    share: float = 0.08

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation per frame once a run of repeats is long enough in seconds and in frames."""
        if frame.single or frame.blocked:
            return
        exact = recall.get("digest") == frame.digest
        change = largest_change(b64decode(str(recall.get("picture", ""))), frame.signature)
        recall["digest"] = frame.digest
        tolerance = min(self.tolerance, self.share * frame.quality.contrast)
        if not exact and (frame.main_face is None or change > tolerance):
            recall.update(picture=b64encode(frame.signature).decode(), since=frame.at, repeats=0)
            return
        repeats = int(number(recall, "repeats", 0)) + 1
        recall["repeats"] = repeats
        seconds = frame.at - number(recall, "since", frame.at)
        if seconds >= self.after and repeats >= self.repeats:
            measured = {"seconds": round(seconds, 1), "change": change}
            threshold = {"seconds": self.after, "change": round(tolerance, 2)}
            yield Observation(self.kind, 1.0 if exact else 0.8, measured, threshold)
