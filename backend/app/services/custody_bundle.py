"""A closed sitting as one file that can be verified anywhere: its chain, what was signed, what was kept, the pieces."""

import asyncio
import hashlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Conflict, Missing
from app.core.strict_zip import packed
from app.db.models import CustodyManifest, CustodyStamp, Document, Evidence, ExamSession, UploadedFile, User, WrappedKey
from app.domain.canonical import canonical
from app.domain.custody import LATER, OPENING, PURPOSE, Kind, Link, is_erased, range_of
from app.domain.roles import Role
from app.domain.shelves import Shelf
from app.services.access import access_exam_session
from app.services.audit import note
from app.services.custody import hold, links_of, note_down, opening
from app.services.custody_items import items_of
from app.services.custody_seal import Notary, seal_one
from app.services.data_keys import session_key
from app.services.sealed_pieces import PieceChanged, PieceMissing, open_piece
from app.storage import EvidenceStore

FORMATS = (1, 2, 3)
"""Since 2 a bundle also has texts of staff, consents, deeds and flags; since 3 time-stamps."""
CONTENT = "bundle.json"
SEAL = "seal.json"
BUNDLE = "bundle"
PIECES: dict[Kind, Any] = {Kind.EVIDENCE: Evidence, Kind.DOCUMENT: Document, Kind.FILE: UploadedFile}


async def export_bundle(
    db: AsyncSession, who: User, exam_session_id: int, store: EvidenceStore, notary: Notary
) -> bytes:
    """For the exam's staff; audited. Missing for students; Conflict `exam_session_open` before it is settled."""
    taken = await access_exam_session(db, who, exam_session_id)
    if who.role == Role.STUDENT:
        raise Missing
    note(db, who, "exam_session.bundle", f"exam_session:{taken.id}", exam_session_id=taken.id)
    return await bundle_of(db, taken.id, store, notary)


async def bundle_of(db: AsyncSession, exam_session_id: int, store: EvidenceStore, notary: Notary) -> bytes:
    """The file. What is not signed yet is signed first; the journal says how far the chain ever reached."""
    content, pieces = await _content(db, exam_session_id, store, notary)
    text = canonical(content)
    newest = await asyncio.to_thread(notary.journal.newest, exam_session_id)
    statement = {
        "at": now(),
        "key": notary.signer.key_id,
        "bundle": _sha256(text),
        "journal": asdict(newest) if newest else None,
    }
    signature = await asyncio.to_thread(notary.signer.sign, BUNDLE, canonical(statement))
    seal = canonical({"statement": statement, "signature": signature})
    return await asyncio.to_thread(packed, {CONTENT: text, SEAL: seal, **pieces})


async def _content(
    db: AsyncSession, exam_session_id: int, store: EvidenceStore, notary: Notary
) -> tuple[dict[str, Any], dict[str, bytes]]:
    settled = await db.scalar(select(ExamSession.settled).where(ExamSession.id == exam_session_id))
    if settled is False:
        raise Conflict("exam_session_open")
    if settled:
        await _sign(db, exam_session_id, notary)
    links = await links_of(db, exam_session_id)
    if not links:
        raise Missing
    manifests = await db.scalars(
        select(CustodyManifest)
        .where(CustodyManifest.exam_session_id == exam_session_id)
        .order_by(CustodyManifest.number)
    )
    stamps = await db.scalars(
        select(CustodyStamp).where(CustodyStamp.exam_session_id == exam_session_id).order_by(CustodyStamp.number)
    )
    content: dict[str, Any] = {
        "format": FORMATS[-1],
        "exam_session_id": exam_session_id,
        "chain": [[one.seq, one.kind, one.subject, one.digest, one.at, one.hash] for one in links],
        "manifests": [[one.statement, one.signature] for one in manifests],
        "stamps": [[one.number, one.answer.hex()] for one in stamps],
        "erased": is_erased(links),
        "key": None,
        "items": [],
    }
    if not settled:
        return content, {}
    content["key"] = (await session_key(db, exam_session_id, Shelf.RECORD)).derived(PURPOSE).hex()
    content["items"] = await _items(db, exam_session_id, links)
    return content, await _pieces(db, exam_session_id, store)


async def _sign(db: AsyncSession, exam_session_id: int, notary: Notary) -> None:
    """Sign what has grown since the last time; a sitting from before there were chains gets one now.

    A chain from before it stood for texts, consents and deeds is taken to stand for them as they are now.
    """
    held = await hold(db, exam_session_id)
    there = select(WrappedKey.id).where(WrappedKey.exam_session_id == exam_session_id, WrappedKey.shelf == Shelf.RECORD)
    subjects = {link.subject for link in await links_of(db, exam_session_id)}
    if await db.scalar(there) is None and not subjects:
        await note_down(db, held, *await items_of(db, exam_session_id))
    elif subjects and OPENING not in subjects:
        later = [item for item in await items_of(db, exam_session_id) if item.kind in LATER]
        left_out = [item for item in later if item.subject not in subjects]
        await note_down(db, held, opening(exam_session_id), *left_out)
    if await db.scalar(select(ExamSession.unsealed).where(ExamSession.id == exam_session_id)):
        await seal_one(db, notary, exam_session_id)


async def _items(db: AsyncSession, exam_session_id: int, links: list[Link]) -> list[list[Any]]:
    kept = [range_of(link.subject) for link in links if link.kind == Kind.MESSAGES]
    return [[item.kind, item.subject, item.content] for item in await items_of(db, exam_session_id, kept)]


async def _pieces(db: AsyncSession, exam_session_id: int, store: EvidenceStore) -> dict[str, bytes]:
    """By subject; one that is missing or damaged is left out, which the verifier tells."""
    found: dict[str, bytes] = {}
    for kind, model in PIECES.items():
        for row in await db.scalars(select(model).where(model.exam_session_id == exam_session_id).order_by(model.id)):
            try:
                found[piece_name(f"{kind}:{row.id}")] = await open_piece(db, store, row)
            except (PieceMissing, PieceChanged):
                continue
    return found


def piece_name(subject: str) -> str:
    """Where a piece lies in the bundle."""
    return f"pieces/{subject.replace(':', '-')}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
