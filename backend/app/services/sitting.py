"""What one live exam session is made of: its fixed facts, what was noted, and the frames of the last seconds."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.core.clock import now
from app.core.sealing import DataKey
from app.db.models import Accommodation, ExamSession
from app.domain.exam_sessions import SessionState
from app.domain.exams import SWITCHES
from app.domain.incidents import Change
from app.domain.presets import Preset, rules_for, switched_off
from app.domain.roles import Language
from app.domain.trust import TrustBand, band_of
from app.domain.violations import Rule, ViolationKind
from app.schemas.realtime import StudentOut
from app.services.evidence import KeptPicture, keep_picture
from app.services.violations import exam_weights
from app.storage import EvidenceStore

RECENT_SECONDS = 10.0
RECENT_FRAMES = 24
"""How far back the frames around a violation reach, in memory only."""


@dataclass(frozen=True, slots=True)
class SittingKeys:
    """What seals the sitting's pictures, and what its chain's digests are made with."""

    pictures: DataKey
    record: DataKey | None
    """None in practice, which has no chain."""


@dataclass(slots=True)
class Sitting:
    """An exam session's facts, read once when it becomes live; `state` and `ends_at` follow the database."""

    id: int
    exam_id: int
    student: StudentOut
    language: Language
    began: datetime
    weights: dict[ViolationKind, float]
    disabled: frozenset[ViolationKind]
    rules: Mapping[ViolationKind, Rule]
    thresholds: tuple[float, float]
    show_trust: bool
    scored: bool = True
    max_tab_switches: int | None = None
    ends_at: datetime = field(default_factory=now)
    ended_at: datetime | None = None
    state: SessionState = SessionState.CREATED
    keys: SittingKeys | None = None
    """Where the sitting is live; without them no picture is kept."""

    @classmethod
    def of(cls, taken: ExamSession, accommodation: Accommodation | None) -> "Sitting":
        """From a row with exam and student loaded, and what is different for this student."""
        exam = taken.exam
        preset = accommodation.preset if accommodation and accommodation.preset else exam.preset
        spared = accommodation.disabled_kinds if accommodation else []
        off = [kinds for switch, kinds in SWITCHES.items() if not getattr(exam, switch)]
        return cls(
            id=taken.id,
            exam_id=taken.exam_id,
            student=StudentOut.model_validate(taken.student, from_attributes=True),
            language=Language(taken.student.preferred_language),
            began=taken.start_time,
            weights=exam_weights(exam.weights),
            disabled=switched_off(exam.disabled_kinds, spared).union(*off),
            rules=rules_for(Preset(preset)),
            thresholds=(100 * exam.warning_threshold, 100 * exam.critical_threshold),
            show_trust=exam.show_trust,
            scored=not exam.minors,
            max_tab_switches=exam.max_tab_switches,
            ends_at=taken.ends_at,
            ended_at=taken.end_time,
            state=SessionState(taken.state),
        )

    def band_of(self, trust: float) -> TrustBand:
        """Where a score lies between the exam's thresholds."""
        return band_of(trust, warning=self.thresholds[0], critical=self.thresholds[1])

    def elapsed(self, at: datetime) -> float:
        """Seconds from the start to `at`, never negative."""
        return max(0.0, (at - self.began).total_seconds())


@dataclass(frozen=True, slots=True)
class RecentFrame:
    """A frame that may become evidence: media time, picture, and how sure each detector was."""

    at: float
    jpeg: bytes
    confidence: dict[ViolationKind, float]


class RecentFrames:
    """The last seconds of video, in memory only; what is not kept for a violation is forgotten."""

    def __init__(self) -> None:
        self._frames: deque[RecentFrame] = deque(maxlen=RECENT_FRAMES)

    def add(self, frame: RecentFrame) -> None:
        """Remember a frame, forget those that are too old."""
        self._frames.append(frame)
        while self._frames[0].at < frame.at - RECENT_SECONDS:
            self._frames.popleft()

    def around(self, change: Change) -> dict[str, RecentFrame]:
        """Role → frame worth keeping: before and best when a violation opens, after when it closes."""
        frames = list(self._frames)
        if not frames or change.action == "extended":
            return {}
        if change.action == "closed":
            after = [frame for frame in frames if change.ended_at is not None and frame.at > change.ended_at]
            return {"after": after[0]} if after else {}
        before = [frame for frame in frames if frame.at < change.started_at]
        during = [frame for frame in frames if frame.at >= change.started_at] or frames[-1:]
        found = {"best": max(during, key=lambda frame: frame.confidence.get(change.kind, 0.0))}
        if before:
            found["before"] = before[-1]
        return found

    async def keep(self, store: EvidenceStore, sitting: Sitting, change: Change) -> list[KeptPicture]:
        """Write the frames around a change to the store; those the disk refused are missing."""
        kept = [await keep_frame(store, sitting, frame, role=role) for role, frame in self.around(change).items()]
        return [picture for picture in kept if picture is not None]


async def keep_frame(store: EvidenceStore, sitting: Sitting, frame: RecentFrame, *, role: str) -> KeptPicture | None:
    """Write one frame to the store; None where the disk refuses."""
    if sitting.keys is None:
        return None
    return await keep_picture(
        store,
        sitting.keys.pictures,
        exam_session_id=sitting.id,
        role=role,
        captured_at=sitting.began + timedelta(seconds=frame.at),
        body=frame.jpeg,
    )
