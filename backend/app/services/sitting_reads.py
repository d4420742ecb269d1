"""What people may read of exam sessions over HTTP."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.i18n import text
from app.db.models import ExamSession, User
from app.domain.roles import Language
from app.domain.trust import band_of
from app.schemas.exam_sessions import AlertRead, ExamSessionDetail, ExamSessionRead, StudentRead, is_over
from app.services.access import access_exam, access_exam_session, access_violations, visible_exam_sessions
from app.services.violations import describe, trust_impact


def exam_session_read(
    taken: ExamSession, *, trust: float | None = None, coverage: float | None = None
) -> ExamSessionRead:
    """The seed's shape: trust 0..1, and only once it is final. `trust`, `coverage`: where newer than the row."""
    over = is_over(taken.state)
    trust = taken.trust if trust is None else trust
    return ExamSessionRead(
        id=taken.id,
        exam_id=taken.exam_id,
        student_id=taken.student_id,
        start_time=taken.start_time,
        end_time=taken.end_time,
        is_completed=over,
        final_trust_score=round(trust / 100, 4) if over else None,
        created_at=taken.created_at,
        updated_at=taken.updated_at,
        state=taken.state,
        ends_at=taken.ends_at,
        coverage=taken.coverage if coverage is None else coverage,
        attempt=taken.attempt,
        begun_at=taken.begun_at,
        admitted_at=taken.admitted_at,
    )


async def exam_sessions_of(
    db: AsyncSession, who: User, exam_id: int, *, skip: int, limit: int
) -> list[ExamSessionRead]:
    """The sittings of an exam that somebody may see, newest first."""
    await access_exam(db, who, exam_id)
    rows = await db.scalars(
        visible_exam_sessions(who)
        .where(ExamSession.exam_id == exam_id)
        .order_by(ExamSession.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [exam_session_read(row) for row in rows]


async def exam_session_detail(db: AsyncSession, who: User, exam_session_id: int) -> ExamSessionDetail:
    """One sitting."""
    taken = await access_exam_session(db, who, exam_session_id)
    return ExamSessionDetail(
        id=taken.id,
        exam_id=taken.exam_id,
        exam_title=taken.exam.title,
        student=StudentRead.model_validate(taken.student),
        state=taken.state,
        start_time=taken.start_time,
        ends_at=taken.ends_at,
        end_time=taken.end_time,
        end_reason=taken.end_reason,
        trust=round(taken.trust, 2),
        scored=not taken.exam.minors,
        band=band_of(
            taken.trust, warning=100 * taken.exam.warning_threshold, critical=100 * taken.exam.critical_threshold
        ),
        coverage=taken.coverage,
        attempt=taken.attempt,
        begun_at=taken.begun_at,
        admitted_at=taken.admitted_at,
        ending_at=taken.ending_at,
        flagged_at=taken.flagged_at,
        flag_reason=taken.flag_reason,
        outage_seconds=round(taken.outage_seconds, 1),
        credited_seconds=round(taken.credited_seconds, 1),
        hand_raised=taken.hand_raised,
        unread=taken.unread,
    )


async def alerts_of(db: AsyncSession, who: User, exam_session_id: int, language: Language) -> list[AlertRead]:
    """The violations of a sitting in the seed's shape and the reader's language."""
    taken, rows = await access_violations(db, who, exam_session_id)
    described = (await describe(db, {taken.id: taken.exam.weights}, rows))[taken.id]
    alerts = []
    for row, shown in zip(rows, described, strict=True):
        best = next((one.url for one in shown.evidence if one.role == "best"), None)
        alerts.append(
            AlertRead(
                id=row.id,
                exam_session_id=taken.id,
                timestamp=row.started_at,
                alert_type=row.kind,
                severity=row.severity,
                description=text("violations", f"{row.kind}.description", language),
                screenshot_path=best,
                trust_score_impact=trust_impact(shown.without_this, taken.trust),
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
        )
    return alerts


async def reload(db: AsyncSession, exam_session_id: int) -> ExamSession:
    """The row as it is now, after others have worked on it."""
    rows: Sequence[ExamSession] = (
        await db.scalars(
            select(ExamSession)
            .options(joinedload(ExamSession.exam), joinedload(ExamSession.student))
            .where(ExamSession.id == exam_session_id)
            .execution_options(populate_existing=True)
        )
    ).all()
    return rows[0]
