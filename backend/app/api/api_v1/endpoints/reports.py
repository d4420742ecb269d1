"""Reports to print, in both languages."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.api.deps import CurrentUser, Db, Limits, SettingsDep, Staff
from app.api.downloads import attachment
from app.api.errors import language_of
from app.db.session import commit
from app.domain.roles import Language
from app.schemas.base import PathId
from app.services.custody_bundle import export_bundle
from app.services.exam_export import ExportFormat, export_exam
from app.services.exam_report import exam_report
from app.services.report_rendering import Report, ReportRenderer
from app.services.session_report import session_report
from app.storage import EvidenceStore

router = APIRouter(tags=["reports"])
Wanted = Annotated[Language | None, Query(description="Unset: the reader's own.")]
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {}}}}


@router.get("/exam-sessions/{session_id}/report", response_class=Response, responses=PDF)
async def of_exam_session(
    request: Request, db: Db, who: CurrentUser, session_id: PathId, language: Wanted = None
) -> Response:
    """One exam session: what was noted and what it cost, pictures, times not observed, decision, how sure it is."""
    store: EvidenceStore = request.app.state.store
    found = await session_report(db, who, session_id, language or language_of(request.scope), store)
    await commit(db)  # the looks at the pictures are noted before the pictures leave, and setting takes a while
    return await _set(request, found)


@router.get("/exam-sessions/{session_id}/bundle", response_class=Response, responses=ZIP)
async def bundle(
    request: Request, db: Db, who: Staff, settings: SettingsDep, limits: Limits, session_id: PathId
) -> Response:
    """A closed exam session with its chain of custody and all pieces, for `proctor verify`; not encrypted, audited."""
    limits.export(who.id, settings)
    body = await export_bundle(db, who, session_id, request.app.state.store, request.app.state.notary)
    name = f"exam-session-{session_id}.zip"
    return Response(body, media_type="application/zip", headers={"Content-Disposition": attachment(name)})


@router.get("/exams/{exam_id}/report", response_class=Response, responses=PDF)
async def of_exam(request: Request, db: Db, who: Staff, exam_id: PathId, language: Wanted = None) -> Response:
    """A whole exam: scores, what was seen and noted, decisions, every exam session in one line."""
    found = await exam_report(db, who, exam_id, language or language_of(request.scope))
    await commit(db)
    return await _set(request, found)


@router.get("/exams/{exam_id}/export", response_class=Response)
async def export(
    db: Db,
    who: Staff,
    request: Request,
    settings: SettingsDep,
    limits: Limits,
    exam_id: PathId,
    kind: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.CSV,
    language: Wanted = None,
) -> Response:
    """Every exam session of an exam in one line, as a table for spreadsheets; as JSON with everything noted."""
    limits.export(who.id, settings)
    found = await export_exam(db, who, exam_id, kind, language or language_of(request.scope))
    return Response(
        found.body, media_type=found.media_type, headers={"Content-Disposition": attachment(found.file_name)}
    )


async def _set(request: Request, found: Report) -> Response:
    renderer: ReportRenderer = request.app.state.reports
    body = await renderer.render(found)
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": attachment(found.file_name)})
