"""Questions and sections, in and out; what must hold between their parts is in `domain/questions.py`."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.domain.exams import Navigation
from app.domain.questions import QuestionInvalid, QuestionType, check_question
from app.schemas.base import Flag, Id, Input, Int32, Line, Output, Text, storable

MOST_CHOICES = 100
MOST_QUESTIONS = 2000
MOST_POINTS = 10_000

ChoiceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Points = Annotated[float, Field(ge=0, le=MOST_POINTS, allow_inf_nan=False)]
Seconds = Annotated[Int32, Field(ge=5, le=86_400)]
Position = Annotated[Int32, Field(ge=0, le=1_000_000)]
Word = Annotated[str, StringConstraints(max_length=1000), AfterValidator(storable)]
Verbatim = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(storable)]
"""As typed: in a program white space counts."""


class Words(Input):
    """A text in one or both languages: Markdown-light, `$…$` for formulas, `![alt](file:ID)` for pictures."""

    en: Text | None = None
    bn: Text | None = None


class Choice(Input):
    """Something to choose, to match or to put in order."""

    id: ChoiceId
    text: Words


class Blank(Input):
    """A gap in the text, `{{id}}`; with `options` it is chosen from a list instead of typed."""

    id: ChoiceId
    options: Annotated[list[Word], Field(max_length=MOST_CHOICES)] | None = None


Choices = Annotated[list[Choice], Field(max_length=MOST_CHOICES)]


class QuestionBody(Input):
    """What the student is shown beside the text; which fields belong to which type: docs/questions.md."""

    options: Choices | None = None
    shuffle: Flag | None = None
    max_length: Annotated[Int32, Field(ge=1, le=60_000)] | None = None
    unit: Line | None = None
    blanks: Annotated[list[Blank], Field(max_length=MOST_CHOICES)] | None = None
    items: Choices | None = None
    targets: Choices | None = None
    max_words: Annotated[Int32, Field(ge=1, le=20_000)] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z0-9+#-]{1,24}$")] | None = None
    starter: Verbatim | None = None
    max_files: Annotated[Int32, Field(ge=1, le=20)] | None = None
    types: Annotated[list[Line], Field(max_length=20)] | None = None
    max_bytes: Annotated[Int32, Field(ge=1024, le=50 * 1024 * 1024)] | None = None


class QuestionKey(Input):
    """The right answer; which fields belong to which type: docs/questions.md."""

    option: ChoiceId | None = None
    options: Annotated[list[ChoiceId], Field(max_length=MOST_CHOICES)] | None = None
    partial: Flag | None = None
    value: bool | Annotated[float, Field(allow_inf_nan=False)] | None = None
    accepted: Annotated[list[Word], Field(max_length=MOST_CHOICES)] | None = None
    case_sensitive: Flag | None = None
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    relative: Flag | None = None
    blanks: Annotated[dict[ChoiceId, list[Word]], Field(max_length=MOST_CHOICES)] | None = None
    pairs: Annotated[dict[ChoiceId, ChoiceId], Field(max_length=MOST_CHOICES)] | None = None
    order: Annotated[list[ChoiceId], Field(max_length=MOST_CHOICES)] | None = None


class RubricLine(Input):
    """One thing that is looked for, and what it is worth."""

    id: ChoiceId
    text: Words
    points: Points


class QuestionWrite(Input):
    """A whole question; writing replaces all of it."""

    type: QuestionType
    text: Words
    section_id: Id | None = None
    position: Position | None = None
    points: Points = 1.0
    negative_points: Points = 0.0
    seconds: Seconds | None = None
    tags: Annotated[list[Line], Field(max_length=50)] = Field(default_factory=list)
    explanation: Words = Words()
    body: QuestionBody = QuestionBody()
    key: QuestionKey = QuestionKey()
    rubric: Annotated[list[RubricLine], Field(max_length=50)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        try:
            check_question(self.type, plain(self.text), plain(self.body), plain(self.key))
        except QuestionInvalid as invalid:
            raise PydanticCustomError("question_invalid", "{code}", {"code": invalid.code, **invalid.params}) from None
        return self


def plain(model: Input) -> dict[str, Any]:
    """As it is stored: without what was left out."""
    return model.model_dump(mode="json", exclude_none=True)


class QuestionRead(Output):
    """A question for those who write it, key included. What is not set is left out, at every depth."""

    id: int
    exam_id: int | None = None
    section_id: int | None = None
    position: int
    type: QuestionType
    text: dict[str, str]
    points: float
    negative_points: float
    seconds: int | None = None
    tags: list[str]
    explanation: dict[str, str]
    body: QuestionBody
    key: QuestionKey
    rubric: list[RubricLine]
    updated_at: datetime


class SectionWrite(Input):
    """A whole section; writing replaces all of it."""

    title: Words = Words()
    instructions: Words = Words()
    position: Position | None = None
    pool: Annotated[Int32, Field(ge=1, le=MOST_QUESTIONS)] | None = None
    seconds: Seconds | None = None
    navigation: Navigation | None = None


class SectionRead(Output):
    """A section."""

    id: int
    exam_id: int
    position: int
    title: dict[str, str]
    instructions: dict[str, str]
    pool: int | None
    seconds: int | None
    navigation: Navigation | None


class OrderWrite(Input):
    """Questions in their new order; with a section they move into it, without one out of every section."""

    section_id: Id | None = None
    ids: Annotated[list[Id], Field(max_length=MOST_QUESTIONS)]
