"""Pieces kept before there were keys are sealed one by one: a new piece, then the row, then the old piece goes."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select

from app.core.sealing import DataKey
from app.db.models import Document, Evidence, UploadedFile
from app.db.session import Sessions, unit_of_work
from app.domain.shelves import Shelf
from app.domain.uploads import Purpose
from app.services.data_keys import account_key, session_key
from app.services.evidence_sweep import remove_evidence
from app.services.sealed_pieces import PieceChanged, PieceMissing, keep_piece, open_piece
from app.storage import EvidenceStore

PERSONAL = (Purpose.AVATAR, Purpose.SESSION_RECORDING, Purpose.ANSWER_FILE)


async def seal_old(
    sessions: Sessions, store: EvidenceStore, *, progress: Callable[[int], None] = lambda _: None
) -> tuple[int, list[str]]:
    """Seal what lies plainly and shows or identifies somebody; how many, and the names of those that are damaged."""
    done, damaged = 0, list[str]()
    for model in (Evidence, Document, UploadedFile):
        last = 0
        while True:
            async with unit_of_work(sessions) as db:
                row = await db.scalar(_plain(model).where(model.id > last).order_by(model.id).limit(1))
                if row is None:
                    break
                last, old = row.id, row.path
                sealed = await _seal(db, store, row)
            if sealed:
                await remove_evidence(store, [old])
                done += 1
                progress(done)
            else:
                damaged.append(old)
    return done, damaged


async def _seal(db: AsyncSession, store: EvidenceStore, row: Evidence | Document | UploadedFile) -> bool:
    try:
        body = await open_piece(db, store, row)
    except (PieceMissing, PieceChanged):
        return False
    old = PurePosixPath(row.path)
    kept = await keep_piece(store, str(old.with_name(f"{uuid.uuid4().hex}{old.suffix}")), body, await _key(db, row))
    for name, value in asdict(kept).items():
        setattr(row, name, value)
    await db.flush()
    return True


async def _key(db: AsyncSession, row: Evidence | Document | UploadedFile) -> DataKey:
    if isinstance(row, UploadedFile) and row.exam_session_id is None:
        return await account_key(db, row.owner_id)
    shelf = Shelf.RECORD if isinstance(row, UploadedFile) and row.purpose == Purpose.ANSWER_FILE else Shelf.PICTURES
    return await session_key(db, row.exam_session_id or 0, shelf)


def _plain(model: type[Evidence] | type[Document] | type[UploadedFile]) -> Select[Any]:
    query = select(model).where(model.stored_sha256.is_(None)).with_for_update()
    return query.where(UploadedFile.purpose.in_(PERSONAL)) if model is UploadedFile else query
