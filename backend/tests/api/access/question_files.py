"""Who may use the routes of the bank, of questions in files, pictures in questions and files as answers.

The picture and the answer's file have rows in this test, but no bytes: 409 stands for "they may".
"""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Paper, Question, UploadedFile
from app.domain.uploads import FileType, Purpose
from app.schemas.questions import QuestionWrite
from app.services.questions import write
from tests.api.access.kinds import EXAM_STAFF, STAFF, Case, Routes, Statuses, World
from tests.questions import CHOICE

SEEN: Statuses = (401, 409, 404, 409, 404, 409, 401)

# 422: they may, but this test sends no file.
ROUTES: Routes = {
    ("POST", "/api/v1/exams/{exam_id}/questions/import"): Case((401, 403, 403, 422, 404, 422, 401)),
    ("GET", "/api/v1/exams/{exam_id}/questions/export"): Case(EXAM_STAFF, query="?format=json"),
    ("POST", "/api/v1/question-files"): Case((401, 403, 403, 422, 422, 422, 401)),
    ("GET", "/api/v1/question-files/{picture_id}"): Case(SEEN),
    ("POST", "/api/v1/exam-sessions/{session_id}/files"): Case((401, 422, 404, 404, 404, 404, 401)),
    ("GET", "/api/v1/answer-files/{answer_file_id}"): Case(SEEN),
    ("GET", "/api/v1/question-bank"): Case(STAFF),
    ("POST", "/api/v1/question-bank"): Case(STAFF, CHOICE),
    ("POST", "/api/v1/exams/{exam_id}/questions/from-bank"): Case(EXAM_STAFF, {"ids": ["{banked_id}"]}),
    ("POST", "/api/v1/questions/{question_id}/to-bank"): Case(EXAM_STAFF),
    ("POST", "/api/v1/exams/{exam_id}/duplicate"): Case(EXAM_STAFF),
    ("GET", "/api/v1/exams/{exam_id}/checklist"): Case(EXAM_STAFF),
}


async def add_to_world(db: AsyncSession, world: World) -> dict[str, int]:
    """A picture on the student's paper, a file the student handed in, a question in the teacher's bank."""
    teacher_id = world.exam.creator_id
    picture = UploadedFile(purpose=Purpose.QUESTION_PICTURE, owner_id=teacher_id, **_file(world, "picture"))
    answer = UploadedFile(
        purpose=Purpose.ANSWER_FILE,
        owner_id=world.taken.student_id,
        exam_session_id=world.taken.id,
        **_file(world, "answer"),
    )
    db.add_all([picture, answer])
    await db.flush()
    shown = Question(exam_id=world.exam.id, owner_id=teacher_id)
    write(shown, QuestionWrite.model_validate({**CHOICE, "text": {"en": f"![x](file:{picture.id})"}}))
    banked = Question(owner_id=teacher_id)
    write(banked, QuestionWrite.model_validate(CHOICE))
    db.add_all([shown, banked])
    await db.flush()
    db.add(Paper(exam_session_id=world.taken.id, parts=[{"id": None, "questions": [{"id": shown.id, "orders": {}}]}]))
    await db.flush()
    return {"picture_id": picture.id, "answer_file_id": answer.id, "banked_id": banked.id}


def _file(world: World, name: str) -> dict[str, str | int]:
    path = f"files/missing-{name}-{world.exam.id}.png"
    return {"name": f"{name}.png", "media_type": FileType.PNG, "size": 1, "sha256": "0" * 64, "path": path}
