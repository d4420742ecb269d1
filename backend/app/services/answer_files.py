"""Files as answers: taken during the sitting, for a question of the student's paper, seen by the exam's staff."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Forbidden, Invalid, Missing
from app.db.models import ExamSession, Paper, Question, UploadedFile, User
from app.domain.answer_files import fits
from app.domain.exam_sessions import OPEN
from app.domain.questions import QuestionType
from app.domain.roles import Role
from app.domain.uploads import ALLOWED, FileType, Purpose
from app.services.access import access_own_exam_session, visible_exam_sessions
from app.services.audit import note
from app.services.files import FileTooLarge, checked, keep_file, read_file
from app.storage import EvidenceStore

MOST = 100
"""Files of one sitting, those that were replaced included."""


async def sitting_for_files(db: AsyncSession, who: User, exam_session_id: int) -> ExamSession:
    """One's own sitting that goes on. Conflict `exam_session_ended`; Forbidden `not_begun`."""
    taken = await access_own_exam_session(db, who, exam_session_id)
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    if taken.begun_at is None:
        raise Forbidden("not_begun")
    return taken


async def question_for_files(db: AsyncSession, who: User, exam_session_id: int, question_id: int) -> Question:
    """A question of the sitting's paper that takes files. Conflict `too_many_files`; Invalid `unknown_question`."""
    taken = await sitting_for_files(db, who, exam_session_id)
    parts = await db.scalar(select(Paper.parts).where(Paper.exam_session_id == taken.id)) or []
    if question_id not in {one["id"] for part in parts for one in part["questions"]}:
        raise Invalid("unknown_question")
    question = await db.get_one(Question, question_id)
    if question.type != QuestionType.FILE_UPLOAD:
        raise Invalid("unknown_question")
    mine = (UploadedFile.exam_session_id == taken.id, UploadedFile.purpose == Purpose.ANSWER_FILE)
    if (await db.scalar(select(func.count()).where(*mine)) or 0) >= MOST:
        raise Conflict("too_many_files", most=MOST)
    return question


def largest(question: Question) -> int:
    """Bytes of one file."""
    most = ALLOWED[Purpose.ANSWER_FILE].largest
    return min(most, question.body.get("max_bytes") or most)


async def keep_answer_file(
    db: AsyncSession, who: User, store: EvidenceStore, exam_session_id: int, question: Question, name: str, body: bytes
) -> UploadedFile:
    """Keep one file; what it is, is seen from its content. Invalid `file_type_refused`; FileTooLarge."""
    if len(body) > largest(question):
        raise FileTooLarge(max=largest(question) // 1024)
    found, _ = checked(Purpose.ANSWER_FILE, body)
    if not fits(FileType(found), question.body.get("types") or []):
        raise Invalid("file_type_refused")
    return await keep_file(db, who, store, Purpose.ANSWER_FILE, name=name, body=body, exam_session_id=exam_session_id)


async def open_answer_file(
    db: AsyncSession, who: User, file_id: int, store: EvidenceStore
) -> tuple[UploadedFile, bytes]:
    """For the student and the exam's staff, whose look is in the audit log."""
    sittings = visible_exam_sessions(who).with_only_columns(ExamSession.id)
    row = await db.scalar(
        select(UploadedFile).where(
            UploadedFile.id == file_id,
            UploadedFile.purpose == Purpose.ANSWER_FILE,
            UploadedFile.exam_session_id.in_(sittings),
        )
    )
    if row is None:
        raise Missing
    if who.role != Role.STUDENT:
        note(db, who, "answer_file.view", f"file:{row.id}", exam_session_id=row.exam_session_id)
    return row, await read_file(db, row, store)


async def known_answer_files(db: AsyncSession, exam_session_id: int, ids: Iterable[int]) -> set[int]:
    """Those of the files that were handed in within this sitting."""
    wanted = set(ids)
    if not wanted:
        return wanted
    query = select(UploadedFile.id).where(
        UploadedFile.exam_session_id == exam_session_id,
        UploadedFile.purpose == Purpose.ANSWER_FILE,
        UploadedFile.id.in_(wanted),
    )
    return set(await db.scalars(query))
