"""Verdicts, decisions, notes and comments, as they come in and go out; trust 0..100."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.reviews import Verdict
from app.domain.trust import TrustBand
from app.domain.violations import ViolationKind
from app.schemas.base import Id, Input, Output, Text
from app.schemas.realtime import ViolationOut

MOST_AT_ONCE = 500
LONGEST_REASON = 500

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
