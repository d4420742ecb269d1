"""Signs the chains of closed sittings: soon after the end, and again when people have added verdicts or decisions."""

import asyncio
import hashlib
from dataclasses import dataclass

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.signing import Signer
from app.db.models import CustodyManifest, ExamSession
from app.db.session import Sessions, is_passing, unit_of_work
from app.domain.canonical import canonical
from app.services.custody import head_of
from app.services.custody_journal import Journal, Signed

log = structlog.get_logger(__name__)
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
        try:
            while await seal_due(sessions, notary) == AT_ONCE:
                pass
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("custody.retry", error=type(error).__name__)
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
        signed = [await seal_one(db, notary, one) for one in due]
    await asyncio.to_thread(notary.journal.write, [one for one in signed if one is not None])
    return len(due)


async def seal_one(db: AsyncSession, notary: Notary, exam_session_id: int) -> Signed | None:
    """Sign one chain as it is; the caller holds the row, and tells the journal after the commit."""
    head = await head_of(db, exam_session_id)
    await db.execute(update(ExamSession).where(ExamSession.id == exam_session_id).values(unsealed=False))
    if not head.count:  # practice
        return None
    query = select(CustodyManifest).where(CustodyManifest.exam_session_id == exam_session_id)
    last = await db.scalar(query.order_by(CustodyManifest.number.desc()).limit(1))
    number = last.number + 1 if last else 1
    statement = {
        "exam_session_id": exam_session_id,
        "number": number,
        "count": head.count,
        "head": head.hash,
        "previous": hashlib.sha256(last.statement.encode()).hexdigest() if last else "",
        "at": now(),
        "key": notary.signer.key_id,
    }
    text = canonical(statement)
    signature = await asyncio.to_thread(notary.signer.sign, MANIFEST, text)
    db.add(
        CustodyManifest(exam_session_id=exam_session_id, number=number, statement=text.decode(), signature=signature)
    )
    await db.flush()
    return Signed(exam_session_id, number, head.count, head.hash)
