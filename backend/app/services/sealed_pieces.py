"""Pieces of the store that only their own key opens; those kept before there were keys are read as they are."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.sealing import DataKey, Unsealable, key_id_of
from app.services.data_keys import key_by_id
from app.storage import EvidenceStore


class PieceMissing(Exception):
    """The store has it no more."""


class PieceChanged(Exception):
    """It is not what was kept, or its key was destroyed."""


class Piece(Protocol):
    """A row that names a piece."""

    path: str
    sha256: str
    stored_sha256: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece that is safe on disk: hash and size of what it says, and of the bytes that lie there."""

    path: str
    sha256: str
    size: int
    stored_sha256: str | None = None
    stored_size: int | None = None


async def keep_piece(store: EvidenceStore, path: str, body: bytes, key: DataKey | None) -> Kept:
    """Seal and store; without a key plainly. Raises OSError."""
    sealed, kept = await asyncio.to_thread(_sealed, path, body, key)
    await store.put(path, sealed)
    return kept


async def open_piece(db: AsyncSession, store: EvidenceStore, row: Piece) -> bytes:
    """What was kept, unchanged. Raises PieceMissing, PieceChanged."""
    try:
        stored = await store.get(row.path)
    except FileNotFoundError as error:
        raise PieceMissing from error
    key_id = key_id_of(stored) if row.stored_sha256 is not None else None
    try:
        key = await key_by_id(db, key_id) if key_id is not None else None
        return await asyncio.to_thread(_opened, row.path, row.sha256, row.stored_sha256, stored, key)
    except Unsealable as error:
        raise PieceChanged from error


def _sealed(path: str, body: bytes, key: DataKey | None) -> tuple[bytes, Kept]:
    sha256 = hashlib.sha256(body).hexdigest()
    if key is None:
        return body, Kept(path, sha256, len(body))
    sealed = key.seal(body, path)
    return sealed, Kept(path, sha256, len(body), hashlib.sha256(sealed).hexdigest(), len(sealed))


def _opened(path: str, sha256: str, stored_sha256: str | None, stored: bytes, key: DataKey | None) -> bytes:
    if stored_sha256 is not None:
        if key is None or hashlib.sha256(stored).hexdigest() != stored_sha256:
            raise PieceChanged
        stored = key.open(stored, path)
    if hashlib.sha256(stored).hexdigest() != sha256:
        raise PieceChanged
    return stored
