"""Pictures kept for violations: never public, every look in the audit log."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.api.deps import CurrentUser, Db
from app.schemas.base import PathId
from app.services.evidence import open_evidence
from app.storage import EvidenceStore

router = APIRouter(prefix="/evidence", tags=["evidence"])


@router.get("/{evidence_id}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
async def read(request: Request, db: Db, who: CurrentUser, evidence_id: PathId) -> Response:
    """The picture, for the exam's staff and the student it shows."""
    store: EvidenceStore = request.app.state.store
    body = await open_evidence(db, who, evidence_id, store)
    return Response(
        body,
        media_type="image/webp" if body[:4] == b"RIFF" else "image/jpeg",
        headers={
            "Content-Security-Policy": "sandbox",
            "Content-Disposition": f'attachment; filename="{evidence_id}.jpg"',
        },
    )
