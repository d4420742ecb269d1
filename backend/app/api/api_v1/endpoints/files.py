"""Uploaded files: material of exams, portraits, recordings; never public, types by content, names of ours."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.api.deps import CurrentUser, Db, SettingsDep, Staff
from app.api.downloads import attachment
from app.api.uploads import FILE_BODY, FILES_BODY, received_file, received_files
from app.db.session import commit
from app.domain.uploads import ALLOWED, LARGEST_AT_ONCE, MOST_AT_ONCE, Purpose
from app.schemas.auth import Done
from app.schemas.base import PathId
from app.schemas.files import FileRead, ScreenshotRead, StorageStats
from app.services import file_access
from app.services.access import access_exam_as_staff, access_violation
from app.services.evidence_sweep import remove_evidence
from app.services.files import described, keep_file, keep_files
from app.services.screenshots import keep_screenshot
from app.services.storage_stats import storage_stats
from app.storage import EvidenceStore

router = APIRouter(prefix="/files", tags=["files"])
SCREENSHOT = 256 * 1024


def _store(request: Request) -> EvidenceStore:
    store: EvidenceStore = request.app.state.store
    return store


StoreDep = Annotated[EvidenceStore, Depends(_store)]


@router.post("/exam-materials/{exam_id}", openapi_extra=FILE_BODY)
async def upload_material(request: Request, db: Db, who: Staff, store: StoreDep, exam_id: PathId) -> FileRead:
    """A file for the students of an exam: picture, PDF, office document without macros, text, sound or film."""
    exam = await access_exam_as_staff(db, who, exam_id)
    await commit(db)  # a slow line must hold no connection
    name, body = await received_file(request, ALLOWED[Purpose.EXAM_MATERIAL].largest)
    row = await keep_file(db, who, store, Purpose.EXAM_MATERIAL, name=name, body=body, exam_id=exam.id)
    return described(row)


@router.get("/exam-materials/{exam_id}")
async def list_materials(db: Db, who: CurrentUser, exam_id: PathId) -> list[FileRead]:
    """The files of an exam, for those who may see it."""
    return [described(row) for row in await file_access.materials_of(db, who, exam_id)]


@router.post("/bulk-upload/{exam_id}", openapi_extra=FILES_BODY)
async def upload_materials(request: Request, db: Db, who: Staff, store: StoreDep, exam_id: PathId) -> list[FileRead]:
    """Several files for the students of an exam: all of them or none."""
    exam = await access_exam_as_staff(db, who, exam_id)
    await commit(db)  # a slow line must hold no connection
    files = await received_files(request, LARGEST_AT_ONCE, most=MOST_AT_ONCE)
    return [described(row) for row in await keep_files(db, who, store, Purpose.EXAM_MATERIAL, files, exam.id)]


@router.post("/user-avatar", openapi_extra=FILE_BODY)
async def upload_avatar(request: Request, db: Db, who: CurrentUser, store: StoreDep) -> FileRead:
    """One's own picture; the one before it goes."""
    await commit(db)  # a slow line must hold no connection
    name, body = await received_file(request, ALLOWED[Purpose.AVATAR].largest)
    older = await file_access.older_avatars(db, who)
    row = await keep_file(db, who, store, Purpose.AVATAR, name=name, body=body)
    await commit(db)  # files go only when their rows are gone for good
    await remove_evidence(store, older)
    return described(row)


@router.get("/user-avatar/{user_id}")
async def read_avatar(db: Db, who: CurrentUser, user_id: PathId) -> FileRead:
    """Somebody's picture, for the person, the teachers of their exams and administrators."""
    return described(await file_access.avatar_of(db, who, user_id))


@router.post("/violation-screenshot/{violation_id}", openapi_extra=FILE_BODY)
async def upload_screenshot(
    request: Request, db: Db, who: CurrentUser, store: StoreDep, violation_id: PathId
) -> ScreenshotRead:
    """A JPEG that shows a violation; it becomes evidence, is marked as the client's, and is as little public."""
    await access_violation(db, who, violation_id)
    await commit(db)  # a slow line must hold no connection
    _name, body = await received_file(request, SCREENSHOT)
    return await keep_screenshot(db, who, violation_id, body, store)


@router.post("/session-recording/{session_id}", openapi_extra=FILE_BODY)
async def upload_recording(request: Request, db: Db, who: CurrentUser, store: StoreDep, session_id: PathId) -> FileRead:
    """A piece of sound or screen film of one's own sitting, where the exam records. 403 `recording_off` elsewhere."""
    taken = await file_access.recording_wanted(db, who, session_id)
    await commit(db)  # a slow line must hold no connection
    name, body = await received_file(request, ALLOWED[Purpose.SESSION_RECORDING].largest)
    row = await keep_file(db, who, store, Purpose.SESSION_RECORDING, name=name, body=body, exam_session_id=taken.id)
    return described(row)


@router.get("/session-recording/{session_id}")
async def list_recordings(db: Db, who: CurrentUser, session_id: PathId) -> list[FileRead]:
    """The recordings of a sitting, for its student and the exam's staff."""
    return [described(row) for row in await file_access.recordings_of(db, who, session_id)]


@router.get("/storage-stats")
async def read_storage_stats(db: Db, who: Staff, settings: SettingsDep) -> StorageStats:
    """How much is kept: of one's own exams, or of all."""
    return await storage_stats(db, who, settings.evidence_dir)


@router.get("/{file_id}/info")
async def read_info(db: Db, who: CurrentUser, file_id: PathId) -> FileRead:
    """What a file is."""
    return described(await file_access.access_file(db, who, file_id))


@router.get("/{file_id}/download", response_class=Response, responses={200: {"content": {"*/*": {}}}})
async def download(db: Db, who: CurrentUser, store: StoreDep, file_id: PathId) -> Response:
    """The file, always as a download."""
    row, body = await file_access.open_file(db, who, file_id, store)
    headers = {"Content-Disposition": attachment(row.name), "Content-Security-Policy": "sandbox"}
    return Response(body, media_type=row.media_type, headers=headers)


@router.delete("/{file_id}")
async def delete(db: Db, who: CurrentUser, store: StoreDep, file_id: PathId) -> Done:
    """Remove a file. What was handed in during an exam stays: 403 `file_stays`."""
    name = await file_access.remove_file(db, who, file_id)
    await commit(db)
    await remove_evidence(store, [name])
    return Done()
