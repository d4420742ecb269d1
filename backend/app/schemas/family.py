"""Shapes of the seed family's routes beside the seed's own; `trust_score` is 0..100 here."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AliasChoices, Field

from app.domain.exam_sessions import SessionState
from app.domain.trust import TrustBand
from app.domain.violations import Severity, ViolationKind
from app.schemas.base import Flag, Id, Input, Int32, Output, Share, Text


class Action(StrEnum):
    """What a teacher does with a violation, in the family's words."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REVIEW = "review"
    ESCALATE = "escalate"
    IGNORE = "ignore"


class HandleRequest(Input):
    """`review` and `escalate` leave it open as unsure, `ignore` is `dismiss`."""

    action: Action
    notes: Annotated[Text, Field(max_length=2000)] = ""


class Handled(Output):
    """What stands now."""

    id: int
    action: Action
    status: str | None
    trust_score: float


class StartBody(Input):
    """What an exam may ask for at its start."""

    exam_password: Annotated[str, Field(max_length=200)] | None = None


class FrameRequestBody(Input):
    """A picture as base64 or data URL; what else the family sends along (D2's fields too) is not needed."""

    frame: Annotated[str, Field(min_length=1, max_length=360_000)]
    timestamp: Any = None
    user_id: Any = None
    session_id: Any = None
    exam_duration: Any = None
    current_time: Any = None


class ViolationReport(Input):
    """What a student's browser reports; severity and words are the client's and change nothing."""

    session_id: Id
    violation_type: Annotated[str, Field(max_length=64, validation_alias=AliasChoices("violation_type", "type"))]
    severity: Annotated[str, Field(max_length=16)] | None = None
    description: Annotated[Text, Field(max_length=2000)] = ""
    timestamp: Any = None
    evidence: Any = None
    confidence: Any = None
    metadata: Any = None
    exam_id: Any = None
    student_id: Any = None


class Acknowledged(Output):
    """`counted`: a browser can know of it, so it is noted; other claims are heard and not believed."""

    violation_id: int | None
    acknowledged: bool
    counted: bool
    trust_score: float


class MonitoredSession(Output):
    """One sitting as the family's monitor lists it."""

    session_id: int
    student_id: int
    student_name: str
    status: SessionState
    is_online: bool
    trust_score: float
    risk_level: TrustBand
    violations_count: int
    started_at: datetime
    ends_at: datetime


class Monitoring(Output):
    """An exam at this moment."""

    exam_id: int
    active_sessions: int
    total_sessions: int
    total_violations: int
    sessions: list[MonitoredSession]


class ExamViolation(Output):
    """A violation with its student."""

    id: int
    session_id: int
    student_id: int
    student_name: str
    type: ViolationKind
    severity: Severity
    description: str
    timestamp: datetime
    status: str | None
    screenshot_path: str | None


class ProctoringSettings(Output):
    """What an exam looks for and forbids."""

    exam_id: int
    enable_face_detection: bool
    enable_multiple_face_detection: bool
    enable_eye_tracking: bool
    enable_audio_detection: bool
    enable_tab_switch_detection: bool
    enable_phone_detection: bool
    enable_screen_recording: bool
    browser_lockdown: bool
    max_tab_switches: int | None
    warning_threshold: float
    critical_threshold: float


class ProctoringSettingsUpdate(Input):
    """What changes; fields left out stay."""

    enable_face_detection: Flag | None = None
    enable_multiple_face_detection: Flag | None = None
    enable_eye_tracking: Flag | None = None
    enable_audio_detection: Flag | None = None
    enable_tab_switch_detection: Flag | None = None
    enable_phone_detection: Flag | None = None
    enable_screen_recording: Flag | None = None
    browser_lockdown: Flag | None = None
    max_tab_switches: Annotated[Int32, Field(ge=0, le=1000)] | None = None
    warning_threshold: Share | None = None
    critical_threshold: Share | None = None


class ReportRead(Output):
    """Where an exam's report lies; it is made when it is fetched."""

    exam_id: int
    report_url: str
    export_url: str
    generated_at: datetime
    summary: Monitoring


class Deduction(Output):
    """What one violation costs, 0..100."""

    type: ViolationKind
    points: float
    timestamp: datetime


class TrustScoreRead(Output):
    """A student's score in an exam's newest sitting, 0..100."""

    session_id: int
    current_score: float
    initial_score: float
    deductions: list[Deduction]
    risk_level: TrustBand
    last_updated: datetime


class TimelineEntry(Output):
    """Something that happened, in the order of time."""

    timestamp: datetime
    type: str
    severity: Severity | None = None
    description: str = ""
    violation_id: int | None = None
    status: str | None = None
    """What a person said of it."""


class SessionAnalytics(Output):
    """One sitting summed up. `duration` in seconds; `coverage` is the share of it that could be judged."""

    session_id: int
    duration: float
    violations: dict[str, Any]
    trust_score: dict[str, float]
    ai_analysis: dict[str, Any]
    timeline: list[TimelineEntry]


class ExamStatistics(Output):
    """An exam in numbers; trust 0..1 as in the seed's shapes."""

    exam_id: int
    total_sessions: int
    completed_sessions: int
    active_sessions: int
    total_violations: int
    violations_by_type: dict[str, int]
    average_trust_score: float | None
    average_score_percent: float | None
