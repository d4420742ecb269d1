"""Mouth and voice that do not go together: lips that move in silence, a voice while the lips rest."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.mouth import MOVES, STILL
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class MouthAndVoice:
    """`speech`: share of the last seconds in which speech was heard, `mouth`: how much the lips move (mouth.py).

    A *silent* mouth moves at least so much while at most so much is heard: whispering, a muted microphone, or chewing.
    Otherwise at least so much is heard while the lips move at most so much: another person, or a loudspeaker.
    """

    kind: ViolationKind
    silent: bool
    speech: float
    mouth: float
    confidence: float

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while the two do not go together; none where either cannot be judged."""
        del recall
        moves, heard = frame.mouth_moves, frame.speech
        if moves is None or heard is None:
            return
        more, less = (
            (moves - self.mouth, self.speech - heard) if self.silent else (heard - self.speech, self.mouth - moves)
        )
        if more >= 0 and less >= 0:
            measured = {"speech": round(heard, 2), "mouth": round(moves, 4)}
            yield Observation(self.kind, self.confidence, measured, {"speech": self.speech, "mouth": self.mouth})


SILENT_SPEECH = MouthAndVoice(ViolationKind.SILENT_SPEECH, silent=True, speech=0.02, mouth=MOVES, confidence=0.4)
VOICE_ELSEWHERE = MouthAndVoice(ViolationKind.VOICE_ELSEWHERE, silent=False, speech=0.45, mouth=STILL, confidence=0.5)
