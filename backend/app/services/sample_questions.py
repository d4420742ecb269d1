"""One question of every type, in both languages, for the practice exam and for demonstrations."""

import json
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Exam, Question
from app.schemas.questions import QuestionWrite
from app.services.questions import write

SAMPLES = Path(__file__).with_name("sample_questions.json")


async def add_samples(db: AsyncSession, exam: Exam) -> None:
    """Give an exam without questions one of every type."""
    for place, sample in enumerate(json.loads(SAMPLES.read_text(encoding="utf-8"))):
        question = Question(exam_id=exam.id, owner_id=exam.creator_id, position=place)
        write(question, QuestionWrite.model_validate(sample))
        db.add(question)
    await db.flush()
