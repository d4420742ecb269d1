"""Results: computed from answers, keys and marks whenever they are read, so that a mended key counts at once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.core.errors import Conflict
from app.db.models import Answer, Exam, ExamSession, Paper, Question, User
from app.domain.exam_sessions import OPEN
from app.domain.name_order import name_key
from app.domain.questions import QuestionType
from app.domain.results import Asked, Given, Score, earned, needs_a_word, total
from app.schemas.exam_sessions import StudentRead
from app.schemas.grading import OwnResult, QuestionResult, ResultRead, ResultsRead
from app.schemas.questions import QuestionBody, QuestionKey
from app.services import audit
from app.services.access import access_exam_as_staff, access_exam_session
from app.services.news import tell_of_results
from app.services.papers import in_order, stored_parts
from app.services.questions import questions_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sitting's paper and answers, ready to be added up."""

    taken: ExamSession
    questions: Sequence[Asked]
    answers: Mapping[int, Given]

    def total(self) -> Score:
        """All marks."""
        return total(self.questions, self.answers)


async def results_of(db: AsyncSession, who: User, exam_id: int) -> ResultsRead:
    """Every sitting's result, for those who run the exam; by name."""
    exam = await access_exam_as_staff(db, who, exam_id)
    sheets = await sheets_of(db, exam)
    scores = await asyncio.to_thread(lambda: [sheet.total() for sheet in sheets])
    results = [_result(exam, sheet, score) for sheet, score in zip(sheets, scores, strict=True)]
    results.sort(key=lambda one: (*name_key(one.student.full_name), one.student.id, one.attempt))
    return ResultsRead(released_at=exam.results_released_at, results=results)


async def release(db: AsyncSession, who: User, exam_id: int, *, anyway: bool) -> ResultsRead:
    """Let students see their results, and tell them. Conflict `results_to_mark` while answers wait, unless `anyway`."""
    found = await results_of(db, who, exam_id)
    to_mark = sum(one.to_mark for one in found.results)
    if to_mark and not anyway:
        raise Conflict("results_to_mark", count=to_mark)
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    exam.results_released_at = now()
    audit.note(db, who, "results.release", f"exam:{exam.id}", to_mark=to_mark)
    await db.flush()
    await tell_of_results(db, exam)
    return found.model_copy(update={"released_at": exam.results_released_at})


async def withdraw(db: AsyncSession, who: User, exam_id: int) -> ResultsRead:
    """Students see no results any more."""
    exam = await access_exam_as_staff(db, who, exam_id, lock=True)
    exam.results_released_at = None
    audit.note(db, who, "results.withdraw", f"exam:{exam.id}")
    await db.flush()
    return await results_of(db, who, exam_id)


async def own_result(db: AsyncSession, who: User, exam_session_id: int) -> OwnResult:
    """A sitting's result: for its student once it is released and the sitting over, for staff at any time."""
    taken = await access_exam_session(db, who, exam_session_id)
    exam, mine = taken.exam, taken.student_id == who.id
    if mine and (taken.state in OPEN or not (exam.results_released_at or exam.show_results_immediately)):
        return OwnResult(released=False)
    rows = {row.id: row for row in await questions_of(db, exam.id)}
    [sheet] = await _sheets(db, [taken], rows)
    score = sheet.total()
    return OwnResult(
        released=bool(exam.results_released_at or exam.show_results_immediately),
        score=score.score,
        max_score=score.most,
        percent=score.percent,
        passed=score.passed(exam.passing_score),
        to_mark=score.to_mark,
        questions=await _reviewed(db, sheet, rows) if exam.allow_review or not mine else None,
    )


async def sheets_of(db: AsyncSession, exam: Exam, *, over: bool = False) -> list[Sheet]:
    """The papers of all sittings of an exam that have one; `over`: only of those that have ended."""
    query = (
        select(ExamSession)
        .options(joinedload(ExamSession.student))
        .where(ExamSession.exam_id == exam.id)
        .order_by(ExamSession.id)
    )
    if over:
        query = query.where(ExamSession.state.not_in(OPEN))
    sittings = list(await db.scalars(query))
    return await _sheets(db, sittings, {row.id: row for row in await questions_of(db, exam.id)})


async def _sheets(db: AsyncSession, sittings: Sequence[ExamSession], rows: Mapping[int, Question]) -> list[Sheet]:
    ids = [taken.id for taken in sittings]
    papers = {row.exam_session_id: row for row in await db.scalars(select(Paper).where(Paper.exam_session_id.in_(ids)))}
    answers: dict[int, dict[int, Given]] = {}
    columns = (Answer.exam_session_id, Answer.question_id, Answer.value, Answer.points, Answer.late, Answer.outside)
    for sitting, question, value, points, late, outside in await db.execute(
        select(*columns).where(Answer.exam_session_id.in_(ids))
    ):
        answers.setdefault(sitting, {})[question] = Given(value, points, late, needs_a_word(value, outside))
    asked = {key: asked_of(row) for key, row in rows.items()}
    return [
        Sheet(
            taken,
            [asked[key] for key in _drawn(papers.get(taken.id)) if key in asked],
            answers.get(taken.id, {}),
        )
        for taken in sittings
    ]


def asked_of(row: Question) -> Asked:
    """What marks need of a question."""
    return Asked(row.id, QuestionType(row.type), row.key, row.points, row.negative_points)


def _drawn(paper: Paper | None) -> list[int]:
    return [one["id"] for part in (paper.parts if paper else []) for one in part["questions"]]


def _result(exam: Exam, sheet: Sheet, score: Score) -> ResultRead:
    return ResultRead(
        exam_session_id=sheet.taken.id,
        attempt=sheet.taken.attempt,
        student=StudentRead.model_validate(sheet.taken.student),
        score=score.score,
        max_score=score.most,
        percent=score.percent,
        passed=score.passed(exam.passing_score),
        answered=score.answered,
        questions=len(sheet.questions),
        to_mark=score.to_mark,
        late=sum(given.late for given in sheet.answers.values()),
    )


async def _reviewed(db: AsyncSession, sheet: Sheet, rows: Mapping[int, Question]) -> list[QuestionResult]:
    """Question by question, with what was right and what was said about it."""
    mine = Answer.exam_session_id == sheet.taken.id
    query = select(Answer.question_id, Answer.comment).where(mine)
    comments = {row[0]: row[1] for row in await db.execute(query)}
    orders = {one.id: one.orders for part in await stored_parts(db, sheet.taken.id) or [] for one in part.questions}
    found: list[QuestionResult] = []
    for position, asked in enumerate(sheet.questions, 1):
        row, given = rows[asked.id], sheet.answers.get(asked.id)
        found.append(
            QuestionResult(
                question_id=row.id,
                position=position,
                type=row.type,
                text=row.text,
                body=QuestionBody.model_validate(in_order(row.body, orders.get(row.id, {}))),
                answer=given.value if given else None,
                points=earned(asked, given).points,
                max_points=row.points,
                comment=comments.get(row.id, ""),
                late=bool(given and given.late),
                key=QuestionKey.model_validate(row.key),
                explanation=row.explanation,
            )
        )
    return found
