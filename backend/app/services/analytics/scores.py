"""Marks for the analytics: computed like every result from answers and keys, so only for a handful of exams at once."""

import asyncio
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Exam
from app.services.analytics.scope import Scope, rate
from app.services.results import sheets_of

MOST_EXAMS = 20
"""Beyond so many exams no marks are computed."""


@dataclass(frozen=True, slots=True)
class Marked:
    """One sitting that is over and wholly marked."""

    exam_id: int
    student_id: int
    percent: float
    passed: bool | None


async def marked_in(db: AsyncSession, scope: Scope) -> list[Marked]:
    """The period's sittings; none where the scope holds too many exams. Papers that are worth nothing are left out."""
    exams = list(await db.scalars(select(Exam).where(Exam.id.in_(scope.exams)).limit(MOST_EXAMS + 1)))
    if len(exams) > MOST_EXAMS:
        return []
    found: list[Marked] = []
    for exam in exams:
        sheets = [one for one in await sheets_of(db, exam, over=True) if one.taken.start_time >= scope.since]
        sheets = [one for one in sheets if one.taken.start_time < scope.until]
        scores = await asyncio.to_thread(lambda some=sheets: [one.total() for one in some])  # type: ignore[misc]
        for sheet, score in zip(sheets, scores, strict=True):
            if score.percent is not None and not score.to_mark:
                passed = score.passed(exam.passing_score)
                found.append(Marked(exam.id, sheet.taken.student_id, score.percent, passed))
    return found


def average_score(marked: list[Marked]) -> float | None:
    """Percent."""
    return round(fmean(one.percent for one in marked), 2) if marked else None


def pass_rate(marked: list[Marked]) -> float | None:
    """0..1 of those of whom a score is asked."""
    asked = [one for one in marked if one.passed is not None]
    return rate(sum(one.passed is True for one in asked), len(asked))
