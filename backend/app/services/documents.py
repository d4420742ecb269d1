"""Pictures of an identity document or a room, handed in on the way in: file first, then the row; staff alone look."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.ai.guard import check_picture
from app.ai.jpeg_metadata import without_metadata
from app.ai.types import FrameRefused
from app.core.errors import Conflict, Forbidden, Invalid, Missing, Unavailable
from app.db.models import Document, ExamSession, User
from app.domain.custody import Kind
from app.domain.documents import MOST_OF_A_KIND, DocumentKind
from app.domain.exam_sessions import OPEN
from app.domain.roles import Role
from app.domain.shelves import Shelf
from app.services.access import access_exam_session, access_own_exam_session, visible_exam_sessions
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.custody_items import item_of
from app.services.data_keys import session_key
from app.services.evidence import intact
from app.services.sealed_pieces import keep_piece
from app.storage import EvidenceStore

log = structlog.get_logger(__name__)


async def hand_in(
    db: AsyncSession, who: User, exam_session_id: int, kind: DocumentKind, body: bytes, store: EvidenceStore
) -> Document:
    """Keep one picture, without the place and time that a camera writes into it.

    Invalid `picture_refused`; Conflict `exam_session_ended`, `document_not_wanted`, `too_many_documents`.
    """
    taken = await access_own_exam_session(db, who, exam_session_id, lock=True)
    await _check_wanted(db, taken, kind)
    picture = _checked(body)
    path = f"{taken.id}/document-{uuid.uuid4().hex}.jpg"
    try:
        piece = await keep_piece(store, path, picture, await session_key(db, taken.id, Shelf.PICTURES))
    except OSError as error:
        log.error("document.write_failed", exam_session_id=taken.id, errno=error.errno)
        raise Unavailable from error
    document = Document(exam_session_id=taken.id, kind=kind, **asdict(piece))
    db.add(document)
    await db.flush()
    await note_down(db, await hold(db, taken.id), item_of(Kind.DOCUMENT, document))
    note(db, who, "document.hand_in", f"document:{document.id}", exam_session_id=taken.id, kind=kind)
    return document


async def documents_of(db: AsyncSession, who: User, exam_session_id: int) -> Sequence[Document]:
    """What was handed in, for the exam's staff."""
    taken = await access_exam_session(db, who, exam_session_id)
    if who.role == Role.STUDENT:
        raise Forbidden("staff_only")
    rows = await db.scalars(select(Document).where(Document.exam_session_id == taken.id).order_by(Document.id))
    return rows.all()


async def open_document(db: AsyncSession, who: User, document_id: int, store: EvidenceStore) -> bytes:
    """The bytes, unchanged since they were kept; the look is in the audit log."""
    sittings = visible_exam_sessions(who).with_only_columns(ExamSession.id)
    found = await db.scalar(
        select(Document)
        .options(joinedload(Document.exam_session))
        .where(Document.id == document_id, Document.exam_session_id.in_(sittings))
    )
    if found is None or who.role == Role.STUDENT:
        raise Missing
    note(db, who, "document.view", f"document:{found.id}", exam_session_id=found.exam_session_id)
    return await intact(db, store, found)


async def _check_wanted(db: AsyncSession, taken: ExamSession, kind: DocumentKind) -> None:
    if taken.state not in OPEN:
        raise Conflict("exam_session_ended")
    exam = taken.exam
    # A room may also be asked for in the middle of an exam (room-view).
    if kind == DocumentKind.ID and not (exam.require_id_document or exam.practice):
        raise Conflict("document_not_wanted")
    count = select(func.count()).where(Document.exam_session_id == taken.id, Document.kind == kind)
    if (await db.scalar(count) or 0) >= MOST_OF_A_KIND:
        raise Conflict("too_many_documents", most=MOST_OF_A_KIND)


def _checked(body: bytes) -> bytes:
    try:
        if check_picture(body).format != "jpeg":
            raise FrameRefused("unsupported_format")
        return without_metadata(body)
    except FrameRefused as refused:
        raise Invalid("picture_refused", reason=refused.code) from refused
