"""What a sitting earned, and what all of them say about the questions; pure arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from app.domain.grading import is_empty, points
from app.domain.questions import QuestionType


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as far as marks need it."""

    id: int
    kind: QuestionType
    key: Mapping[str, Any]
    full: float
    negative: float


@dataclass(frozen=True, slots=True)
class Given:
    """An answer and the mark a person gave it, if one did."""

    value: Any
    mark: float | None = None
    late: bool = False
    outside: bool = False
    """Whether another one, made too late for its question or out of order, needs a person's word."""


@dataclass(frozen=True, slots=True)
class Earned:
    """Marks of one question. `points` None: a person must look."""

    points: float | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Marks of one sitting; never below 0."""

    score: float
    most: float
    answered: int
    to_mark: int

    @property
    def percent(self) -> float | None:
        """0..100; None of a paper that is worth nothing."""
        return round(100 * self.score / self.most, 2) if self.most else None

    def passed(self, needed: float | None) -> bool | None:
        """Whether it is enough; None where nothing is asked or marks are missing that could decide it."""
        if needed is None or self.percent is None:
            return None
        return self.percent >= needed if not self.to_mark else None


def needs_a_word(value: Any, outside: Mapping[str, Any] | None) -> bool:
    """Whether a person has to decide between the answer that counts and one kept beside it.

    The same once more, or nothing instead of something, changes nothing that anybody could want.
    """
    return outside is not None and not is_empty(outside.get("value")) and outside.get("value") != value


def earned(question: Asked, given: Given | None) -> Earned:
    """A person's mark, else the automatic one; nothing answered is 0 marks, and nobody need look at it."""
    if given is not None and given.outside and given.mark is None:
        return Earned(None, answered=not is_empty(given.value))
    if given is None or (is_empty(given.value) and given.mark is None):
        return Earned(0.0, answered=False)
    if given.mark is not None:
        return Earned(given.mark, answered=not is_empty(given.value))
    found = points(question.kind, question.key, given.value, full=question.full, negative=question.negative)
    return Earned(found, answered=True)


def total(questions: Sequence[Asked], answers: Mapping[int, Given]) -> Score:
    """All questions of one paper."""
    all_earned = [earned(one, answers.get(one.id)) for one in questions]
    return Score(
        score=round(max(0.0, sum(one.points or 0.0 for one in all_earned)), 4),
        most=round(sum(one.full for one in questions), 4),
        answered=sum(one.answered for one in all_earned),
        to_mark=sum(one.points is None for one in all_earned),
    )


def difficulty(shares: Sequence[float]) -> float | None:
    """Mean share of the full marks."""
    return round(fmean(shares), 4) if shares else None


def discrimination(marks: Sequence[float], rests: Sequence[float]) -> float | None:
    """Correlation (Pearson) of a question's marks with all other marks; None of fewer than 3, or without any spread."""
    if len(marks) < 3:
        return None
    mean_mark, mean_rest = fmean(marks), fmean(rests)
    both = sum((mark - mean_mark) * (rest - mean_rest) for mark, rest in zip(marks, rests, strict=True))
    spread = sum((mark - mean_mark) ** 2 for mark in marks) * sum((rest - mean_rest) ** 2 for rest in rests)
    return round(both / spread**0.5, 4) if spread > 0 else None


def typical_seconds(times: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return round(median(times), 1) if times else None
