"""An exam's list of students from a file, and its groups."""

from fastapi import APIRouter, Request

from app.api.deps import Db, Limits, SessionsDep, SettingsDep, Staff
from app.api.uploads import table_body, uploaded_table
from app.db.session import commit
from app.schemas.base import PathId
from app.schemas.exams import GroupCount
from app.schemas.imports import EnrolmentImportOptions, ImportReport
from app.services import enrolment_imports

router = APIRouter(prefix="/exams", tags=["exams"])


@router.post("/{exam_id}/enrolments/import", openapi_extra=table_body(EnrolmentImportOptions))
async def import_enrolments(
    request: Request, db: Db, sessions: SessionsDep, who: Staff, settings: SettingsDep, limits: Limits, exam_id: PathId
) -> ImportReport:
    """Students from CSV, XLSX or pasted lines (`email, name, group`): all of them or none.

    422 `enrolments_invalid` lists the wrong lines.
    """
    body, wanted = await uploaded_table(request, EnrolmentImportOptions)
    await commit(db)  # hashing a whole class must not hold this connection
    with limits.importing(who.id, settings, dry_run=wanted.dry_run):
        return await enrolment_imports.import_enrolments(sessions, who, exam_id, body, wanted)


@router.get("/{exam_id}/groups")
async def list_groups(db: Db, who: Staff, exam_id: PathId) -> list[GroupCount]:
    """The groups of the exam's list."""
    return await enrolment_imports.groups_of(db, who, exam_id)
