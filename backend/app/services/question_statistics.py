"""What the sittings that are over say about an exam's questions."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Integer, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import ClientMessage, ExamSession, Question, User
from app.domain.exam_sessions import OPEN
from app.domain.results import Earned, difficulty, discrimination, earned, typical_seconds
from app.schemas.grading import QuestionStatistics
from app.services.access import access_exam_as_staff
from app.services.questions import questions_of
from app.services.results import Sheet, sheets_of

LONGEST_SECONDS = 3600.0
"""A pause longer than this was no thinking about one question."""


async def question_statistics(db: AsyncSession, who: User, exam_id: int) -> list[QuestionStatistics]:
    """One line a question, in the exam's order."""
    exam = await access_exam_as_staff(db, who, exam_id)
    sheets = await sheets_of(db, exam, over=True)
    seconds = await _seconds(db, exam.id)
    rows = await questions_of(db, exam.id)
    return await asyncio.to_thread(_all, rows, sheets, seconds)


def _all(
    rows: Sequence[Question], sheets: Sequence[Sheet], seconds: Mapping[int, Sequence[float]]
) -> list[QuestionStatistics]:
    marks: dict[int, list[tuple[Earned, float]]] = defaultdict(list)
    chosen: dict[int, Counter[str]] = defaultdict(Counter)
    for sheet in sheets:
        found = {one.id: earned(one, sheet.answers.get(one.id)) for one in sheet.questions}
        whole = sum(one.points or 0.0 for one in found.values())
        for key, one in found.items():
            marks[key].append((one, whole - (one.points or 0.0)))
            chosen[key].update(_choices(sheet.answers[key].value) if key in sheet.answers else [])
    return [
        _line(place, row, marks[row.id], chosen[row.id], seconds.get(row.id, ())) for place, row in enumerate(rows, 1)
    ]


def _line(
    place: int,
    row: Question,
    marks: Sequence[tuple[Earned, float]],
    chosen: Mapping[str, int],
    seconds: Sequence[float],
) -> QuestionStatistics:
    marked = [(one.points, rest) for one, rest in marks if one.points is not None]
    full = row.points or 1.0
    return QuestionStatistics(
        question_id=row.id,
        position=place,
        type=row.type,
        text=row.text,
        given=len(marks),
        answered=sum(one.answered for one, _ in marks),
        difficulty=difficulty([max(0.0, points) / full for points, _ in marked]),
        discrimination=discrimination([points for points, _ in marked], [rest for _, rest in marked]),
        seconds=typical_seconds(seconds),
        choices=dict(chosen),
    )


def _choices(value: object) -> list[str]:
    """What was ticked; long texts are no choices."""
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, str):
        return [value] if len(value) <= 32 else []
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


async def _seconds(db: AsyncSession, exam_id: int) -> dict[int, list[float]]:
    """Question → for each sitting the time between the answer before (of another question) and its last answer."""
    question = ClientMessage.payload["question_id"].astext.cast(Integer)
    rows = await db.execute(
        select(ClientMessage.exam_session_id, question, ClientMessage.received_at, ExamSession.start_time)
        .join(ExamSession, ExamSession.id == ClientMessage.exam_session_id)
        .where(ExamSession.exam_id == exam_id, ExamSession.state.not_in(OPEN))
        .where(ClientMessage.type == "answer", ClientMessage.refused.is_(None), ~ClientMessage.late)
        .order_by(ClientMessage.exam_session_id, ClientMessage.seq)
    )
    spent: dict[tuple[int, int], float] = defaultdict(float)
    sitting, before = 0, None
    for key, question_id, at, start in rows:
        if key != sitting:
            sitting, before = key, start
        gap = (at - before).total_seconds()
        if 0 <= gap <= LONGEST_SECONDS:
            spent[key, question_id] += gap
        before = at
    found: dict[int, list[float]] = defaultdict(list)
    for (_, question_id), total in spent.items():
        found[question_id].append(total)
    return found
