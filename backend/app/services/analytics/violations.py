"""What was noted: over time, by kind, by hour of the day."""

from datetime import date, timedelta

from sqlalchemy import Date, Integer, cast, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Invalid
from app.db.models import ExamSession, Violation
from app.domain.violations import Severity, ViolationKind
from app.schemas.analytics import HourCount, HourlyActivity, Interval, TrendStep, TypeCount, ViolationTrends
from app.services.analytics.scope import COUNTED_KIND, DISMISSED, STANDS, Scope

MOST_STEPS = 400


async def violation_trends(db: AsyncSession, scope: Scope, interval: Interval) -> ViolationTrends:
    """A step for each day, week (from Monday) or month; Invalid `too_many_steps`."""
    steps = {day: _empty(day) for day in _days(scope, interval)}
    step = cast(func.date_trunc(interval.value, scope.local(Violation.started_at)), Date)
    counted = (
        select(step, COUNTED_KIND, Violation.severity, DISMISSED, func.count())
        .where(scope.violation)
        .group_by(step, COUNTED_KIND, Violation.severity, DISMISSED)
    )
    for day, kind, severity, dismissed, count in await db.execute(counted):
        one = steps[day]
        if dismissed:
            one.dismissed += count
            continue
        one.total += count
        one.by_severity[Severity(severity)] += count
        one.by_type[ViolationKind(kind)] = one.by_type.get(ViolationKind(kind), 0) + count
    began = cast(func.date_trunc(interval.value, scope.local(ExamSession.start_time)), Date)
    for day, count in await db.execute(select(began, func.count()).where(scope.sitting).group_by(began)):
        steps[day].sessions = count
    return ViolationTrends(interval=interval, timezone=scope.zone.key, trends=list(steps.values()))


async def violation_types(db: AsyncSession, scope: Scope) -> list[TypeCount]:
    """Kinds that occurred, the most frequent first."""
    query = (
        select(
            COUNTED_KIND,
            func.count().filter(STANDS),
            func.count(Violation.exam_session_id.distinct()).filter(STANDS),
            func.coalesce(func.sum(Violation.seconds).filter(STANDS), 0.0),
            func.coalesce(func.avg(Violation.confidence).filter(STANDS), 0.0),
            func.count().filter(DISMISSED),
        )
        .where(scope.violation)
        .group_by(COUNTED_KIND)
    )
    rows = list(await db.execute(query))
    total = sum(count for _, count, *_rest in rows)
    found = [
        TypeCount(
            type=ViolationKind(kind),
            count=count,
            percentage=round(100 * count / total, 2) if total else 0.0,
            sessions=sessions,
            seconds=round(seconds, 1),
            average_confidence=round(confidence, 3),
            dismissed=dismissed,
        )
        for kind, count, sessions, seconds, confidence, dismissed in rows
    ]
    return sorted(found, key=lambda one: (-one.count, -one.dismissed, one.type))


async def hourly_activity(db: AsyncSession, scope: Scope) -> HourlyActivity:
    """Sittings that began and violations that stand, by the hour of the day they began in."""
    hours = [HourCount(hour=hour, sessions=0, violations=0, by_type={}) for hour in range(24)]
    began = cast(extract("hour", scope.local(ExamSession.start_time)), Integer)
    for hour, count in await db.execute(select(began, func.count()).where(scope.sitting).group_by(began)):
        hours[hour].sessions = count
    noted = cast(extract("hour", scope.local(Violation.started_at)), Integer)
    query = select(noted, COUNTED_KIND, func.count()).where(scope.violation, STANDS).group_by(noted, COUNTED_KIND)
    for hour, kind, count in await db.execute(query):
        hours[hour].violations += count
        hours[hour].by_type[ViolationKind(kind)] = count
    return HourlyActivity(timezone=scope.zone.key, hours=hours)


def _empty(day: date) -> TrendStep:
    return TrendStep(date=day, total=0, dismissed=0, by_severity=dict.fromkeys(Severity, 0), by_type={}, sessions=0)


def _days(scope: Scope, interval: Interval) -> list[date]:
    """The first days of all steps that the period touches."""
    first = scope.since.astimezone(scope.zone).date()
    last = (scope.until - timedelta(microseconds=1)).astimezone(scope.zone).date()
    day = _first_day(first, interval)
    found = []
    while day <= last:
        found.append(day)
        if len(found) > MOST_STEPS:
            raise Invalid("too_many_steps", max=MOST_STEPS)
        day = _first_day(
            day + timedelta(days={Interval.DAY: 1, Interval.WEEK: 7, Interval.MONTH: 31}[interval]), interval
        )
    return found


def _first_day(day: date, interval: Interval) -> date:
    if interval is Interval.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval is Interval.MONTH else day
