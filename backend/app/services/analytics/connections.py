"""How well students were connected, and why we could not see."""

from sqlalchemy import Double, Subquery, Text, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Exam, ExamSession, Outage, ServerPause
from app.domain.outages import Cause
from app.domain.violations import NeutralState
from app.schemas.analytics import Connections, ExamConnections
from app.services.analytics.scope import Scope, rounded


async def connections(db: AsyncSession, scope: Scope) -> Connections:
    """By exam, those with the longest outages first. An outage that goes on counts up to now."""
    pauses, paused = (
        await db.execute(
            select(
                func.count(),
                func.coalesce(func.sum(func.extract("epoch", ServerPause.ended_at - ServerPause.started_at)), 0),
            ).where(scope.within(ServerPause.started_at))
        )
    ).one()
    return Connections(
        exams=await _exams(db, scope),
        unseen_seconds=await _unseen(db, scope),
        server_pauses=pauses,
        server_pause_seconds=round(float(paused), 1),
    )


async def _exams(db: AsyncSession, scope: Scope) -> list[ExamConnections]:
    outages = _outages(scope)
    link, server = func.coalesce(func.sum(outages.c.link), 0), func.coalesce(func.sum(outages.c.server), 0)
    query = (
        select(
            Exam.id,
            Exam.title,
            func.count(ExamSession.id).label("sessions"),
            func.count(outages.c.exam_session_id).label("hit"),
            func.coalesce(func.sum(outages.c.outages), 0).label("outages"),
            link.label("link"),
            server.label("server"),
            func.coalesce(func.max(outages.c.longest), 0).label("longest"),
            func.coalesce(func.sum(outages.c.credited), 0).label("credited"),
            func.avg(ExamSession.coverage).label("coverage"),
        )
        .join(ExamSession, ExamSession.exam_id == Exam.id)
        .outerjoin(outages, outages.c.exam_session_id == ExamSession.id)
        .where(scope.sitting)
        .group_by(Exam.id)
        .order_by((link + server).desc(), Exam.id)
    )
    return [
        ExamConnections(
            exam_id=row.id,
            title=row.title,
            sessions=row.sessions,
            sessions_with_outages=row.hit,
            outages=int(row.outages),
            link_seconds=round(float(row.link), 1),
            server_seconds=round(float(row.server), 1),
            longest_seconds=round(float(row.longest), 1),
            credited_seconds=round(float(row.credited), 1),
            average_coverage=rounded(row.coverage),
        )
        for row in await db.execute(query)
    ]


def _outages(scope: Scope) -> Subquery:
    """One row a sitting that had any."""
    length = func.extract("epoch", func.coalesce(Outage.ended_at, now()) - Outage.started_at)
    return (
        select(
            Outage.exam_session_id,
            func.count().label("outages"),
            func.coalesce(func.sum(length).filter(Outage.cause == Cause.LINK), 0).label("link"),
            func.coalesce(func.sum(length).filter(Outage.cause == Cause.SERVER), 0).label("server"),
            func.max(length).label("longest"),
            func.sum(Outage.credited_seconds).label("credited"),
        )
        .where(Outage.exam_session_id.in_(select(ExamSession.id).where(scope.sitting)))
        .group_by(Outage.exam_session_id)
        .subquery()
    )


async def _unseen(db: AsyncSession, scope: Scope) -> dict[NeutralState, float]:
    """Seconds by state, as coverage has counted them."""
    lost = func.coalesce(ExamSession.analysis["coverage"]["lost"], cast(literal("{}"), JSONB))
    pairs = func.jsonb_each_text(lost).table_valued(column("key", Text), column("value", Text)).render_derived()
    seconds = func.sum(cast(pairs.c.value, Double))
    query = select(pairs.c.key, seconds).select_from(ExamSession).join(pairs, literal(True)).where(scope.sitting)
    known = {one.value for one in NeutralState}
    return {
        NeutralState(state): round(total, 1)
        for state, total in await db.execute(query.group_by(pairs.c.key).order_by(pairs.c.key))
        if state in known
    }
