"""Covered lens."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class CameraBlocked:
    """A covered lens gives an even picture; contrast tells it from a dark room with a screen in it."""

    kind: ViolationKind = ViolationKind.CAMERA_BLOCKED
    max_contrast: float = 6.0

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the picture is even and no face can be found in it."""
        del recall
        if frame.blocked:
            measured = {"brightness": frame.quality.brightness, "contrast": frame.quality.contrast}
            confidence = 1.0 - 0.3 * frame.quality.contrast / self.max_contrast
            yield Observation(self.kind, confidence, measured, {"contrast": self.max_contrast})
