"""The same stretch of video once more."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.ai.attention import number
from app.ai.face_search import Recall
from app.ai.frame import Frame
from app.ai.loop_match import SLOTS, Likeness, Track, compare, pack, project, unpack
from app.ai.schedule import SCHEDULE
from app.domain.films import NUMBERS, SLOT
from app.domain.violations import Observation, ViolationKind


def grown(track: Track, last: Track, last_at: float, fresh: Track, at: float, *, longest_gap: float) -> Track:
    """The track with the slots between two pictures filled in; a gap in what was seen stays one."""
    first, end = int(np.floor(last_at / SLOT)) + 1, int(np.floor(at / SLOT))
    times = np.arange(max(first, end - SLOTS + 1), end + 1) * SLOT
    if at - last_at > longest_gap:
        rows = np.full((len(times), NUMBERS), np.nan)
    else:
        rows = last + (fresh - last) * ((times - last_at) / max(at - last_at, 1e-6))[:, None]
    return np.vstack([track, rows]).astype(np.float32)[-SLOTS:]


@dataclass(frozen=True, slots=True)
class LoopedVideo:
    """A recording played in a loop of 10–120 s moves in each pass as it did in the one before; people do not.

    Needs both: the movement alike (`alike`), and at no other distance (`clearer`, `elsewhere`: spares fans and rocking
    chairs), and the pictures the same (`apart`, which spares gestures made once more). Who does not move is no loop.
    """

    kind: ViolationKind = ViolationKind.LOOPED_VIDEO
    alike: float = 0.7
    clearer: float = 0.3
    elsewhere: float = 0.5
    apart: float = 0.2
    parts: int = 3
    longest_gap: float = 2.2

    def look(self, frame: Frame, recall: Recall) -> Iterator[Observation]:
        """One observation in each frame that ends a stretch that was seen before; looked for by schedule."""
        if frame.single or frame.blocked:
            return
        track = self._remember(frame, recall)
        if track is not None and frame.at - number(recall, "looked_at", -1e9) >= SCHEDULE.loop_every:
            recall["looked_at"] = frame.at
            with frame.timed("loop"):
                found = compare(track)
            recall["found"] = None
            if found is not None and self._certain(found):
                recall["found"] = [found.lag, found.alike, found.elsewhere, found.apart]
        found_last = recall.get("found")
        if isinstance(found_last, list):
            lag, alike, elsewhere, apart = found_last
            measured = {"loop_seconds": lag, "alike": alike, "elsewhere": elsewhere, "apart": apart}
            measured = {name: round(value, 2) for name, value in measured.items()}
            threshold = {"alike": self.alike, "elsewhere": self.elsewhere, "apart": self.apart}
            yield Observation(self.kind, min(1.0, max(0.6, alike)), measured, threshold)

    def _certain(self, found: Likeness) -> bool:
        """Whether this can be nothing but the same video."""
        clear = found.elsewhere <= min(self.elsewhere, found.alike - self.clearer)
        return clear and found.alike >= self.alike and found.parts >= self.parts and found.apart <= self.apart

    def _remember(self, frame: Frame, recall: Recall) -> Track | None:
        """Add this frame; the track when it has grown by that."""
        fresh = project(frame.signature)
        last, last_at = recall.get("last"), number(recall, "at", frame.at)
        if isinstance(last, list) and frame.at <= last_at:
            return None
        recall.update(last=list(fresh), at=frame.at)
        if not isinstance(last, list) or int(frame.at / SLOT) == int(last_at / SLOT):
            return None
        with frame.timed("loop"):
            known = unpack(str(recall.get("track", "")))
            one, other = np.array(last, np.float32), np.array(fresh, np.float32)
            track = grown(known, one, last_at, other, frame.at, longest_gap=self.longest_gap)
            recall["track"] = pack(track)
        return track
