"""What comes beside the main camera, a second camera and the screen: each with its own clock, memory and incidents."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from app.ai.types import FrameReport, FrameRequest, Memory
from app.core.clock import monotonic
from app.domain.incidents import Change, Incidents
from app.domain.media_clock import MediaClock
from app.domain.screen_share import SILENT_AFTER, ScreenShare
from app.domain.sources import CHANGED_SCREEN, SHOWN_BY_SCREEN, Source, first_key, source_of
from app.domain.violations import Observation, ViolationKind
from app.schemas.realtime import Thumbnail
from app.services.evidence import KeptPicture
from app.services.sitting import RecentFrame, RecentFrames, Sitting, keep_frame
from app.storage import EvidenceStore

THUMBNAIL_SECONDS = 2.0
STILLS = 3
CLOCKS_DIFFER = 2.0
"""Seconds by which the times of two sources may be apart (media_clock.py)."""
SCREEN_STILL = "screen"
"""Role of a screen among a violation's pictures."""
STILL_SECONDS = 10.0
"""A screen is kept for a violation that begins at most this long after the screen changed."""


class SideSource:
    """A second camera or a screen. It lowers no coverage, and contradicts nothing that another source showed."""

    def __init__(self, source: Source, sitting: Sitting, stored: Mapping[str, Any] | None) -> None:
        self.source = source
        self.clock = MediaClock()
        self.recent = RecentFrames()
        self.thumbnail: Thumbnail | None = None
        self.memory: Memory = stored["memory"] if stored else {}
        self.used = stored is not None
        self._sitting = sitting
        self._thumbnail_at = 0.0
        self.incidents = Incidents(sitting.rules, first_key=first_key(source))
        if stored:
            self.load(stored["incidents"])

    def request(self, jpeg: bytes, at: float) -> FrameRequest:
        """What the engine is asked about a picture."""
        self.used = True
        return FrameRequest(
            jpeg=jpeg,
            at=at,
            memory=self.memory,
            disabled=self._sitting.disabled,
            thumbnail=monotonic() - self._thumbnail_at >= THUMBNAIL_SECONDS,
            source=self.source,
        )

    def remember(self, report: FrameReport, jpeg: bytes, captured_ms: int) -> Thumbnail | None:
        """Keep in memory what may be needed; the thumbnail, if there is a new one."""
        self.memory = report.memory
        if self.source is not Source.SCREEN:  # of screens only stills are kept, see ScreenStills
            self.recent.add(RecentFrame(report.at, jpeg, {o.kind: o.confidence for o in report.observations}))
        if report.thumbnail is None:
            return None
        self._thumbnail_at = monotonic()
        self.thumbnail = Thumbnail(self._sitting.id, captured_ms, report.thumbnail, self.source)
        return self.thumbnail

    def weigh(self, report: FrameReport) -> list[Change]:
        """What follows from a frame."""
        if report.states:
            return self.incidents.unseen(report.at)
        return self.incidents.see(report.observations, report.at)

    def pass_to(self, at: float) -> list[Change]:
        """The main camera's time goes on: what this source no longer shows ends, even if no frame comes any more."""
        return self.incidents.unseen(max(0.0, at - CLOCKS_DIFFER))

    def load(self, incidents: Mapping[str, Any]) -> None:
        """Go back to a dump of the incidents."""
        self.incidents = Incidents.load(incidents, self._sitting.rules)

    def dump(self) -> dict[str, Any]:
        """JSON-able; what `stored` was."""
        return {"memory": self.memory, "incidents": self.incidents.dump()}


class ScreenStills:
    """Screens that have just changed much, in memory only, until one of them explains a violation or is forgotten."""

    def __init__(self) -> None:
        self._frames: deque[RecentFrame] = deque(maxlen=STILLS)
        self._explained: set[int] = set()

    def see(self, report: FrameReport, jpeg: bytes) -> None:
        """A screen that shows something else than the one before may be kept."""
        while self._frames and self._frames[0].at < report.at - STILL_SECONDS:
            self._frames.popleft()
        if report.change is not None and report.change >= CHANGED_SCREEN:
            self._frames.append(RecentFrame(report.at, jpeg, {}))

    def still_for(self, change: Change) -> RecentFrame | None:
        """The first screen that changed when this violation began or since; None where none did, or one is kept."""
        if change.kind not in SHOWN_BY_SCREEN or change.action == "closed" or change.key in self._explained:
            return None
        return next((frame for frame in self._frames if frame.at >= change.started_at - CLOCKS_DIFFER), None)

    def explained(self, key: int) -> None:
        """A still for this violation is stored: one is enough."""
        self._explained.add(key)


class SideSources:
    """All that comes beside one sitting's main camera."""

    def __init__(self, sitting: Sitting, stored: Mapping[str, Any]) -> None:
        self._sitting = sitting
        self._sources: dict[Source, SideSource] = {
            source: SideSource(source, sitting, stored.get(source)) for source in Source if source != Source.CAMERA
        }
        self._stills = ScreenStills()
        self.share = ScreenShare(shared=self._sources[Source.SCREEN].used)

    def __getitem__(self, source: Source) -> SideSource:
        return self._sources[source]

    @property
    def thumbnails(self) -> list[Thumbnail]:
        """The latest picture of each."""
        return [side.thumbnail for side in self._sources.values() if side.thumbnail is not None]

    def connected(self, elapsed: float) -> None:
        """The student is here (again)."""
        self.share.restart(elapsed)
        for side in self._sources.values():
            side.clock.restart(elapsed)

    def remember(self, side: SideSource, report: FrameReport, jpeg: bytes, captured_ms: int) -> Thumbnail | None:
        """Keep in memory what may be needed of a frame; its thumbnail, if there is a new one."""
        if side.source is Source.SCREEN:
            self._stills.see(report, jpeg)
        return side.remember(report, jpeg, captured_ms)

    def pass_to(self, at: float) -> list[Change]:
        """The main camera's frames come: what is no longer shown beside it ends."""
        return [change for side in self._sources.values() for change in side.pass_to(at)]

    def finish(self, at: float) -> list[Change]:
        """The exam session ends."""
        return [change for side in self._sources.values() for change in side.incidents.finish(at)]

    def missed_screen(self, elapsed: float) -> Observation | None:
        """A frame of the main camera has come: has the screen been missing for too long?"""
        self.share.camera()
        seconds = self.share.silent(elapsed)
        if seconds is None:
            return None
        self.share.stopped = True
        measured = {"seconds": round(seconds, 1)}
        return Observation(ViolationKind.SCREEN_SHARE_STOPPED, 1.0, measured, {"seconds": SILENT_AFTER})

    def explained(self, main: Incidents, at: float) -> list[Change]:
        """Open violations that the newest stills of the screen explain."""
        return [change for change in main.open_now(SHOWN_BY_SCREEN, at) if self._stills.still_for(change) is not None]

    async def keep(self, store: EvidenceStore, change: Change, main: RecentFrames) -> list[KeptPicture]:
        """Write the frames of the source that saw it, and the screen where that explains it."""
        side, still = self._sources.get(source_of(change.key)), self._stills.still_for(change)
        kept = await (side.recent if side else main).keep(store, self._sitting, change)
        screen = await keep_frame(store, self._sitting, still, role=SCREEN_STILL) if still else None
        return kept if screen is None else [*kept, screen]

    def stored(self, pictures: Mapping[int, Sequence[KeptPicture]]) -> None:
        """These pictures are in the database, by the key of their violation."""
        for key, kept in pictures.items():
            if any(picture.role == SCREEN_STILL for picture in kept):
                self._stills.explained(key)

    def dump(self) -> dict[str, Any]:
        """JSON-able; what `stored` was."""
        return {source: side.dump() for source, side in self._sources.items() if side.used}

    def incidents(self) -> dict[Source, dict[str, Any]]:
        """All incidents, to go back to."""
        return {source: side.incidents.dump() for source, side in self._sources.items()}

    def load(self, incidents: Mapping[Source, Mapping[str, Any]]) -> None:
        """Go back to what `incidents` gave."""
        for source, dumped in incidents.items():
            self._sources[source].load(dumped)
