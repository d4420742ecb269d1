"""Identity documents and rooms: handed in by the student, looked at by the exam's staff alone."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.api.deps import CurrentUser, Db
from app.db.models import Document
from app.domain.documents import DocumentKind
from app.schemas.base import PathId
from app.schemas.documents import DocumentRead
from app.services.documents import documents_of, hand_in, open_document
from app.storage import EvidenceStore

router = APIRouter(tags=["documents"])
PICTURE = {
    "requestBody": {"required": True, "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post("/exam-sessions/{session_id}/documents", response_model=DocumentRead, openapi_extra=PICTURE)
async def create(
    request: Request, db: Db, who: CurrentUser, session_id: PathId, kind: Annotated[DocumentKind, Query()]
) -> Document:
    """Hand in one JPEG for one's own exam session; place and time written into it are taken out."""
    store: EvidenceStore = request.app.state.store
    return await hand_in(db, who, session_id, kind, await request.body(), store)


@router.get("/exam-sessions/{session_id}/documents", response_model=list[DocumentRead])
async def list_all(db: Db, who: CurrentUser, session_id: PathId) -> Sequence[Document]:
    """What was handed in; for the exam's staff."""
    return await documents_of(db, who, session_id)


@router.get("/documents/{document_id}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
async def read(request: Request, db: Db, who: CurrentUser, document_id: PathId) -> Response:
    """The picture; every look is in the audit log."""
    store: EvidenceStore = request.app.state.store
    body = await open_document(db, who, document_id, store)
    headers = {
        "Content-Security-Policy": "sandbox",
        "Content-Disposition": f'attachment; filename="document-{document_id}.jpg"',
    }
    return Response(body, media_type="image/jpeg", headers=headers)
