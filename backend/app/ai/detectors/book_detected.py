"""A book."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.object_labels import BOOK
from app.ai.object_search import BELIEFS, of_label
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class BookDetected:
    """Several looks agree on a book; whether it is one in use or one on a shelf is for the reviewer to say."""

    kind: ViolationKind = ViolationKind.BOOK_DETECTED

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation while a book is believed to be there."""
        del recall
        for thing in of_label(frame.things, BOOK):
            measured = {"score": round(thing.score, 3), "area": round(thing.area, 4), "looks": thing.looks}
            yield Observation(self.kind, min(1.0, thing.score), measured, {"score": BELIEFS[BOOK].sure})
            return
