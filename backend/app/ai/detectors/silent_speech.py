"""The mouth moves as in speech, and nothing is heard."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.mouth import MOVES
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class SilentSpeech:
    """Lips that part and close again and again while no speech is heard: whispering, a muted microphone, or chewing."""

    kind: ViolationKind = ViolationKind.SILENT_SPEECH
    speech: float = 0.02
    moves: float = MOVES

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the mouth speaks without a sound."""
        del recall
        moves = frame.mouth_moves
        if moves is None or frame.speech is None:
            return
        if frame.speech <= self.speech and moves >= self.moves:
            measured = {"speech": round(frame.speech, 2), "mouth": round(moves, 4)}
            yield Observation(self.kind, 0.4, measured, {"speech": self.speech, "mouth": self.moves})
