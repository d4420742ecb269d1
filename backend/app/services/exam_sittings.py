"""All sittings of an exam with what was noted in them, a few at a time, so that the server's other work goes on."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, joinedload

from app.db.models import Exam, ExamSession, Violation
from app.services.violations import NotedRow

AT_ONCE = 50
"""Sittings read at a time: some 20 ms of this process."""
SatWith = tuple[ExamSession, Sequence[NotedRow]]
COLUMNS = [getattr(Violation, one.name) for one in fields(NotedRow)]


async def sittings_with_violations(db: AsyncSession, exam: Exam, *, lock: bool = False) -> AsyncIterator[SatWith]:
    """In the order of their ids, violations by time; `lock` holds each sitting's row.

    What a caller has changed is flushed before the next ones are read.
    """
    last = 0
    while True:
        query = (
            select(ExamSession)
            .options(
                joinedload(ExamSession.exam),
                joinedload(ExamSession.student),
                defer(ExamSession.analysis, raiseload=True),
            )
            .where(ExamSession.exam_id == exam.id, ExamSession.id > last)
            .order_by(ExamSession.id)
            .limit(AT_ONCE)
            .execution_options(populate_existing=lock)
        )
        taken = (await db.scalars(query.with_for_update(of=ExamSession) if lock else query)).all()
        if not taken:
            return
        last = taken[-1].id
        noted = await _noted(db, [row.id for row in taken])
        for one in taken:
            yield one, noted.get(one.id, ())
        await db.flush()


async def _noted(db: AsyncSession, ids: Sequence[int]) -> dict[int, list[NotedRow]]:
    found: dict[int, list[NotedRow]] = {}
    query = select(*COLUMNS).where(Violation.exam_session_id.in_(ids)).order_by(Violation.started_at, Violation.id)
    for row in await db.execute(query):
        one = NotedRow(*row)
        found.setdefault(one.exam_session_id, []).append(one)
    return found
