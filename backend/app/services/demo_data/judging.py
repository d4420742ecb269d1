"""What people found in the demonstration's sittings: verdicts, decisions, marks and released results."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Answer, ExamSession, Notification, Question, User, Violation
from app.domain.questions import BY_HAND
from app.domain.reviews import Decision, Verdict
from app.schemas.grading import MarkWrite
from app.schemas.reviews import DecisionRequest, VerdictRequest
from app.services.decisions import comment_on_violation, decide
from app.services.demo_data.content import content
from app.services.grading import mark
from app.services.results import release
from app.services.verdicts import give_verdict


async def object_to(db: AsyncSession, exam_session_id: int, comment: str) -> None:
    """The student says something to the violation that costs most."""
    query = select(Violation).where(Violation.exam_session_id == exam_session_id).order_by(Violation.seconds.desc())
    found = await db.scalar(query.limit(1))
    taken = await db.get_one(ExamSession, exam_session_id)
    if found is not None and comment:
        await comment_on_violation(db, await db.get_one(User, taken.student_id), found.id, comment)


async def judge(db: AsyncSession, teacher_id: int, exam_session_id: int) -> None:
    """A verdict on each violation, and a decision that follows from them."""
    teacher = await db.get_one(User, teacher_id)
    query = select(Violation).where(Violation.exam_session_id == exam_session_id).order_by(Violation.id)
    confirmed = 0
    for violation in list(await db.scalars(query)):
        verdict, reason = content()["verdicts"].get(violation.kind, ("unsure", ""))
        await give_verdict(db, teacher, violation.id, VerdictRequest(verdict=Verdict(verdict), reason=reason))
        confirmed += verdict == Verdict.CONFIRMED
    decision = Decision.CLEAN if not confirmed else Decision.SUSPICIOUS if confirmed < 3 else Decision.VIOLATION
    text, inside = content()["decisions"][decision]
    await decide(db, teacher, exam_session_id, DecisionRequest(decision=decision, text=text, note=inside))


async def mark_all(db: AsyncSession, teacher_id: int, exam_id: int, questions: Sequence[Mapping[str, Any]]) -> None:
    """Marks for what only a person can mark, as content.json has them beside each answer."""
    teacher = await db.get_one(User, teacher_id)
    rows = await db.execute(
        select(Answer.id, Answer.value, Question.position)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.exam_id == exam_id, Question.type.in_(BY_HAND))
        .order_by(Answer.id)
    )
    for answer_id, value, position in rows.all():
        given, marks = questions[position]["given"], questions[position]["marks"]
        points, comment = marks[given.index(value)]
        await mark(db, teacher, answer_id, MarkWrite(points=points, comment=comment))


async def release_results(db: AsyncSession, teacher_id: int, exam_id: int) -> None:
    """Students see them."""
    await release(db, await db.get_one(User, teacher_id), exam_id, anyway=False)


async def nothing_is_new(db: AsyncSession, exam_id: int) -> None:
    """What was told about an exam of the past was read long ago."""
    told = (Notification.exam_id == exam_id, Notification.read_at.is_(None))
    await db.execute(update(Notification).where(*told).values(read_at=now()))
