"""Marks, results, and what the answers say about the questions."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from app.domain.questions import QuestionType
from app.schemas.base import Flag, Input, Output, Text
from app.schemas.exam_sessions import StudentRead
from app.schemas.papers import OutsideAnswer
from app.schemas.questions import MOST_POINTS, ChoiceId, QuestionBody, QuestionKey, RubricLine

SignedPoints = Annotated[float, Field(ge=-MOST_POINTS, le=MOST_POINTS, allow_inf_nan=False)]
Comment = Annotated[Text, Field(max_length=5000)]


class MarkWrite(Input):
    """A person's mark; `points` null takes it back. `comment` is for the student, `internal_note` for graders only."""

    points: SignedPoints | None = None
    comment: Comment = ""
    internal_note: Comment = ""
    rubric: Annotated[dict[ChoiceId, SignedPoints], Field(max_length=50)] = Field(default_factory=dict)


class GradedQuestion(Output):
    """A question as graders see it."""

    id: int
    position: int
    type: QuestionType
    text: dict[str, str]
    points: float
    negative_points: float
    body: QuestionBody
    key: QuestionKey
    rubric: list[RubricLine]


class GradingItem(Output):
    """One answer to look at. `student` is null where the exam is graded without names; `label` tells them apart."""

    answer_id: int
    question_id: int
    label: str
    student: StudentRead | None
    value: Any
    saved_at: datetime
    late: bool
    outside: OutsideAnswer | None
    auto_points: float | None
    points: float | None
    comment: str
    internal_note: str
    rubric: dict[str, float]
    marked_at: datetime | None


class GradingRead(Output):
    """A stretch of the marking queue, and the questions its answers belong to."""

    questions: list[GradedQuestion]
    items: list[GradingItem]
    total: int


class GradingSummary(Output):
    """How far the marking of one question is."""

    question_id: int
    position: int
    type: QuestionType
    text: dict[str, str]
    by_hand: bool
    answers: int
    to_mark: int


class ResultRead(Output):
    """What one sitting earned. `to_mark`: answers that wait for a person; `late`: brought after the end."""

    exam_session_id: int
    attempt: int
    student: StudentRead
    score: float
    max_score: float
    percent: float | None
    passed: bool | None
    answered: int
    questions: int
    to_mark: int
    late: int


class ResultsRead(Output):
    """Everybody's results."""

    released_at: datetime | None
    results: list[ResultRead]


class ReleaseRequest(Input):
    """`anyway`: although answers wait to be marked."""

    anyway: Flag = False


class QuestionResult(Output):
    """One question of a student's own result; key and explanation where the exam allows to review."""

    question_id: int
    position: int
    type: QuestionType
    text: dict[str, str]
    body: QuestionBody
    answer: Any
    points: float | None
    max_points: float
    comment: str
    late: bool
    key: QuestionKey | None
    explanation: dict[str, str] | None


class OwnResult(Output):
    """A student's result; nothing but `released: false` before the release."""

    released: bool
    score: float | None = None
    max_score: float | None = None
    percent: float | None = None
    passed: bool | None = None
    to_mark: int = 0
    questions: list[QuestionResult] | None = None


class QuestionStatistics(Output):
    """What the sittings that are over say of a question.

    `difficulty`: mean share of the points, 0 (hard) to 1; `discrimination`: correlation of the points with the rest of
    the score, −1 to 1 (null where it cannot be computed); `seconds`: median time from the answer before to the last
    answer given.
    """

    question_id: int
    position: int
    type: QuestionType
    text: dict[str, str]
    given: int
    answered: int
    difficulty: float | None
    discrimination: float | None
    seconds: float | None
    choices: dict[str, int]
