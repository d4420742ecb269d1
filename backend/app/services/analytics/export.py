"""The same numbers as files."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import User
from app.schemas.analytics import ExportFormat, Interval, Report
from app.services import audit
from app.services.analytics.connections import connections
from app.services.analytics.distributions import coverage_distribution, trust_distribution
from app.services.analytics.overview import overview
from app.services.analytics.performance import exam_performance, student_performance
from app.services.analytics.reviewing import dismissals, reviewers
from app.services.analytics.scope import Scope
from app.services.analytics.violations import hourly_activity, violation_trends, violation_types
from app.services.tables import Cell, csv_table, xlsx_table

MEDIA = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
}


async def export(db: AsyncSession, who: User, scope: Scope, reports: Sequence[Report], shape: ExportFormat) -> bytes:
    """The reports as one file: all of them in a workbook or JSON, the first alone in CSV. The export is audited."""
    wanted = reports[:1] if shape is ExportFormat.CSV else reports
    found = {report: await READERS[report](db, scope) for report in wanted}
    audit.note(db, who, "analytics.export", "analytics", reports=",".join(wanted), format=shape, exam_id=scope.exam_id)
    return await asyncio.to_thread(_written, found, shape)


async def _overview(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return [await overview(db, scope)]


async def _trends(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return (await violation_trends(db, scope, Interval.DAY)).trends


async def _trust(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return (await trust_distribution(db, scope)).distribution


async def _coverage(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return (await coverage_distribution(db, scope)).distribution


async def _hourly(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return (await hourly_activity(db, scope)).hours


async def _reviewers(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return (await reviewers(db, scope)).reviewers


async def _connections(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return (await connections(db, scope)).exams


async def _exams(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return await exam_performance(db, scope, limit=5000)


async def _students(db: AsyncSession, scope: Scope) -> Sequence[BaseModel]:
    return await student_performance(db, scope, limit=20_000)


READERS: dict[Report, Callable[[AsyncSession, Scope], Awaitable[Sequence[BaseModel]]]] = {
    Report.OVERVIEW: _overview,
    Report.TRENDS: _trends,
    Report.TYPES: violation_types,
    Report.TRUST: _trust,
    Report.COVERAGE: _coverage,
    Report.EXAMS: _exams,
    Report.STUDENTS: _students,
    Report.HOURLY: _hourly,
    Report.DISMISSALS: dismissals,
    Report.REVIEWERS: _reviewers,
    Report.CONNECTIONS: _connections,
}


def _written(found: dict[Report, Sequence[BaseModel]], shape: ExportFormat) -> bytes:
    if shape is ExportFormat.JSON:
        content = {report.value: [one.model_dump(mode="json") for one in rows] for report, rows in found.items()}
        return json.dumps(content, ensure_ascii=False, indent=1).encode()
    tables = {report.value: _table(rows) for report, rows in found.items()}
    if shape is ExportFormat.XLSX:
        return xlsx_table(tables)
    header, lines = next(iter(tables.values()))
    return csv_table(header, lines)


def _table(rows: Sequence[BaseModel]) -> tuple[list[str], list[list[Cell]]]:
    """Header and lines; what is itself a table by name becomes one column a name."""
    flat = [_flat(one.model_dump()) for one in rows]
    header = list(dict.fromkeys(name for one in flat for name in one))
    return header, [[one.get(name) for name in header] for one in flat]


def _flat(row: dict[str, Any]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": one for key, one in value.items()}
        elif isinstance(value, date) and not isinstance(value, datetime):
            found[name] = value.isoformat()
        else:
            found[name] = value
    return found
