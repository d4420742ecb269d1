"""A picture or a screen held before the camera."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.schedule import SCHEDULE
from app.ai.stillness import change, face_crop, lids, pack, unpack
from app.domain.violations import Observation, ViolationKind


@dataclass(frozen=True, slots=True)
class FaceSpoof:
    """For a long while no blink, no glance and no other change of the face but that of a flat thing being moved.

    Seconds, degrees, and shares. A hint for the reviewer: some people hardly move and blink seldom (one told to stare
    at the screen was taken for a picture for 13 s), so it waits long and its confidence is low by design. `lids` and
    `glance` are looked at in every frame and end the run at once; the dear comparison of the faces is made now and
    then, and one outlier of it is forgiven up to `surely_alive`.
    """

    kind: ViolationKind = ViolationKind.FACE_SPOOF
    after: float = 30.0
    looks: int = 8
    lids: float = 0.08
    glance: float = 7.0
    still: float = 0.12
    surely_alive: float = 0.25
    most_turned: float = 30.0
    least_width: float = 60.0
    longest_gap: float = 5.0
    confidence: float = 0.4

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation per frame once nothing has lived in the face for long enough."""
        if frame.single or frame.blocked:
            return
        if not self._goes_on(frame, recall):
            self._begin(frame, recall)
            return
        recall["at"] = frame.at
        seconds = frame.at - number(recall, "since", frame.at)
        if frame.at - number(recall, "looked_at", frame.at) >= SCHEDULE.stillness_every:
            self._compare(frame, recall)
        if seconds >= self.after and number(recall, "looks", 0) >= self.looks and not recall.get("strikes"):
            measured = {"seconds": round(seconds, 1), "change": round(number(recall, "largest", 0.0), 3)}
            yield Observation(self.kind, self.confidence, measured, {"seconds": self.after, "change": self.still})

    def _begin(self, frame: Frame, recall: Recall) -> None:
        """A new run begins with a face that can be compared."""
        recall.clear()
        face = frame.main_face
        if face is None or not self._usable(frame):
            return
        recall.update(since=frame.at, at=frame.at, looked_at=frame.at, looks=0, strikes=0, largest=0.0)
        recall.update(lids=lids(face.mesh), side=None if frame.attention is None else frame.attention.eye_side)
        recall["face"] = pack(face_crop(frame.pixels, face.mesh))

    def _goes_on(self, frame: Frame, recall: Recall) -> bool:
        """Whether this frame shows no sign of life that is cheap to see."""
        face = frame.main_face
        if face is None or "face" not in recall or not self._usable(frame):
            return False
        if not 0 <= frame.at - number(recall, "at", -1e9) <= self.longest_gap:
            return False
        if abs(lids(face.mesh) - number(recall, "lids", 0.0)) > self.lids:
            return False
        side = recall.get("side")
        if frame.attention is None or not isinstance(side, float | int):
            return frame.attention is None and side is None
        return abs(frame.attention.eye_side - side) <= self.glance

    def _usable(self, frame: Frame) -> bool:
        """Frontal and large enough."""
        face = frame.main_face
        if face is None or frame.head is None:
            return False
        return face.found.box[2] >= self.least_width and max(map(abs, frame.head[:2])) <= self.most_turned

    def _compare(self, frame: Frame, recall: Recall) -> None:
        """Lay the face over the run's first; what differs too much ends the run."""
        face, before = frame.main_face, unpack(str(recall.get("face", "")))
        if face is None or before is None:
            recall.clear()
            return
        with frame.timed("stillness"):
            found = change(before, face_crop(frame.pixels, face.mesh))
        strikes = 0 if found is not None and found <= self.still else int(number(recall, "strikes", 0)) + 1
        if strikes >= 2 or (found is not None and found > self.surely_alive):
            self._begin(frame, recall)
            return
        recall.update(looked_at=frame.at, looks=int(number(recall, "looks", 0)) + 1, strikes=strikes)
        if found is not None and not strikes:
            recall["largest"] = max(found, number(recall, "largest", 0.0))
