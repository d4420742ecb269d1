"""Texts between the exam's staff and its students."""

from fastapi import APIRouter

from app.api.deps import CurrentUser, Db, Staff
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.schemas.conversation import MessageRead, MessageWrite, ToldCount
from app.services.conversation import conversation, lower_hand, say, say_to_all

router = APIRouter(tags=["conversation"])


@router.get("/exam-sessions/{session_id}/messages")
async def messages(db: Db, who: CurrentUser, session_id: PathId) -> list[MessageRead]:
    """All texts of an exam session, for both sides; those of the other side are read with this."""
    return await conversation(db, who, session_id)


@router.post("/exam-sessions/{session_id}/message")
async def message(db: Db, who: Staff, session_id: PathId, wanted: MessageWrite) -> MessageRead:
    """Write to one student."""
    return await say(db, who, session_id, wanted.text)


@router.post("/exam-sessions/{session_id}/warn")
async def warn(db: Db, who: Staff, session_id: PathId, wanted: MessageWrite) -> MessageRead:
    """Warn one student: a text that must be looked at."""
    return await say(db, who, session_id, wanted.text, warning=True)


@router.post("/exam-sessions/{session_id}/hand/lower")
async def take_hand_down(db: Db, who: Staff, session_id: PathId) -> Done:
    """Take a raised hand down; the student is told."""
    await lower_hand(db, who, session_id)
    return Done()


@router.post("/exams/{exam_id}/message")
async def message_all(db: Db, who: Staff, exam_id: PathId, wanted: MessageWrite) -> ToldCount:
    """Write to everybody who sits the exam now."""
    return ToldCount(told=await say_to_all(db, who, exam_id, wanted.text))
