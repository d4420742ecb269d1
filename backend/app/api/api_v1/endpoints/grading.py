"""Marking, results and their release, and what the answers say about the questions."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import CurrentUser, Db, Page, Staff
from app.schemas.base import PathId
from app.schemas.grading import (
    GradingItem,
    GradingRead,
    GradingSummary,
    MarkWrite,
    OwnResult,
    QuestionStatistics,
    ReleaseRequest,
    ResultsRead,
)
from app.services import grading, results
from app.services.question_statistics import question_statistics

router = APIRouter(tags=["grading"])


@router.get("/exams/{exam_id}/grading")
async def queue(
    db: Db,
    who: Staff,
    exam_id: PathId,
    page: Page,
    question_id: Annotated[int | None, Query(ge=1)] = None,
    exam_session_id: Annotated[int | None, Query(ge=1)] = None,
    waiting: bool = True,
) -> GradingRead:
    """Answers to mark; `waiting=false` gives those that are marked, or mark themselves, too."""
    return await grading.queue(
        db,
        who,
        exam_id,
        question_id=question_id,
        exam_session_id=exam_session_id,
        waiting_only=waiting,
        skip=page.skip,
        limit=page.limit,
    )


@router.get("/exams/{exam_id}/grading/summary")
async def summary(db: Db, who: Staff, exam_id: PathId) -> list[GradingSummary]:
    """How far the marking of each question is."""
    return await grading.summary(db, who, exam_id)


@router.put("/answers/{answer_id}/mark")
async def mark(db: Db, who: Staff, answer_id: PathId, wanted: MarkWrite) -> GradingItem:
    """Give an answer a mark, or take it back."""
    return await grading.mark(db, who, answer_id, wanted)


@router.get("/exams/{exam_id}/results")
async def read_results(db: Db, who: Staff, exam_id: PathId) -> ResultsRead:
    """Everybody's results."""
    return await results.results_of(db, who, exam_id)


@router.post("/exams/{exam_id}/results/release")
async def release(db: Db, who: Staff, exam_id: PathId, wanted: ReleaseRequest) -> ResultsRead:
    """Let students see their results."""
    return await results.release(db, who, exam_id, anyway=wanted.anyway)


@router.post("/exams/{exam_id}/results/withdraw")
async def withdraw(db: Db, who: Staff, exam_id: PathId) -> ResultsRead:
    """Take the results back."""
    return await results.withdraw(db, who, exam_id)


@router.get("/exams/{exam_id}/question-statistics")
async def statistics(db: Db, who: Staff, exam_id: PathId) -> list[QuestionStatistics]:
    """Difficulty, discrimination and time of each question."""
    return await question_statistics(db, who, exam_id)


@router.get("/exam-sessions/{session_id}/result")
async def own_result(db: Db, who: CurrentUser, session_id: PathId) -> OwnResult:
    """What a sitting earned; for its student after the release."""
    return await results.own_result(db, who, session_id)
