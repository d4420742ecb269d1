"""Analytics: for teachers of their own exams, for administrators of all."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator
from starlette.responses import Response

from app.api.deps import Db, Limits, Page, SettingsDep, Staff
from app.schemas.analytics import (
    AnalyticsOverview,
    Connections,
    Dismissals,
    Distribution,
    ExamPerformance,
    ExportFormat,
    HourlyActivity,
    Interval,
    Report,
    Reviewers,
    StudentPerformance,
    TypeCount,
    ViolationTrends,
)
from app.schemas.base import Moment, PathId, storable
from app.services.analytics.connections import connections
from app.services.analytics.distributions import coverage_distribution, trust_distribution
from app.services.analytics.export import MEDIA, export
from app.services.analytics.overview import overview
from app.services.analytics.performance import exam_performance, student_performance
from app.services.analytics.reviewing import dismissals, reviewers
from app.services.analytics.scope import Scope, scope_of
from app.services.analytics.violations import hourly_activity, violation_trends, violation_types

router = APIRouter(prefix="/analytics", tags=["analytics"])
HOME = "Asia/Dhaka"


def _zone(value: str) -> str:
    """A time zone by its name in the tz database."""
    try:
        return ZoneInfo(value).key
    except (ValueError, OSError, KeyError) as error:  # what is no zone ends in many ways, also as a folder
        raise ValueError("must be a time zone such as Asia/Dhaka") from error


async def _scope(
    db: Db,
    who: Staff,
    exam_id: Annotated[PathId | None, Query()] = None,
    course: Annotated[
        str | None, Query(max_length=100), AfterValidator(lambda value: value and storable(value))
    ] = None,
    since: Annotated[Moment | None, Query(description="Default: `days` before `until`.")] = None,
    until: Annotated[Moment | None, Query(description="Not included. Default: now.")] = None,
    days: Annotated[int, Query(ge=1, le=3660)] = 30,
    tz: Annotated[str, Query(max_length=64), AfterValidator(_zone)] = HOME,
) -> Scope:
    return await scope_of(
        db, who, exam_id=exam_id, course=course, since=since, until=until, days=days, zone=ZoneInfo(tz)
    )


Wanted = Annotated[Scope, Depends(_scope)]


@router.get("/overview")
async def read_overview(db: Db, scope: Wanted) -> AnalyticsOverview:
    """Counts of everything, and of the period."""
    return await overview(db, scope)


@router.get("/violations/trends")
async def read_violation_trends(db: Db, scope: Wanted, interval: Interval = Interval.DAY) -> ViolationTrends:
    """Violations by day, week or month."""
    return await violation_trends(db, scope, interval)


@router.get("/violations/types")
async def read_violation_types(db: Db, scope: Wanted) -> list[TypeCount]:
    """Violations by kind."""
    return await violation_types(db, scope)


@router.get("/trust-scores/distribution")
async def read_trust_distribution(db: Db, scope: Wanted) -> Distribution:
    """How trust is spread."""
    return await trust_distribution(db, scope)


@router.get("/coverage/distribution")
async def read_coverage_distribution(db: Db, scope: Wanted) -> Distribution:
    """How much of the time could be seen."""
    return await coverage_distribution(db, scope)


@router.get("/exams/performance")
async def read_exam_performance(db: Db, scope: Wanted, page: Page) -> list[ExamPerformance]:
    """One line an exam."""
    return await exam_performance(db, scope, skip=page.skip, limit=page.limit)


@router.get("/students/performance")
async def read_student_performance(db: Db, scope: Wanted, page: Page) -> list[StudentPerformance]:
    """One line a student."""
    return await student_performance(db, scope, skip=page.skip, limit=page.limit)


@router.get("/activity/hourly")
async def read_hourly_activity(db: Db, scope: Wanted) -> HourlyActivity:
    """Sittings and violations by hour of the day."""
    return await hourly_activity(db, scope)


@router.get("/dismissals")
async def read_dismissals(db: Db, scope: Wanted) -> list[Dismissals]:
    """How often people found a detector wrong, by preset."""
    return await dismissals(db, scope)


@router.get("/reviewers")
async def read_reviewers(db: Db, scope: Wanted) -> Reviewers:
    """Who reviewed how much in which time, and what is left."""
    return await reviewers(db, scope)


@router.get("/connections")
async def read_connections(db: Db, scope: Wanted) -> Connections:
    """Outages, and why students could not be seen."""
    return await connections(db, scope)


@router.get("/export", response_class=Response, responses={200: {"content": {one: {} for one in MEDIA.values()}}})
async def read_export(
    db: Db,
    who: Staff,
    scope: Wanted,
    settings: SettingsDep,
    limits: Limits,
    format: ExportFormat = ExportFormat.CSV,
    report: Annotated[list[Report] | None, Query(max_length=20)] = None,
) -> Response:
    """Reports as a file: CSV holds one (`exams` if none is named), XLSX and JSON all that are named, or all."""
    reports = report or ([Report.EXAMS] if format is ExportFormat.CSV else list(Report))
    limits.export(who.id, settings)
    body = await export(db, who, scope, reports, format)
    name = reports[0] if len(reports) == 1 else "all"
    return Response(
        body,
        media_type=MEDIA[format],
        headers={"Content-Disposition": f'attachment; filename="analytics-{name}.{format}"'},
    )
