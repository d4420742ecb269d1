"""How people review: false alarms by detector and preset, and who did how much in which time."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, Subquery, Text, and_, cast, exists, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Accommodation, Exam, ExamSession, GivenDecision, GivenVerdict, User, Violation
from app.domain.presets import Preset
from app.domain.reviews import Verdict
from app.domain.shares import wilson
from app.domain.violations import ViolationKind
from app.schemas.analytics import Dismissals, ReviewerLoad, Reviewers
from app.services.analytics.scope import OVER, STANDS, Scope, rate, rounded

PAUSE = timedelta(minutes=5)
"""Between one act and the next: longer than this, the reviewer was doing something else."""


async def dismissals(db: AsyncSession, scope: Scope) -> list[Dismissals]:
    """By the detector's own kind and the preset the student sat under, in the order of kinds."""
    preset = func.coalesce(Accommodation.preset, Exam.preset)
    said = {one: func.count().filter(Violation.verdict == one).label(one.value) for one in Verdict}
    renamed = func.count().filter(Violation.reviewed_kind.is_not(None), STANDS).label("renamed")
    query = (
        select(Violation.kind, preset.label("preset"), func.count().label("noted"), *said.values(), renamed)
        .join(ExamSession, ExamSession.id == Violation.exam_session_id)
        .join(Exam, Exam.id == ExamSession.exam_id)
        .outerjoin(
            Accommodation,
            and_(Accommodation.exam_id == Exam.id, Accommodation.student_id == ExamSession.student_id),
        )
        .where(scope.violation)
        .group_by(Violation.kind, preset)
        .order_by(Violation.kind, preset)
    )
    return [_dismissals(row) for row in await db.execute(query)]


def _dismissals(row: Any) -> Dismissals:
    judged = row.confirmed + row.dismissed
    interval = wilson(row.dismissed, judged)
    return Dismissals(
        kind=ViolationKind(row.kind),
        preset=Preset(row.preset),
        noted=row.noted,
        confirmed=row.confirmed,
        dismissed=row.dismissed,
        unsure=row.unsure,
        reclassified=row.renamed,
        false_alarm_rate=rate(row.dismissed, judged),
        low=round(interval[0], 4) if interval else None,
        high=round(interval[1], 4) if interval else None,
    )


async def reviewers(db: AsyncSession, scope: Scope) -> Reviewers:
    """The most active first. Acts are verdicts, takings back and decisions given in the period."""
    over = select(ExamSession.id).where(scope.any_sitting, OVER)
    stands = exists().where(Violation.exam_session_id == ExamSession.id, STANDS)
    decided = exists().where(GivenDecision.exam_session_id == ExamSession.id)
    undecided = await db.scalar(select(func.count()).where(scope.any_sitting, OVER, stands, ~decided))
    unreviewed = await db.scalar(
        select(func.count()).where(Violation.verdict.is_(None), Violation.exam_session_id.in_(over))
    )
    found = [
        ReviewerLoad(
            reviewer_id=row.reviewer_id,
            full_name=row.name or "",
            verdicts=row.verdicts,
            decisions=row.decisions,
            sessions=row.sessions,
            minutes=round(float(row.worked) / 60, 2),
            median_seconds=rounded(row.median, 1),
            last_at=row.last,
        )
        for row in await db.execute(_loads(scope))
    ]
    return Reviewers(reviewers=found, undecided_sessions=undecided or 0, unreviewed_violations=unreviewed or 0)


def _loads(scope: Scope) -> Select[*tuple[Any, ...]]:
    """One row a reviewer."""
    acts = _acts(scope)
    gap = acts.c.at - func.lag(acts.c.at).over(partition_by=acts.c.reviewer_id, order_by=acts.c.at)
    timed = select(acts, gap.label("gap")).subquery()
    seconds, working = func.extract("epoch", timed.c.gap), timed.c.gap <= PAUSE
    return (
        select(
            timed.c.reviewer_id,
            func.max(User.full_name).label("name"),
            func.count().filter(timed.c.act == "verdict").label("verdicts"),
            func.count().filter(timed.c.act == "decision").label("decisions"),
            func.count(timed.c.exam_session_id.distinct()).label("sessions"),
            func.coalesce(func.sum(seconds).filter(working), 0).label("worked"),
            func.percentile_cont(0.5).within_group(seconds).filter(working).label("median"),
            func.max(timed.c.at).label("last"),
        )
        .outerjoin(User, User.id == timed.c.reviewer_id)
        .group_by(timed.c.reviewer_id)
        .order_by(func.count().desc(), timed.c.reviewer_id)
    )


def _acts(scope: Scope) -> Subquery:
    sittings = select(ExamSession.id).where(scope.any_sitting)
    return union_all(
        *(
            select(
                model.reviewer_id.label("reviewer_id"),
                model.exam_session_id.label("exam_session_id"),
                model.created_at.label("at"),
                cast(literal(name), Text).label("act"),
            ).where(model.exam_session_id.in_(sittings), scope.within(model.created_at))
            for model, name in ((GivenVerdict, "verdict"), (GivenDecision, "decision"))
        )
    ).subquery()
