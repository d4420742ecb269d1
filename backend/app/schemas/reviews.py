"""Verdicts, decisions, notes and comments, as they come in and go out; trust 0..100."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.domain.answer_order import Outside
from app.domain.reviews import Decision, Verdict
from app.domain.roles import Role
from app.domain.trust import TrustBand
from app.domain.violations import NeutralState, ViolationKind
from app.schemas.base import Id, Input, Output, Share, Text
from app.schemas.consents import ConsentRead
from app.schemas.conversation import MessageRead
from app.schemas.documents import DocumentRead
from app.schemas.exam_sessions import ExamSessionDetail, OutageRead, StudentRead
from app.schemas.exams import Weights
from app.schemas.realtime import ViolationOut

MOST_AT_ONCE = 500
LONGEST_REASON = 500
LONGEST_WORDS = 4000

Reason = Annotated[Text, Field(max_length=LONGEST_REASON)]
Several = Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class VerdictRequest(Input):
    """What a person says of one violation; `kind` where it is another than the detector said."""

    verdict: Verdict
    kind: ViolationKind | None = None
    reason: Reason = ""


class BulkVerdictRequest(Input):
    """The same for several at once, with a reason; confirming is for one at a time."""

    violation_ids: Several
    verdict: Verdict
    reason: Annotated[Reason, Field(min_length=1)]


class BulkUndoRequest(Input):
    """Take back the latest verdict of each."""

    violation_ids: Several


class VerdictRead(Output):
    """The violation as it now is, and what followed for the trust."""

    violation: ViolationOut
    trust: float
    band: TrustBand


class ScoreRead(Output):
    """The trust of one exam session."""

    exam_session_id: int
    trust: float
    band: TrustBand


class BulkVerdictRead(Output):
    """All the violations as they now are, and what followed for each exam session."""

    violations: list[ViolationOut]
    exam_sessions: list[ScoreRead]


class ReviewerRead(Output):
    """Who looked; the name is gone with the account."""

    id: int
    full_name: str | None


class GivenVerdictRead(Output):
    """One row of a violation's history; `verdict` null and `undoes` set where another row was taken back."""

    id: int
    at: datetime
    reviewer: ReviewerRead
    verdict: Verdict | None
    kind: ViolationKind | None
    reason: str
    undoes: int | None
    in_bulk: bool
    stage: int
    trust_before: float
    trust_after: float


# --- the queue --------------------------------------------------------------------------------------------------------


class QueueStatus(StrEnum):
    """Which exam sessions of the queue."""

    OPEN = "open"
    DECIDED = "decided"
    ALL = "all"


class ReasonRead(Output):
    """What was noted of one kind and still counts; `open` is how many nobody has looked at, `cost` what all cost."""

    kind: ViolationKind
    count: int
    seconds: float
    open: int
    cost: float


class DecidedRead(Output):
    """The decision that stands."""

    decision: Decision
    at: datetime
    reviewer: ReviewerRead


class QueueItem(Output):
    """One exam session that is over. `gain`: what a look could change, in points; the queue is in its order."""

    exam_session_id: int
    exam_id: int
    exam_title: str
    student: StudentRead
    ended_at: datetime | None
    trust: float
    band: TrustBand
    scored: bool
    """False where children sit: trust and band then say nothing."""
    coverage: float | None
    gain: float
    reasons: list[ReasonRead]
    open: int
    decided: DecidedRead | None
    outage_seconds: float


# --- notes, comments, decisions ---------------------------------------------------------------------------------------


class WordsRequest(Input):
    """A note or a comment."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST_WORDS)]


class CommentRead(Output):
    """What the student said, to a violation or to a decision."""

    id: int
    at: datetime
    violation_id: int | None
    decision_id: int | None
    text: str


class NoteRead(Output):
    """What staff noted; no student reads it."""

    id: int
    at: datetime
    author: ReviewerRead
    text: str


class DecisionRequest(Input):
    """What a person decides about an exam session; `text` is for the student, `note` for the staff alone."""

    decision: Decision
    text: Annotated[Text, Field(max_length=LONGEST_WORDS)] = ""
    note: Annotated[Text, Field(max_length=LONGEST_WORDS)] = ""


class DecisionRead(Output):
    """One decision, for the staff. `trust` and `measured_trust`: with and without the verdicts of that time."""

    id: int
    at: datetime
    reviewer: ReviewerRead
    decision: Decision
    text: str
    note: str
    stage: int
    trust: float
    measured_trust: float
    coverage: float | None


class OwnDecisionRead(Output):
    """What the student is told: the decision that stands (null before there is one), and both values of the trust.

    `measured_trust` is what the detectors gave, `trust` what it is after people looked; `changed` lists where a person
    departed from the detectors, `comments` what the student has said so far, to violations and decisions.
    """

    exam_session_id: int
    decision: Decision | None
    text: str
    at: datetime | None
    trust: float
    measured_trust: float
    band: TrustBand
    changed: list[ViolationOut]
    comments: list[CommentRead]


class EvidenceViewRead(Output):
    """Who looked at which picture or document, and when; `via` the review itself or a report."""

    at: datetime
    viewer: ReviewerRead
    role: Role | None
    evidence_id: int | None
    document_id: int | None
    violation_id: int | None
    via: str


# --- everything about one exam session --------------------------------------------------------------------------------


class ReviewedViolation(ViolationOut):
    """A violation with everything that was said of it, oldest first."""

    history: tuple[GivenVerdictRead, ...] = ()
    comments: tuple[CommentRead, ...] = ()


class EventRead(Output):
    """What the student's browser reported; `counted` is false for what could not be a violation (writing Bangla)."""

    seq: int
    at: datetime
    client_time: datetime | None
    kind: str
    phase: str | None
    counted: bool


class AnswerMoment(Output):
    """That something was answered, not what; `position` of the question in the student's paper, from 1."""

    question_id: int | None
    position: int | None
    at: datetime
    late: bool
    outside: Outside | None
    """Made after its question's own time, or out of order."""


class DeedRead(Output):
    """Who did what to this exam session."""

    at: datetime
    actor: ReviewerRead | None
    action: str
    subject: str
    detail: dict[str, str | int | float | bool | None]


class UnobservedRead(Output):
    """A stretch in which we could not see; that is nobody's fault and costs no trust."""

    begin: Annotated[datetime, Field(serialization_alias="from")]
    to: datetime
    states: list[NeutralState]


class SoundRead(Output):
    """5 seconds of sound, as measured; seconds of the sitting. Where nothing was heard there is none."""

    begin: Annotated[float, Field(serialization_alias="from")]
    to: float
    level: float
    """Loudness, 0..1."""
    speech: float
    """Share of the time in which somebody spoke."""


class ReviewRead(Output):
    """One exam session from beginning to end, for those who decide."""

    session: ExamSessionDetail
    measured_trust: float
    violations: list[ReviewedViolation]
    events: list[EventRead]
    answers: list[AnswerMoment]
    outages: list[OutageRead]
    messages: list[MessageRead]
    consent: ConsentRead | None
    documents: list[DocumentRead]
    notes: list[NoteRead]
    decisions: list[DecisionRead]
    comments: list[CommentRead]
    history: list[DeedRead]
    unobserved: list[UnobservedRead]
    sound: list[SoundRead]


# --- other weights ----------------------------------------------------------------------------------------------------


class RescoreRequest(Input):
    """Weights that replace the exam's own (kinds left out have the rules' weights); thresholds where they change."""

    weights: Weights
    warning_threshold: Share | None = None
    critical_threshold: Share | None = None


class RescoreRow(Output):
    """One exam session before and after."""

    exam_session_id: int
    student: StudentRead
    before: float
    after: float
    band_before: TrustBand
    band_after: TrustBand
