"""What the exam's teachers see of its sittings at this moment: the database's rows and what is live beside them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.db.models import Exam, ExamSession, Violation
from app.domain.exam_sessions import OPEN
from app.schemas.realtime import ExamOut, LiveHead, LiveSession, Snapshot
from app.services.desk import Desk, desks_of
from app.services.live_exam_sessions import LiveExamSessions
from app.services.proctoring import LiveExamSession
from app.services.tile import stored_head
from app.services.violations import describe

NEWEST = 1000
"""Sittings shown on one live page at most."""


async def snapshot(db: AsyncSession, exam: Exam, live: LiveExamSessions) -> Snapshot:
    """Everything the live page starts from."""
    ids = await db.scalars(
        select(ExamSession.id).where(ExamSession.exam_id == exam.id).order_by(ExamSession.id.desc()).limit(NEWEST)
    )
    sessions = await views(db, list(ids), live)
    head = ExamOut(id=exam.id, title=exam.title, start_time=exam.start_time, end_time=exam.end_time)
    return Snapshot(exam=head, server_time=now(), sessions=tuple(sessions))


async def views(db: AsyncSession, exam_session_ids: Iterable[int], live: LiveExamSessions) -> list[LiveSession]:
    """The sittings with their violations, in the order of their ids."""
    wanted = list(exam_session_ids)
    # A student may leave while we read: what was live before is then newer than the row we have read.
    before = {one: live.get(one) for one in wanted}
    rows = await db.scalars(
        select(ExamSession)
        .options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
        .where(ExamSession.id.in_(wanted))
        .order_by(ExamSession.id)
        .execution_options(populate_existing=True)
    )
    sittings = list(rows)
    violations = await db.scalars(
        select(Violation)
        .where(Violation.exam_session_id.in_(wanted))
        .order_by(Violation.started_at, Violation.id)
        .execution_options(populate_existing=True)
    )
    described = await describe(db, {row.id: row.exam.weights for row in sittings}, list(violations))
    desks = await desks_of(db, sittings)
    heads = [_head(row, live.get(row.id) or before[row.id], desks[row.id]) for row in sittings]
    return [LiveSession(**head.model_dump(), violations=tuple(described[head.id])) for head in heads]


def _head(row: ExamSession, here: LiveExamSession | None, desk: Desk) -> LiveHead:
    return here.view() if here is not None and row.state in OPEN else stored_head(row, desk)
