"""Pictures kept for a violation: file first, then the row; every look is audited."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from prometheus_client import Counter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict
from app.core.sealing import DataKey
from app.db.models import Document, Evidence, User
from app.services.access import access_evidence
from app.services.evidence_views import note_view
from app.services.institution import institution
from app.services.sealed_pieces import Kept, PieceChanged, PieceMissing, keep_piece, open_piece
from app.storage import EvidenceStore

log = structlog.get_logger(__name__)
FAILED = Counter("proctor_evidence_failed_total", "Pictures that could not be written.")


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that is safe on disk and waits for its row."""

    role: str
    captured_at: datetime
    piece: Kept


async def keep_picture(
    store: EvidenceStore, key: DataKey, *, exam_session_id: int, role: str, captured_at: datetime, body: bytes
) -> KeptPicture | None:
    """Seal and write a picture; None where the disk refuses, for then the violation counts without it."""
    path = f"{exam_session_id}/{uuid.uuid4().hex}.jpg"
    try:
        piece = await keep_piece(store, path, body, key)
    except OSError as error:
        FAILED.inc()
        log.error("evidence.write_failed", exam_session_id=exam_session_id, errno=error.errno)
        return None
    return KeptPicture(role, captured_at, piece)


async def record_evidence(
    db: AsyncSession, *, exam_session_id: int, violation_id: int, picture: KeptPicture
) -> Evidence | None:
    """The row of a kept picture. A violation has one of each role: the first stays."""
    statement = insert(Evidence).values(
        exam_session_id=exam_session_id,
        violation_id=violation_id,
        role=picture.role,
        captured_at=picture.captured_at,
        **asdict(picture.piece),
    )
    row: Evidence | None = await db.scalar(statement.on_conflict_do_nothing().returning(Evidence))
    return row


async def open_evidence(db: AsyncSession, who: User, evidence_id: int, store: EvidenceStore) -> bytes:
    """The bytes for somebody who may see them, unchanged since they were kept; the look is in the audit log.

    TooMany `too_many_views`, Conflict `evidence_missing`, `evidence_changed`.
    """
    evidence = await access_evidence(db, who, evidence_id)
    house = await institution(db)
    await note_view(db, who, evidence, most=house.evidence_views_per_hour)
    return await intact(db, store, evidence)


async def intact(db: AsyncSession, store: EvidenceStore, evidence: Evidence | Document) -> bytes:
    """The bytes of a picture, if they are those that were kept. Conflict `evidence_missing`, `evidence_changed`."""
    try:
        return await open_piece(db, store, evidence)
    except PieceMissing as error:
        raise Conflict("evidence_missing") from error
    except PieceChanged as error:
        raise Conflict("evidence_changed") from error
