"""Questions and sections of an exam, for those who run it; a sitting's paper, for its student."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import CurrentUser, Db, Staff
from app.db.models import Question, Section
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.schemas.papers import PaperRead, PaperSection
from app.schemas.questions import OrderWrite, QuestionRead, QuestionWrite, SectionRead, SectionWrite
from app.services import papers, questions

router = APIRouter(tags=["questions"])


@router.get("/exams/{exam_id}/questions", response_model=list[QuestionRead], response_model_exclude_none=True)
async def list_questions(db: Db, who: Staff, exam_id: PathId) -> Sequence[Question]:
    """All questions, keys included, in their order."""
    return await questions.list_questions(db, who, exam_id)


@router.post("/exams/{exam_id}/questions", response_model=QuestionRead, response_model_exclude_none=True)
async def add_question(db: Db, who: Staff, exam_id: PathId, wanted: QuestionWrite) -> Question:
    """A new question."""
    return await questions.add_question(db, who, exam_id, wanted)


@router.put("/exams/{exam_id}/questions/order", response_model=list[QuestionRead], response_model_exclude_none=True)
async def reorder(db: Db, who: Staff, exam_id: PathId, wanted: OrderWrite) -> Sequence[Question]:
    """Put questions into another order, and into a section."""
    return await questions.reorder(db, who, exam_id, wanted)


@router.get("/questions/{question_id}", response_model=QuestionRead, response_model_exclude_none=True)
async def read_question(db: Db, who: Staff, question_id: PathId) -> Question:
    """One question."""
    return await questions.read_question(db, who, question_id)


@router.put("/questions/{question_id}", response_model=QuestionRead, response_model_exclude_none=True)
async def update_question(db: Db, who: Staff, question_id: PathId, wanted: QuestionWrite) -> Question:
    """Replace a question."""
    return await questions.update_question(db, who, question_id, wanted)


@router.delete("/questions/{question_id}")
async def remove_question(db: Db, who: Staff, question_id: PathId) -> Done:
    """Remove a question that is on nobody's paper."""
    await questions.remove_question(db, who, question_id)
    return Done()


@router.get("/exams/{exam_id}/sections", response_model=list[SectionRead])
async def list_sections(db: Db, who: Staff, exam_id: PathId) -> Sequence[Section]:
    """The parts of an exam."""
    return await questions.list_sections(db, who, exam_id)


@router.post("/exams/{exam_id}/sections", response_model=SectionRead)
async def add_section(db: Db, who: Staff, exam_id: PathId, wanted: SectionWrite) -> Section:
    """A new part."""
    return await questions.add_section(db, who, exam_id, wanted)


@router.put("/sections/{section_id}", response_model=SectionRead)
async def update_section(db: Db, who: Staff, section_id: PathId, wanted: SectionWrite) -> Section:
    """Change a part."""
    return await questions.update_section(db, who, section_id, wanted)


@router.delete("/sections/{section_id}")
async def remove_section(db: Db, who: Staff, section_id: PathId) -> Done:
    """Remove a part; its questions stay."""
    await questions.remove_section(db, who, section_id)
    return Done()


@router.get("/exams/{exam_id}/preview")
async def preview(
    db: Db, who: Staff, exam_id: PathId, seed: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> list[PaperSection]:
    """A paper as some student could get it; another seed, another student."""
    return await papers.preview(db, who, exam_id, seed=seed)


@router.get("/exam-sessions/{session_id}/paper")
async def paper(db: Db, who: CurrentUser, session_id: PathId) -> PaperRead:
    """The questions of a sitting in the student's own order, and what was answered."""
    return await papers.paper_of(db, who, session_id)
