"""Keeping what people hand in: type by content, size by purpose, a name of ours, the file before its row."""

import asyncio
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import asdict

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ai.guard import jpeg_header, webp_header
from app.ai.jpeg_metadata import without_metadata
from app.ai.types import FrameRefused
from app.core.errors import Conflict, Invalid, ProctorError, Unavailable
from app.core.sealing import DataKey
from app.db.models import UploadedFile, User
from app.domain.custody import Kind
from app.domain.graphemes import cut
from app.domain.picture_chunks import Malformed, plain_png, plain_webp
from app.domain.shelves import Shelf
from app.domain.uploads import ALLOWED, ENDINGS, PICTURES, FileType, Purpose, type_of
from app.schemas.files import FileRead
from app.services.archives import names_within
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.custody_items import item_of
from app.services.data_keys import account_key, session_key
from app.services.sealed_pieces import PieceChanged, PieceMissing, keep_piece, open_piece
from app.storage import EvidenceStore

log = structlog.get_logger(__name__)
LONGEST_NAME = 200
MOST_PIXELS = 25_000_000
MOST_MEMBERS = 5000


class FileTooLarge(ProctorError):
    """More than this purpose takes."""

    status = 413
    code = "file_too_large"


async def keep_file(
    db: AsyncSession,
    who: User,
    store: EvidenceStore,
    purpose: Purpose,
    *,
    name: str,
    body: bytes,
    exam_id: int | None = None,
    exam_session_id: int | None = None,
) -> UploadedFile:
    """Keep a file; who may do so was decided by the caller, whose transaction makes it stay.

    FileTooLarge; Invalid `file_empty`, `file_type_refused`, `picture_refused`; Conflict `storage_full`; Unavailable
    where the disk refuses. A file whose transaction fails is swept away an hour later.
    """
    found, content = await asyncio.to_thread(checked, purpose, body)
    await _refuse_too_much(db, purpose, len(content), exam_id=exam_id, exam_session_id=exam_session_id)
    path = f"files/{uuid.uuid4().hex}.{ENDINGS[found]}"
    key = await _key(db, who, purpose, exam_session_id)
    try:
        piece = await keep_piece(store, path, content, key)
    except OSError as error:
        log.error("file.write_failed", errno=error.errno)
        raise Unavailable from error
    row = UploadedFile(
        purpose=purpose,
        owner_id=who.id,
        exam_id=exam_id,
        exam_session_id=exam_session_id,
        name=shown_name(name, found),
        media_type=found.value,
        **asdict(piece),
    )
    await _add(db, row)
    note(db, who, "file.upload", f"file:{row.id}", purpose=purpose, exam_id=exam_id, exam_session_id=exam_session_id)
    return row


async def _add(db: AsyncSession, row: UploadedFile) -> None:
    """The row; what belongs to a sitting is chained with it."""
    held = None if row.exam_session_id is None else await hold(db, row.exam_session_id)
    db.add(row)
    await db.flush()
    if held is not None:
        await note_down(db, held, item_of(Kind.FILE, row))


async def keep_files(
    db: AsyncSession,
    who: User,
    store: EvidenceStore,
    purpose: Purpose,
    files: Sequence[tuple[str, bytes]],
    exam_id: int,
) -> list[UploadedFile]:
    """Several files of an exam: all of them or none. Errors as `keep_file`, with the `number` of the file, from 1."""
    kept = []
    for number, (name, body) in enumerate(files, start=1):
        try:
            kept.append(await keep_file(db, who, store, purpose, name=name, body=body, exam_id=exam_id))
        except ProctorError as error:
            error.params["number"] = number
            raise
    return kept


async def read_file(db: AsyncSession, row: UploadedFile, store: EvidenceStore) -> bytes:
    """The bytes, unchanged since they were kept. Conflict `file_missing_here`, `file_changed`."""
    try:
        return await open_piece(db, store, row)
    except PieceMissing as error:
        raise Conflict("file_missing_here") from error
    except PieceChanged as error:
        raise Conflict("file_changed") from error


async def _key(db: AsyncSession, who: User, purpose: Purpose, exam_session_id: int | None) -> DataKey | None:
    """What seals a file. Material and pictures of questions show nobody, and lie as they are."""
    if purpose is Purpose.AVATAR:
        return await account_key(db, who.id)
    if exam_session_id is None:
        return None
    shelf = Shelf.PICTURES if purpose is Purpose.SESSION_RECORDING else Shelf.RECORD
    return await session_key(db, exam_session_id, shelf)


def checked(purpose: Purpose, body: bytes) -> tuple[FileType, bytes]:
    """What a file is and what is kept of it: pictures lose place, time and comments. Errors as `keep_file`."""
    allowed = ALLOWED[purpose]
    if not body:
        raise Invalid("file_empty")
    if len(body) > allowed.largest:
        raise FileTooLarge(max=allowed.largest // 1024)
    found = type_of(body, names_within(body, most=MOST_MEMBERS))
    if found is None or found not in allowed.types:
        raise Invalid("file_type_refused")
    return found, _picture(found, body) if found in PICTURES else body


def shown_name(name: str, found: FileType) -> str:
    """The file's own name without folders and odd characters, with the ending of what it really is."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    kept = "".join(one for one in stem if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    plain = cut(" ".join(kept.split()).strip(". "), LONGEST_NAME - 6) or "file"
    return f"{plain}.{ENDINGS[found]}"


def described(row: UploadedFile) -> FileRead:
    """As it goes out."""
    return FileRead(
        id=row.id,
        purpose=row.purpose,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        exam_id=row.exam_id,
        exam_session_id=row.exam_session_id,
        owner_id=row.owner_id,
        url=f"/api/v1/files/{row.id}/download",
        created_at=row.created_at,
    )


async def _refuse_too_much(
    db: AsyncSession, purpose: Purpose, size: int, *, exam_id: int | None, exam_session_id: int | None
) -> None:
    query = select(func.coalesce(func.sum(UploadedFile.size), 0)).where(UploadedFile.purpose == purpose)
    if exam_session_id is not None:
        query = query.where(UploadedFile.exam_session_id == exam_session_id)
    elif exam_id is not None:
        query = query.where(UploadedFile.exam_id == exam_id)
    else:
        return
    # One at a time for each exam or sitting until the commit: two at once must not both find room.
    lock = f"files:{purpose}:{exam_id}:{exam_session_id}"
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
    if (await db.scalar(query) or 0) + size > ALLOWED[purpose].altogether:
        raise Conflict("storage_full", max=ALLOWED[purpose].altogether // (1024 * 1024))


def _picture(found: FileType, body: bytes) -> bytes:
    """The picture without its metadata. Only headers are read: nothing is decoded here, nor for anybody else."""
    try:
        if found is FileType.PNG:
            plain, width, height = plain_png(body)
        else:
            plain = plain_webp(body) if found is FileType.WEBP else without_metadata(body)
            header = webp_header(plain) if found is FileType.WEBP else jpeg_header(plain)
            width, height = header.width, header.height
    except Malformed as malformed:
        raise Invalid("picture_refused", reason="malformed") from malformed
    except FrameRefused as refused:
        raise Invalid("picture_refused", reason=refused.code) from refused
    if not 0 < width * height <= MOST_PIXELS:
        raise Invalid("picture_refused", reason="too_many_pixels")
    return plain
