"""Who may use the routes of marking and results."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Answer
from tests.api.access.kinds import EXAM_READERS, EXAM_STAFF, Case, Routes, World
from tests.builders import make_question
from tests.questions import CHOICE

ROUTES: Routes = {
    ("GET", "/api/v1/exams/{exam_id}/grading"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/grading/summary"): Case(EXAM_STAFF),
    ("PUT", "/api/v1/answers/{answer_id}/mark"): Case(EXAM_STAFF, {"points": 1.0}),
    ("GET", "/api/v1/exams/{exam_id}/results"): Case(EXAM_STAFF),
    ("POST", "/api/v1/exams/{exam_id}/results/release"): Case(EXAM_STAFF, {}),
    ("POST", "/api/v1/exams/{exam_id}/results/withdraw"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/question-statistics"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exam-sessions/{session_id}/result"): Case(EXAM_READERS),
}


async def add_to_world(db: AsyncSession, world: World) -> dict[str, int]:
    """An answer to mark."""
    question = await make_question(db, world.exam, CHOICE)
    answer = Answer(exam_session_id=world.taken.id, question_id=question.id, value="a", client_seq=1, seq=1)
    db.add(answer)
    await db.flush()
    return {"answer_id": answer.id}
