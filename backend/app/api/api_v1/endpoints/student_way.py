"""A student's way in: the list of exams, practice, and measuring the line."""

from fastapi import APIRouter, Request

from app.api.deps import CurrentUser, Db, Disk
from app.core.clock import now
from app.core.errors import Invalid
from app.schemas.exam_sessions import ExamSessionRead
from app.schemas.student_exams import Echo, OwnExam, PracticeRequest
from app.services.practice import start_practice
from app.services.sitting_reads import exam_session_read
from app.services.student_exams import own_exams

router = APIRouter(tags=["student's way in"])
LARGEST_ECHO = 256 * 1024
BYTES = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/students/me/exams")
async def my_exams(db: Db, who: CurrentUser) -> list[OwnExam]:
    """One's own exams: to come, open, running, done and missed."""
    return await own_exams(db, who)


@router.post("/practice")
async def practice(db: Db, who: CurrentUser, disk: Disk, wanted: PracticeRequest | None = None) -> ExamSessionRead:
    """A fresh practice sitting, over the very pipeline of an exam; nothing of it is kept beyond a day."""
    await disk.require_room()
    return exam_session_read(await start_practice(db, who, hold=wanted is not None and wanted.hold))


@router.post("/proctoring/echo", openapi_extra=BYTES)
async def echo(request: Request, _who: CurrentUser) -> Echo:
    """Says how much came, and when: for measuring the line."""
    body = await request.body()
    if len(body) > LARGEST_ECHO:
        raise Invalid("message_too_large")
    return Echo(bytes=len(body), server_time=now())
