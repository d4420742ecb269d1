"""Who may use the routes of files; the one in the world is material of the exam, whose bytes are not there."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import UploadedFile
from app.domain.uploads import FileType, Purpose
from tests.api.access.kinds import EXAM_READERS, STAFF, Case, Routes, World

# 422: they may, but this test sends no file.
UPLOADS_OF_STAFF = (401, 403, 403, 422, 404, 422, 401)

ROUTES: Routes = {
    ("POST", "/api/v1/files/exam-materials/{exam_id}"): Case(UPLOADS_OF_STAFF),
    ("GET", "/api/v1/files/exam-materials/{exam_id}"): Case(EXAM_READERS),
    ("POST", "/api/v1/files/bulk-upload/{exam_id}"): Case(UPLOADS_OF_STAFF),
    ("POST", "/api/v1/files/user-avatar"): Case((401, 422, 422, 422, 422, 422, 401)),
    # Nobody has a picture in this test.
    ("GET", "/api/v1/files/user-avatar/{user_id}"): Case((401, 404, 404, 404, 404, 404, 401)),
    ("POST", "/api/v1/files/violation-screenshot/{violation_id}"): Case((401, 422, 404, 422, 404, 422, 401)),
    # 403: the exam records nothing; for everybody else the sitting is not there.
    ("POST", "/api/v1/files/session-recording/{session_id}"): Case((401, 403, 404, 404, 404, 404, 401)),
    ("GET", "/api/v1/files/session-recording/{session_id}"): Case(EXAM_READERS),
    ("GET", "/api/v1/files/storage-stats"): Case(STAFF),
    ("GET", "/api/v1/files/{file_id}/info"): Case(EXAM_READERS),
    # 409: the row is theirs to see, its file does not exist.
    ("GET", "/api/v1/files/{file_id}/download"): Case((401, 409, 404, 409, 404, 409, 401)),
    ("DELETE", "/api/v1/files/{file_id}"): Case((401, 403, 404, 200, 404, 200, 401)),
}


async def add_to_world(db: AsyncSession, world: World) -> dict[str, int]:
    """Material of the exam."""
    row = UploadedFile(
        purpose=Purpose.EXAM_MATERIAL,
        owner_id=world.exam.creator_id,
        exam_id=world.exam.id,
        name="formulas.pdf",
        media_type=FileType.PDF,
        size=1,
        sha256="0" * 64,
        path=f"files/missing-{world.exam.id}.pdf",
    )
    db.add(row)
    await db.flush()
    return {"file_id": row.id}
