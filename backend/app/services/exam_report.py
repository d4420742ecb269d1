"""What the report of a whole exam says; `app/reports/exam.typ` says how it looks."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Exam, ExamSession, GivenDecision, User
from app.domain.name_order import name_key
from app.domain.presets import Preset
from app.domain.reviews import Decision, Verdict
from app.domain.roles import Language
from app.domain.trust import TrustBand
from app.domain.violations import ViolationKind
from app.services.access import access_exam_as_staff
from app.services.audit import note
from app.services.exam_sittings import sittings_with_violations
from app.services.how_sure import how_sure
from app.services.institution import institution
from app.services.report_rendering import Report
from app.services.report_words import Words
from app.services.review_queue import decisions_that_stand
from app.services.session_report import frame
from app.services.standing import band_in
from app.services.violations import NotedRow

MOST_SITTINGS = 5000
MOST_ROWS = 1000
"""Sittings listed one by one."""
BUCKETS = 10


@dataclass(frozen=True, slots=True)
class Sat:
    """One sitting in a table: what export and report need of it."""

    taken: ExamSession
    noted: tuple[NotedRow, ...]
    decision: GivenDecision | None

    @property
    def band(self) -> TrustBand:
        """Where its trust lies."""
        return band_in(self.taken.exam, self.taken.trust)

    @property
    def counting(self) -> list[NotedRow]:
        """What was not dismissed."""
        return [row for row in self.noted if row.verdict != Verdict.DISMISSED]

    @property
    def open(self) -> int:
        """What nobody has decided on."""
        return sum(row.verdict in (None, Verdict.UNSURE) for row in self.noted)


async def sittings_of(db: AsyncSession, exam: Exam) -> list[Sat]:
    """All sittings of an exam, by name of the student."""
    found: list[tuple[ExamSession, tuple[NotedRow, ...]]] = []
    async for taken, noted in sittings_with_violations(db, exam):
        found.append((taken, tuple(noted)))
        if len(found) >= MOST_SITTINGS:
            break
    decisions = await decisions_that_stand(db, [taken.id for taken, _ in found])
    found.sort(key=lambda one: (*name_key(one[0].student.full_name), one[0].student_id, one[0].attempt))
    return [Sat(taken, noted, decisions.get(taken.id)) for taken, noted in found]


async def exam_report(db: AsyncSession, who: User, exam_id: int, language: Language) -> Report:
    """For those who run the exam."""
    exam = await access_exam_as_staff(db, who, exam_id)
    house = await institution(db)
    words = Words(language, ZoneInfo(house.timezone))
    sittings = await sittings_of(db, exam)
    note(db, who, "exam.report", f"exam:{exam.id}", language=language)
    title = words("exam.title")
    left = len(sittings) - MOST_ROWS
    data = {
        **frame(words, house, who, title=title, subtitle=exam.title),
        "facts": [
            [words("began"), words.moment(exam.start_time)],
            [words("ended"), words.moment(exam.end_time)],
            [words("minutes"), words.number(exam.duration_minutes)],
            [words("preset"), words(f"preset.{exam.preset}")],
        ],
        **await asyncio.to_thread(_tables, words, sittings),
        "left_out": words("rows_left_out", count=words.number(left)) if left > 0 else "",
        "how_sure": how_sure(words, Preset(exam.preset)),
    }
    return Report("exam", data, f"{title} - {exam.title}.pdf")


def _tables(words: Words, sittings: Sequence[Sat]) -> dict[str, Any]:
    return {
        "numbers": _numbers(words, sittings),
        "charts": _charts(words, sittings),
        "kinds_head": [words(key) for key in ("kind", "noted", "students", "confirmed", "dismissed")],
        "kinds": _kinds(words, sittings),
        "rows_head": [words(key) for key in ("student", "state", "trust", "band", "coverage", "noted", "decision")],
        "rows": [_row(words, one) for one in sittings[:MOST_ROWS]],
    }


def _numbers(words: Words, sittings: Sequence[Sat]) -> list[list[str]]:
    trusts = [one.taken.trust for one in sittings]
    seen = [one.taken.coverage for one in sittings if one.taken.coverage is not None]
    decided = Counter(one.decision.decision for one in sittings if one.decision)
    lost = sum(one.taken.outage_seconds for one in sittings)
    return [
        [words("exam_sessions"), words.number(len(sittings))],
        [words("median_trust"), words.number(median(trusts), 1) if trusts else "–"],
        [words("median_coverage"), words.percent(median(seen)) if seen else "–"],
        [words("line_lost"), words.duration(lost)],
        [words("still_open"), words.number(sum(one.open for one in sittings))],
        *([words(f"decision.{decision}"), words.number(decided[decision])] for decision in Decision),
    ]


def _charts(words: Words, sittings: Sequence[Sat]) -> list[dict[str, Any]]:
    trusts = [one.taken.trust / 100 for one in sittings]
    seen = [one.taken.coverage for one in sittings if one.taken.coverage is not None]
    return [
        _histogram(words, words("trust_distribution"), trusts, unit=""),
        _histogram(words, words("coverage_distribution"), seen, unit="%"),
    ]


def _histogram(words: Words, title: str, shares: Sequence[float], *, unit: str) -> dict[str, Any]:
    counts = Counter(min(BUCKETS - 1, int(share * BUCKETS)) for share in shares)
    most = max(counts.values(), default=1)
    step = 100 // BUCKETS
    return {
        "title": title,
        "bars": [
            {
                "name": f"{words.number(step * bucket)}–{words.number(step * (bucket + 1))}{unit}",
                "share": counts[bucket] / most,
                "value": words.number(counts[bucket]),
            }
            for bucket in reversed(range(BUCKETS))
        ],
    }


def _kinds(words: Words, sittings: Sequence[Sat]) -> list[list[str]]:
    """By kind: how often, in how many sittings, confirmed, dismissed."""
    counts: dict[ViolationKind, Counter[str]] = {}
    for one in sittings:
        for row in one.noted:
            count = counts.setdefault(ViolationKind(row.kind), Counter())
            count.update(("noted", row.verdict or "open"))
        for kind in {row.kind for row in one.noted}:
            counts[ViolationKind(kind)]["students"] += 1
    columns = ("noted", "students", Verdict.CONFIRMED, Verdict.DISMISSED)
    return [
        [words.kind(kind), *(words.number(count[column]) for column in columns)]
        for kind, count in sorted(counts.items(), key=lambda one: (-one[1]["noted"], one[0]))
    ]


def _row(words: Words, one: Sat) -> list[str]:
    taken = one.taken
    return [
        taken.student.full_name,
        words(f"state.{taken.state}"),
        words.number(taken.trust, 1),
        words(f"band.{one.band}"),
        "–" if taken.coverage is None else words.percent(taken.coverage),
        words.number(len(one.counting)),
        words(f"decision.{one.decision.decision}") if one.decision else "–",
    ]
