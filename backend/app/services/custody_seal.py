"""Signs the chains of closed sittings: soon after the end, and again when people have added verdicts or decisions."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.signing import Signer
from app.db.models import CustodyManifest, ExamSession
from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.canonical import canonical
from app.domain.custody import Head
from app.services.custody import heads_of
from app.services.custody_journal import Journal, Signed

MANIFEST = "manifest"
EVERY_SECONDS = 2.0
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Notary:
    """What signs, and where that is written down a second time."""

    signer: Signer
    journal: Journal


async def keep_sealing(sessions: Sessions, notary: Notary) -> None:
    """Until cancelled."""
    while True:
        with forgiving("custody.retry"):
            while await seal_due(sessions, notary) == AT_ONCE:
                pass
        await asyncio.sleep(EVERY_SECONDS)


async def seal_due(sessions: Sessions, notary: Notary) -> int:
    """Sign what has grown; returns how many chains were looked at."""
    async with unit_of_work(sessions) as db:
        rows = await db.scalars(
            select(ExamSession.id)
            .where(ExamSession.unsealed, ExamSession.settled)
            .order_by(ExamSession.id)
            .limit(AT_ONCE)
            .with_for_update(of=ExamSession, key_share=True, skip_locked=True)
        )
        due = list(rows)
        signed = await seal_all(db, notary, due)
    await asyncio.to_thread(notary.journal.write, signed)
    return len(due)


async def seal_one(db: AsyncSession, notary: Notary, exam_session_id: int) -> Signed | None:
    """Sign one chain as it is; the caller holds the row, and tells the journal after the commit."""
    signed = await seal_all(db, notary, [exam_session_id])
    return signed[0] if signed else None  # practice has none


async def seal_all(db: AsyncSession, notary: Notary, exam_session_ids: Sequence[int]) -> list[Signed]:
    """Sign chains as they are, with as many statements as for one; the caller holds the rows."""
    if not exam_session_ids:
        return []
    await db.execute(update(ExamSession).where(ExamSession.id.in_(exam_session_ids)).values(unsealed=False))
    heads = await heads_of(db, exam_session_ids)
    newest = select(CustodyManifest).where(CustodyManifest.exam_session_id.in_(heads))
    newest = newest.ext(distinct_on(CustodyManifest.exam_session_id))
    newest = newest.order_by(CustodyManifest.exam_session_id, CustodyManifest.number.desc())
    last = {row.exam_session_id: row for row in await db.scalars(newest)}
    statements = [_statement(notary, key, heads[key], last.get(key)) for key in sorted(heads)]
    texts = [canonical(statement) for statement in statements]
    signatures = await asyncio.to_thread(lambda: [notary.signer.sign(MANIFEST, text) for text in texts])
    for statement, text, signature in zip(statements, texts, signatures, strict=True):
        key, number = statement["exam_session_id"], statement["number"]
        db.add(CustodyManifest(exam_session_id=key, number=number, statement=text.decode(), signature=signature))
    await db.flush()
    return [Signed(one["exam_session_id"], one["number"], one["count"], one["head"]) for one in statements]


def _statement(notary: Notary, exam_session_id: int, head: Head, last: CustodyManifest | None) -> dict[str, Any]:
    return {
        "exam_session_id": exam_session_id,
        "number": last.number + 1 if last else 1,
        "count": head.count,
        "head": head.hash,
        "previous": hashlib.sha256(last.statement.encode()).hexdigest() if last else "",
        "at": now(),
        "key": notary.signer.key_id,
    }
