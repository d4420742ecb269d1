"""Exams and their lists of students."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.api.deps import CurrentUser, Db, Page, Staff
from app.db.models import Exam
from app.db.session import commit
from app.domain.exams import ExamStatus
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.schemas.conversation import ToldCount
from app.schemas.exams import EnrolledStudent, EnrolmentsUpdate, ExamCreate, ExamRead, ExamUpdate
from app.services import beginning, enrolments, exams
from app.services.access import access_exam_of_mine
from app.services.erasure import finish_erasure

router = APIRouter(prefix="/exams", tags=["exams"])


@router.get("/", response_model=list[ExamRead])
@router.get("", response_model=list[ExamRead], include_in_schema=False)
async def list_exams(
    db: Db,
    who: CurrentUser,
    page: Page,
    status: ExamStatus | None = None,
    search: Annotated[str, Query(max_length=200)] = "",
) -> Sequence[Exam]:
    """The exams one may see: a student those to sit, a teacher the own ones, an administrator all."""
    return await exams.list_exams(db, who, skip=page.skip, limit=page.limit, status=status, search=search)


@router.post("/", response_model=ExamRead)
@router.post("", response_model=ExamRead, include_in_schema=False)
async def create_exam(db: Db, who: Staff, wanted: ExamCreate) -> Exam:
    """Make an exam."""
    return await exams.create_exam(db, who, wanted)


@router.get("/{exam_id}", response_model=ExamRead)
async def read_exam(db: Db, who: CurrentUser, exam_id: PathId) -> Exam:
    """One exam; for a student also one that was sat and is over, and practice."""
    return await access_exam_of_mine(db, who, exam_id)


@router.put("/{exam_id}", response_model=ExamRead)
async def update_exam(db: Db, who: Staff, exam_id: PathId, wanted: ExamUpdate) -> Exam:
    """Change an exam; what is left out stays."""
    return await exams.update_exam(db, who, exam_id, wanted)


@router.delete("/{exam_id}")
async def delete_exam(request: Request, db: Db, who: Staff, exam_id: PathId) -> Done:
    """Remove an exam that nobody is sitting, with all its records and evidence."""
    erased = await exams.delete_exam(db, who, exam_id, request.app.state.notary)
    await commit(db)  # files go only when the rows are gone for good
    await finish_erasure(request.app.state.store, request.app.state.notary, erased)
    return Done()


@router.post("/{exam_id}/publish", response_model=ExamRead)
async def publish_exam(db: Db, who: Staff, exam_id: PathId) -> Exam:
    """Show the exam to its students."""
    return await exams.publish_exam(db, who, exam_id)


@router.post("/{exam_id}/admit-all")
async def admit_all(db: Db, who: Staff, exam_id: PathId) -> ToldCount:
    """Let everybody in who is in the waiting room now."""
    return ToldCount(told=await beginning.admit_all(db, who, exam_id))


@router.get("/{exam_id}/enrolments")
async def list_enrolments(db: Db, who: Staff, exam_id: PathId) -> Sequence[EnrolledStudent]:
    """The students on the exam's list."""
    return await enrolments.list_enrolments(db, who, exam_id)


@router.put("/{exam_id}/enrolments")
async def replace_enrolments(
    db: Db, who: Staff, exam_id: PathId, wanted: EnrolmentsUpdate
) -> Sequence[EnrolledStudent]:
    """Replace the list by ids or e-mails; one wrong line and nothing changes."""
    return await enrolments.replace_enrolments(db, who, exam_id, wanted)
