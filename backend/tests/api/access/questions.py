"""Who may use the routes of questions, sections and papers."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Section
from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, Case, Routes, World
from tests.builders import make_question
from tests.questions import CHOICE

ROUTES: Routes = {
    ("GET", "/api/v1/exams/{exam_id}/questions"): Case(EXAM_STAFF),
    ("POST", "/api/v1/exams/{exam_id}/questions"): Case(EXAM_STAFF, CHOICE),
    ("PUT", "/api/v1/exams/{exam_id}/questions/order"): Case(EXAM_STAFF, {"ids": []}),
    ("GET", "/api/v1/exams/{exam_id}/sections"): Case(EXAM_STAFF),
    ("POST", "/api/v1/exams/{exam_id}/sections"): Case(EXAM_STAFF, {"title": {"en": "One"}}),
    ("GET", "/api/v1/exams/{exam_id}/preview"): Case(EXAM_STAFF),
    ("GET", "/api/v1/questions/{question_id}"): Case(EXAM_STAFF),
    ("PUT", "/api/v1/questions/{question_id}"): Case(EXAM_STAFF, CHOICE),
    ("DELETE", "/api/v1/questions/{question_id}"): Case(EXAM_STAFF),
    ("PUT", "/api/v1/sections/{section_id}"): Case(EXAM_STAFF, {"title": {"en": "One"}}),
    ("DELETE", "/api/v1/sections/{section_id}"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exam-sessions/{session_id}/paper"): Case(EXAM_READERS),
}


async def add_to_world(db: AsyncSession, world: World) -> dict[str, int]:
    """A question and a section."""
    question = await make_question(db, world.exam, CHOICE)
    section = Section(exam_id=world.exam.id)
    db.add(section)
    await db.flush()
    return {"question_id": question.id, "section_id": section.id}
