"""An exam's sittings as a file: CSV and XLSX for spreadsheets, JSON for programs. No cell is ever a formula (T26)."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import Exam, User
from app.domain.roles import Language
from app.domain.trust import measured_score, without
from app.domain.violations import ViolationKind
from app.services.access import access_exam_as_staff
from app.services.audit import note
from app.services.exam_report import Sat, sittings_of
from app.services.institution import institution
from app.services.report_words import Words
from app.services.tables import Cell, csv_table, xlsx_table
from app.services.violations import NotedRow, episode_of, exam_weights


class ExportFormat(StrEnum):
    """What the file is."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
}
COLUMNS = (
    "student", "email", "attempt", "state", "began", "ended", "trust", "measured_trust", "band", "coverage_share",
    "outage_seconds", "noted", "dismissed", "open_count", "decision", "decision_text",
)  # fmt: skip
NOTED_COLUMNS = (
    "student", "email", "attempt", "kind", "reviewed_kind", "verdict", "from", "to", "seconds", "count", "confidence",
    "cost_without",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """A file to save."""

    body: bytes
    media_type: str
    file_name: str


async def export_exam(db: AsyncSession, who: User, exam_id: int, kind: ExportFormat, language: Language) -> Export:
    """For those who run the exam. Pictures, notes of the staff and accommodations are in none of them."""
    exam = await access_exam_as_staff(db, who, exam_id)
    words = Words(language, ZoneInfo((await institution(db)).timezone))
    sittings = await sittings_of(db, exam)
    note(db, who, "exam.export", f"exam:{exam.id}", format=kind, exam_sessions=len(sittings))
    body = await asyncio.to_thread(_written, exam, sittings, kind, words)
    return Export(body, MEDIA[kind], f"{words('exam.export')} - {exam.title}.{kind}")


def _written(exam: Exam, sittings: Sequence[Sat], kind: ExportFormat, words: Words) -> bytes:
    if kind is ExportFormat.JSON:
        return json.dumps(_as_json(exam, sittings), ensure_ascii=False).encode()
    head, rows = [words(column) for column in COLUMNS], [_row(words, one) for one in sittings]
    if kind is ExportFormat.CSV:
        return csv_table(head, rows)
    noted_head = [words(column) for column in NOTED_COLUMNS]
    noted = [row for one in sittings for row in _noted_rows(words, one)]
    return xlsx_table({words("exam.export"): (head, rows), words("noted_sheet"): (noted_head, noted)})


def _row(words: Words, one: Sat) -> list[Cell]:
    taken, decision = one.taken, one.decision
    return [
        taken.student.full_name,
        taken.student.email,
        taken.attempt,
        words(f"state.{taken.state}"),
        taken.start_time,
        taken.end_time,
        round(taken.trust, 2),
        round(_measured(one), 2),
        words(f"band.{one.band}"),
        None if taken.coverage is None else round(taken.coverage, 4),
        round(taken.outage_seconds, 1),
        len(one.noted),
        len(one.noted) - len(one.counting),
        one.open,
        words(f"decision.{decision.decision}") if decision else "",
        decision.text if decision else "",
    ]


def _noted_rows(words: Words, one: Sat) -> list[list[Cell]]:
    student = one.taken.student
    return [
        [
            student.full_name,
            student.email,
            one.taken.attempt,
            words.kind(ViolationKind(row.kind)),
            words.kind(ViolationKind(row.reviewed_kind)) if row.reviewed_kind else "",
            words(f"verdict.{row.verdict}") if row.verdict else "",
            row.started_at,
            row.ended_at,
            round(row.seconds, 1),
            row.count,
            round(row.confidence, 2),
            round(score, 2),
        ]
        for row, score in _each(one)
    ]


def _each(one: Sat) -> list[tuple[NotedRow, float]]:
    """Each violation with what the score would be without it."""
    scores = without([episode_of(row) for row in one.noted], exam_weights(one.taken.exam.weights))
    return list(zip(one.noted, scores, strict=True))


def _measured(one: Sat) -> float:
    return measured_score([episode_of(row) for row in one.noted], exam_weights(one.taken.exam.weights))


def _as_json(exam: Exam, sittings: Sequence[Sat]) -> dict[str, Any]:
    head = {"id": exam.id, "title": exam.title, "start_time": _time(exam.start_time), "end_time": _time(exam.end_time)}
    return {"exam": head, "exported_at": _time(now()), "exam_sessions": [_sitting_json(one) for one in sittings]}


def _sitting_json(one: Sat) -> dict[str, Any]:
    taken, decision = one.taken, one.decision
    return {
        "id": taken.id,
        "student": {"id": taken.student.id, "full_name": taken.student.full_name, "email": taken.student.email},
        "attempt": taken.attempt,
        "state": taken.state,
        "start_time": _time(taken.start_time),
        "end_time": _time(taken.end_time),
        "trust": round(taken.trust, 2),
        "measured_trust": round(_measured(one), 2),
        "band": one.band,
        "coverage": taken.coverage,
        "outage_seconds": taken.outage_seconds,
        "decision": None if decision is None else {"decision": decision.decision, "text": decision.text},
        "violations": [
            {
                "id": row.id,
                "kind": row.kind,
                "reviewed_kind": row.reviewed_kind,
                "verdict": row.verdict,
                "severity": row.severity,
                "started_at": _time(row.started_at),
                "ended_at": _time(row.ended_at),
                "seconds": row.seconds,
                "count": row.count,
                "confidence": row.confidence,
                "measured": row.measured,
                "threshold": row.threshold,
                "without_this": round(score, 2),
            }
            for row, score in _each(one)
        ],
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
