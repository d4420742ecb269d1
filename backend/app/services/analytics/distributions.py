"""How trust and coverage are spread over sittings that are over."""

from typing import Any

from sqlalchemy import Integer, SQLColumnExpression, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import ExamSession
from app.schemas.analytics import Bin, Distribution
from app.services.analytics.scope import OVER, Scope, rounded

BINS = 10


async def trust_distribution(db: AsyncSession, scope: Scope) -> Distribution:
    """Trust, 0..1, in tenths."""
    return await _distribution(db, scope, ExamSession.trust / 100)


async def coverage_distribution(db: AsyncSession, scope: Scope) -> Distribution:
    """Coverage, 0..1, in tenths."""
    return await _distribution(db, scope, ExamSession.coverage)


async def _distribution(db: AsyncSession, scope: Scope, value: SQLColumnExpression[Any]) -> Distribution:
    over = (scope.sitting, OVER)
    middle = func.percentile_cont(0.5).within_group(value)
    known, total, average, median = (
        await db.execute(select(func.count(value), func.count(), func.avg(value), middle).where(*over))
    ).one()
    place = func.least(cast(func.floor(value * BINS), Integer), BINS - 1)
    query = select(place, func.count()).where(*over, value.is_not(None)).group_by(place)
    counts = {row[0]: row[1] for row in await db.execute(query)}
    return Distribution(
        distribution=[_bin(place, counts.get(place, 0), known) for place in range(BINS)],
        total_sessions=known,
        unknown=total - known,
        average=rounded(average),
        median=rounded(median),
    )


def _bin(place: int, count: int, total: int) -> Bin:
    low, high = place / BINS, (place + 1) / BINS
    return Bin(
        range=f"{low:.1f}-{high:.1f}",
        low=low,
        high=high,
        count=count,
        percentage=round(100 * count / total, 2) if total else 0.0,
    )
