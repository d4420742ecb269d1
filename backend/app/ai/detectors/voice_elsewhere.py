"""Somebody speaks, and the student's mouth rests."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.mouth import STILL
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class VoiceElsewhere:
    """Speech for `speech` of the last seconds while the lips hardly moved: another person, or a loudspeaker."""

    kind: ViolationKind = ViolationKind.VOICE_ELSEWHERE
    speech: float = 0.45
    still: float = STILL

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while there is speech that is not the student's."""
        del recall
        moves = frame.mouth_moves
        if moves is None or frame.speech is None:
            return
        if frame.speech >= self.speech and moves <= self.still:
            measured = {"speech": round(frame.speech, 2), "mouth": round(moves, 4)}
            yield Observation(self.kind, 0.5, measured, {"speech": self.speech, "mouth": self.still})
