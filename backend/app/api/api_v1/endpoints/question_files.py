"""Questions in files, pictures in questions, files as answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.api.deps import CurrentUser, Db, Limits, SessionsDep, SettingsDep, Staff
from app.api.downloads import attachment
from app.api.uploads import FILE, FILE_BODY, received_file, received_form
from app.db.models import UploadedFile
from app.db.session import commit
from app.domain.uploads import ALLOWED, Purpose
from app.schemas.base import PathId
from app.schemas.question_files import (
    AnswerFileFields,
    AnswerFileRead,
    QuestionImportOptions,
    QuestionImportReport,
    QuestionPictureRead,
)
from app.services import answer_files, question_import, question_pictures
from app.services.access import access_exam_as_staff
from app.services.files import read_file
from app.services.question_export import export_questions
from app.services.question_formats import QuestionFormat
from app.storage import EvidenceStore

router = APIRouter(tags=["questions"])
ANY_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"*/*": {}}}}
DAY = 86_400


def _form(**fields: dict[str, Any]) -> dict[str, Any]:
    """How a form with a file looks, for the routes' schema."""
    schema = {"type": "object", "required": ["file"], "properties": {"file": FILE, **fields}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


IMPORT_BODY = _form(format={"type": "string", "default": "auto"}, dry_run={"type": "boolean", "default": False})
ANSWER_BODY = _form(question_id={"type": "integer"})


def _store(request: Request) -> EvidenceStore:
    store: EvidenceStore = request.app.state.store
    return store


StoreDep = Annotated[EvidenceStore, Depends(_store)]


@router.post("/exams/{exam_id}/questions/import", openapi_extra=IMPORT_BODY)
async def import_questions(
    request: Request,
    db: Db,
    sessions: SessionsDep,
    who: Staff,
    store: StoreDep,
    settings: SettingsDep,
    limits: Limits,
    exam_id: PathId,
) -> QuestionImportReport:
    """Questions of a file (JSON, CSV, GIFT, Aiken, Moodle XML, QTI 2.1): all of them or none.

    422 `question_import_refused` has the same `report`, with every wrong line. A dry run always answers 200.
    """
    await access_exam_as_staff(db, who, exam_id)
    await commit(db)  # a slow line must hold no connection
    _name, body, options = await received_form(request, question_import.LARGEST, QuestionImportOptions)
    with limits.importing(who.id, settings, dry_run=options.dry_run):
        return await question_import.import_questions(sessions, who, exam_id, body, options, store)


@router.get("/exams/{exam_id}/questions/export", response_class=Response, responses=ANY_FILE)
async def export(
    db: Db,
    who: Staff,
    store: StoreDep,
    settings: SettingsDep,
    limits: Limits,
    exam_id: PathId,
    wanted: Annotated[QuestionFormat, Query(alias="format")],
    leave_out: Annotated[bool, Query(description="Leave out what the format cannot carry, instead of a 409.")] = False,
) -> Response:
    """All questions as a file. 409 `format_cannot_carry` names those that the format has no words for."""
    limits.export(who.id, settings)
    file = await export_questions(db, who, exam_id, wanted, store, leave_out=leave_out)
    headers = {"Content-Disposition": attachment(file.name)}
    return Response(file.body, media_type=file.media_type, headers=headers)


@router.post("/question-files", openapi_extra=FILE_BODY)
async def upload_picture(request: Request, db: Db, who: Staff, store: StoreDep) -> QuestionPictureRead:
    """A picture for questions: JPEG, PNG or WebP by its content, at most 2 MB; place and time in it are taken out."""
    await commit(db)  # a slow line must hold no connection
    name, body = await received_file(request, ALLOWED[Purpose.QUESTION_PICTURE].largest)
    row = await question_pictures.keep_picture(db, who, store, name, body)
    return QuestionPictureRead(
        id=row.id, url=f"/api/v1/question-files/{row.id}", name=row.name, media_type=row.media_type, size=row.size
    )


@router.get("/question-files/{picture_id}", response_class=Response, responses=ANY_FILE)
async def read_picture(db: Db, who: CurrentUser, store: StoreDep, picture_id: PathId) -> Response:
    """A picture, for its author, the staff of an exam that shows it, and students on whose paper it is."""
    row = await question_pictures.access_picture(db, who, picture_id)
    return _as_download(row, await read_file(db, row, store), cached=True)


@router.post("/exam-sessions/{session_id}/files", openapi_extra=ANSWER_BODY)
async def upload_answer(
    request: Request, db: Db, who: CurrentUser, store: StoreDep, session_id: PathId
) -> AnswerFileRead:
    """A file for a question of one's own paper; it counts once an answer names it. The form names `question_id`."""
    await answer_files.sitting_for_files(db, who, session_id)
    await commit(db)  # a slow line must hold no connection
    name, body, fields = await received_form(request, ALLOWED[Purpose.ANSWER_FILE].largest, AnswerFileFields)
    question = await answer_files.question_for_files(db, who, session_id, fields.question_id)
    row = await answer_files.keep_answer_file(db, who, store, session_id, question, name, body)
    return AnswerFileRead(id=row.id, name=row.name, size=row.size, media_type=row.media_type)


@router.get("/answer-files/{answer_file_id}", response_class=Response, responses=ANY_FILE)
async def read_answer(db: Db, who: CurrentUser, store: StoreDep, answer_file_id: PathId) -> Response:
    """A file that was handed in, for its student and the exam's staff; always a download."""
    row, body = await answer_files.open_answer_file(db, who, answer_file_id, store)
    return _as_download(row, body, cached=False)


def _as_download(row: UploadedFile, body: bytes, *, cached: bool) -> Response:
    headers = {
        "Content-Disposition": attachment(row.name),
        "Content-Security-Policy": "sandbox",
        "Cache-Control": f"private, max-age={DAY}, immutable" if cached else "no-store",
    }
    return Response(body, media_type=row.media_type, headers=headers)
