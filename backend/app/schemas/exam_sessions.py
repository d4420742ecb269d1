"""Exam sessions and their alerts, as they go out: the seed's shapes (trust 0..1) and our own (trust 0..100)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.exam_sessions import OPEN, SessionState
from app.domain.outages import Cause
from app.domain.trust import TrustBand
from app.domain.violations import Severity, ViolationKind
from app.schemas.base import Flag, Id, Input, Int32, Output, Text


class StartRequest(Input):
    """Which exam to sit. With `hold` the clock waits for `begin`: our own client asks for consent first."""

    exam_id: Id
    exam_password: Annotated[str, Field(max_length=200)] | None = None
    hold: Flag = False


class ReasonRequest(Input):
    """Why staff acts; told to the student."""

    reason: Annotated[Text, Field(max_length=500)] = ""


class TerminateRequest(ReasonRequest):
    """Why, and after how many seconds in which it may be undone."""

    delay_seconds: Annotated[Int32, Field(ge=0, le=60)] = 0


class ExtendRequest(Input):
    """More time for one student."""

    minutes: Annotated[Int32, Field(ge=1, le=600)]


class OutageRead(Output):
    """A stretch without the student's line; `ended_at` is null while it goes on."""

    started_at: datetime
    ended_at: datetime | None
    seconds: float
    cause: Cause
    credited_seconds: float


class TicketRead(Output):
    """A one-use way into one socket."""

    ticket: str
    expires_in: int


class ExamSessionRead(Output):
    """The seed's ExamSession, and behind it what ours adds."""

    id: int
    exam_id: int
    student_id: int
    start_time: datetime
    end_time: datetime | None
    is_completed: bool
    final_trust_score: float | None
    created_at: datetime
    updated_at: datetime
    state: SessionState
    ends_at: datetime
    coverage: float | None
    attempt: int
    begun_at: datetime | None
    admitted_at: datetime | None


class StudentRead(Output):
    """Who sits."""

    id: int
    full_name: str
    email: str


class ExamSessionDetail(Output):
    """One sitting for its people; trust 0..100."""

    id: int
    exam_id: int
    exam_title: str
    student: StudentRead
    state: SessionState
    start_time: datetime
    ends_at: datetime
    end_time: datetime | None
    end_reason: str
    trust: float
    scored: bool
    """False where children sit: then `trust` says nothing."""
    band: TrustBand
    coverage: float | None
    attempt: int
    begun_at: datetime | None
    admitted_at: datetime | None
    ending_at: datetime | None
    flagged_at: datetime | None
    flag_reason: str
    outage_seconds: float
    credited_seconds: float
    hand_raised: bool
    unread: int
    """Of the student's texts, how many the staff have not read."""


class AlertRead(Output):
    """The seed's Alert: one violation."""

    id: int
    exam_session_id: int
    timestamp: datetime
    alert_type: ViolationKind
    severity: Severity
    description: str
    screenshot_path: str | None
    trust_score_impact: float
    created_at: datetime
    updated_at: datetime


def is_over(state: str) -> bool:
    """Whether a sitting in this state has ended."""
    return SessionState(state) not in OPEN
