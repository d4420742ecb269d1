"""The question bank, copies of exams, and what an exam still needs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import Db, Page, Staff
from app.db.models import Exam, Question
from app.schemas.base import PathId
from app.schemas.exams import ExamRead
from app.schemas.question_files import Checklist, FromBank
from app.schemas.questions import QuestionRead, QuestionWrite
from app.services import exam_checklist, exam_copies, question_bank

router = APIRouter(tags=["questions"])
Words = Annotated[str, Query(max_length=200)]


@router.get("/question-bank", response_model=list[QuestionRead], response_model_exclude_none=True)
async def list_bank(db: Db, who: Staff, page: Page, tag: Words = "", q: Words = "") -> Sequence[Question]:
    """One's own bank, newest first, by tag and words of the text; administrators see all."""
    return await question_bank.list_bank(db, who, tag=tag, words=q, skip=page.skip, limit=page.limit)


@router.post("/question-bank", response_model=QuestionRead, response_model_exclude_none=True)
async def add_to_bank(db: Db, who: Staff, wanted: QuestionWrite) -> Question:
    """A new question of no exam."""
    return await question_bank.add_to_bank(db, who, wanted)


@router.post(
    "/exams/{exam_id}/questions/from-bank", response_model=list[QuestionRead], response_model_exclude_none=True
)
async def take_from_bank(db: Db, who: Staff, exam_id: PathId, wanted: FromBank) -> Sequence[Question]:
    """Copies of the bank's questions behind those of the exam."""
    return await question_bank.take_from_bank(db, who, exam_id, wanted.ids)


@router.post("/questions/{question_id}/to-bank", response_model=QuestionRead, response_model_exclude_none=True)
async def copy_to_bank(db: Db, who: Staff, question_id: PathId) -> Question:
    """A copy in one's own bank; what is there already is not copied again."""
    return await question_bank.copy_to_bank(db, who, question_id)


@router.post("/exams/{exam_id}/duplicate", response_model=ExamRead)
async def duplicate(db: Db, who: Staff, exam_id: PathId) -> Exam:
    """The exam once more, as a draft with all its questions; nobody's list, sittings or answers."""
    return await exam_copies.duplicate_exam(db, who, exam_id)


@router.get("/exams/{exam_id}/checklist")
async def checklist(db: Db, who: Staff, exam_id: PathId) -> Checklist:
    """What is there and what is missing before students see the exam."""
    return await exam_checklist.checklist(db, who, exam_id)
