"""The seed family's way of reading exams and sittings: our own reads, put into their shapes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import Missing
from app.core.i18n import text
from app.db.models import Exam, ExamSession, User
from app.domain.exam_sessions import OPEN
from app.domain.exams import SITTABLE
from app.domain.roles import Language
from app.domain.violations import ViolationKind
from app.schemas.exams import ExamUpdate
from app.schemas.family import (
    Deduction,
    ExamStatistics,
    ExamViolation,
    MonitoredSession,
    Monitoring,
    ProctoringSettings,
    ProctoringSettingsUpdate,
    ReportRead,
    SessionAnalytics,
    TimelineEntry,
    TrustScoreRead,
)
from app.schemas.realtime import LiveSession, ViolationOut
from app.services.access import (
    access_exam,
    access_exam_as_staff,
    access_exam_of_mine,
    access_exam_session,
    staffed_exams,
    visible_exam_sessions,
)
from app.services.analytics.performance import exam_performance
from app.services.analytics.scope import scope_of
from app.services.analytics.violations import violation_types
from app.services.exam_sessions import open_sitting
from app.services.exams import update_exam
from app.services.live_exam_sessions import LiveExamSessions
from app.services.live_view import snapshot
from app.services.outages import outages_of
from app.services.sitting_reads import exam_session_detail
from app.services.violations import trust_impact, violations_of

EVER_DAYS = 3660
"""As far back as analytics reach."""


async def monitoring(db: AsyncSession, who: User, exam_id: int, live: LiveExamSessions) -> Monitoring:
    """An exam's sittings at this moment."""
    return _monitoring(exam_id, await _sittings(db, who, exam_id, live))


async def exam_violations(
    db: AsyncSession, who: User, exam_id: int, live: LiveExamSessions, language: Language
) -> list[ExamViolation]:
    """Everything noted in an exam, newest first."""
    found = [
        ExamViolation(
            id=one.id,
            session_id=sitting.id,
            student_id=sitting.student.id,
            student_name=sitting.student.full_name,
            type=one.kind,
            severity=one.severity,
            description=text("violations", f"{one.kind}.description", language),
            timestamp=one.started_at,
            status=one.verdict,
            screenshot_path=next((picture.url for picture in one.evidence if picture.role == "best"), None),
        )
        for sitting in await _sittings(db, who, exam_id, live)
        for one in sitting.violations
    ]
    return sorted(found, key=lambda one: (one.timestamp, one.id), reverse=True)


async def read_settings(db: AsyncSession, who: User, exam_id: int) -> ProctoringSettings:
    """What an exam looks for; also for its students."""
    exam = await access_exam(db, who, exam_id)
    fields = {name: getattr(exam, name) for name in ProctoringSettings.model_fields if name != "exam_id"}
    return ProctoringSettings(exam_id=exam.id, **fields)


async def write_settings(
    db: AsyncSession, who: User, exam_id: int, wanted: ProctoringSettingsUpdate
) -> ProctoringSettings:
    """Change what an exam looks for."""
    await update_exam(db, who, exam_id, ExamUpdate(**wanted.model_dump(exclude_unset=True)))
    return await read_settings(db, who, exam_id)


async def report_of(db: AsyncSession, who: User, exam_id: int, live: LiveExamSessions) -> ReportRead:
    """Where the exam's report and table lie."""
    summary = await monitoring(db, who, exam_id, live)
    base = f"/api/v1/exams/{exam_id}"
    return ReportRead(
        exam_id=exam_id,
        report_url=f"{base}/report",
        export_url=f"{base}/export?format=xlsx",
        generated_at=now(),
        summary=summary,
    )


async def trust_score_of(db: AsyncSession, who: User, student_id: int, exam_id: int) -> TrustScoreRead:
    """A student's newest sitting of an exam: for the student and the exam's staff."""
    query = visible_exam_sessions(who).where(ExamSession.exam_id == exam_id, ExamSession.student_id == student_id)
    taken: ExamSession | None = await db.scalar(query.order_by(ExamSession.id.desc()).limit(1))
    if taken is None:
        raise Missing
    violations = await violations_of(db, who, taken.id)
    found = await exam_session_detail(db, who, taken.id)
    return TrustScoreRead(
        session_id=taken.id,
        current_score=found.trust,
        initial_score=100.0,
        deductions=[_deduction(one, taken.trust) for one in violations if one.counts],
        risk_level=found.band,
        last_updated=taken.updated_at,
    )


async def session_analytics(db: AsyncSession, who: User, exam_session_id: int, language: Language) -> SessionAnalytics:
    """One sitting summed up, for its student and the exam's staff."""
    taken = await access_exam_session(db, who, exam_session_id)
    violations = await violations_of(db, who, taken.id)
    counting = [one for one in violations if one.counts]
    outages = await outages_of(db, who, taken.id)
    return SessionAnalytics(
        session_id=taken.id,
        duration=round(((taken.end_time or now()) - taken.start_time).total_seconds(), 1),
        violations={
            "total": len(counting),
            "by_type": dict(Counter(_counted_as(one) for one in counting)),
            "by_severity": dict(Counter(one.severity for one in counting)),
        },
        trust_score={
            "initial": 100.0,
            "final": round(taken.trust, 2),
            "deduction": round(100 - taken.trust, 2),
        },
        ai_analysis={
            "coverage": taken.coverage,
            "outages": len(outages),
            "outage_seconds": round(sum(one.seconds for one in outages), 1),
            "mean_confidence": round(fmean([one.confidence for one in counting]), 4) if counting else None,
        },
        timeline=_timeline(taken, violations, language),
    )


async def exam_statistics(db: AsyncSession, who: User, exam_id: int) -> ExamStatistics:
    """An exam in numbers: the teacher's analytics of it, as long as there have been any."""
    scope = await scope_of(
        db, who, exam_id=exam_id, course=None, since=None, until=None, days=EVER_DAYS, zone=ZoneInfo("UTC")
    )
    line = next(iter(await exam_performance(db, scope)), None)
    total, completed = (line.total_sessions, line.completed_sessions) if line else (0, 0)
    return ExamStatistics(
        exam_id=exam_id,
        total_sessions=total,
        completed_sessions=completed,
        active_sessions=total - completed,
        total_violations=line.total_violations if line else 0,
        violations_by_type={one.type: one.count for one in await violation_types(db, scope) if one.count},
        average_trust_score=line.average_trust_score if line else None,
        average_score_percent=line.average_score if line else None,
    )


async def open_sitting_id(db: AsyncSession, who: User, exam_id: int) -> int:
    """The student's own sitting of an exam that is going on."""
    taken = await open_sitting(db, who, await access_exam_of_mine(db, who, exam_id))
    if taken is None:
        raise Missing
    return taken.id


async def running_exam_ids(db: AsyncSession, who: User, *, most: int) -> list[int]:
    """Exams somebody runs that can be sat now, those that began last first."""
    at = now()
    query = staffed_exams(who).where(Exam.status.in_(SITTABLE), Exam.start_time <= at, Exam.end_time > at)
    newest = query.with_only_columns(Exam.id).order_by(Exam.start_time.desc(), Exam.id.desc())
    return list(await db.scalars(newest.limit(most)))


async def _sittings(db: AsyncSession, who: User, exam_id: int, live: LiveExamSessions) -> Sequence[LiveSession]:
    exam = await access_exam_as_staff(db, who, exam_id)
    return (await snapshot(db, exam, live)).sessions


def _monitoring(exam_id: int, sittings: Iterable[LiveSession]) -> Monitoring:
    sessions = [
        MonitoredSession(
            session_id=one.id,
            student_id=one.student.id,
            student_name=one.student.full_name,
            status=one.state,
            is_online=one.online,
            trust_score=one.trust,
            risk_level=one.band,
            violations_count=sum(noted.counts for noted in one.violations),
            started_at=one.started_at,
            ends_at=one.ends_at,
        )
        for one in sittings
    ]
    return Monitoring(
        exam_id=exam_id,
        active_sessions=sum(one.status in OPEN for one in sessions),
        total_sessions=len(sessions),
        total_violations=sum(one.violations_count for one in sessions),
        sessions=sessions,
    )


def _deduction(one: ViolationOut, trust: float) -> Deduction:
    points = round(100 * trust_impact(one.without_this, trust), 2)
    return Deduction(type=_counted_as(one), points=points, timestamp=one.started_at)


def _counted_as(one: ViolationOut) -> ViolationKind:
    """The kind a person found, or else the detector's."""
    return one.reviewed_kind or one.kind


def _timeline(taken: ExamSession, violations: Sequence[ViolationOut], language: Language) -> list[TimelineEntry]:
    entries = [TimelineEntry(timestamp=taken.start_time, type="session_started")]
    entries += [
        TimelineEntry(
            timestamp=one.started_at,
            type=one.kind,
            severity=one.severity,
            description=text("violations", f"{one.kind}.description", language),
            violation_id=one.id,
            status=one.verdict,
        )
        for one in violations
    ]
    if taken.end_time is not None:
        entries.append(TimelineEntry(timestamp=taken.end_time, type="session_ended"))
    return sorted(entries, key=lambda one: one.timestamp)
