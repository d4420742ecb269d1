"""The review queue: exam sessions that are over, in the order of what a look could change (domain/review_order.py)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import ExamSession, GivenDecision, User, Violation
from app.domain.exam_sessions import OPEN
from app.domain.review_order import is_open
from app.domain.reviews import Decision
from app.domain.trust import Episode, trust_score
from app.domain.violations import ViolationKind
from app.schemas.exam_sessions import StudentRead
from app.schemas.reviews import DecidedRead, QueueItem, QueueStatus, ReasonRead
from app.services.access import visible_exam_sessions
from app.services.people import People, people_of
from app.services.standing import band_in
from app.services.violations import episode_of, exam_weights


async def review_queue(
    db: AsyncSession, who: User, *, exam_id: int | None, status: QueueStatus, skip: int, limit: int
) -> list[QueueItem]:
    """What somebody may review."""
    query = visible_exam_sessions(who).where(ExamSession.settled, ExamSession.state.not_in(OPEN))
    if exam_id is not None:
        query = query.where(ExamSession.exam_id == exam_id)
    decided = exists().where(GivenDecision.exam_session_id == ExamSession.id)
    if status is not QueueStatus.ALL:
        query = query.where(decided if status is QueueStatus.DECIDED else ~decided)
    order = (ExamSession.review_gain.desc(), ExamSession.trust, ExamSession.id)
    rows = (await db.scalars(query.order_by(*order).offset(skip).limit(limit))).all()
    ids = [row.id for row in rows]
    noted: dict[int, list[Episode]] = {}
    for violation in await db.scalars(select(Violation).where(Violation.exam_session_id.in_(ids))):
        noted.setdefault(violation.exam_session_id, []).append(episode_of(violation))
    decisions = await decisions_that_stand(db, ids)
    people = await people_of(db, [one.reviewer_id for one in decisions.values()])
    return [_item(row, noted.get(row.id, []), decisions.get(row.id), people) for row in rows]


async def decisions_that_stand(db: AsyncSession, exam_session_ids: Sequence[int]) -> dict[int, GivenDecision]:
    """The newest decision of the highest stage, by exam session."""
    rows = await db.scalars(
        select(GivenDecision)
        .where(GivenDecision.exam_session_id.in_(exam_session_ids))
        .order_by(GivenDecision.stage, GivenDecision.id)
    )
    return {row.exam_session_id: row for row in rows}


def reasons_of(episodes: Sequence[Episode], weights: Mapping[ViolationKind, float]) -> list[ReasonRead]:
    """What still counts, by kind, the costliest first."""
    trust = trust_score(episodes, weights)
    reasons = []
    for kind in {episode.counted_as for episode in episodes if episode.counts}:
        mine = [episode for episode in episodes if episode.counts and episode.counted_as == kind]
        others = [episode for episode in episodes if episode.counts and episode.counted_as != kind]
        reasons.append(
            ReasonRead(
                kind=kind,
                count=sum(episode.count for episode in mine),
                seconds=round(sum(episode.seconds for episode in mine), 1),
                open=sum(is_open(episode) for episode in mine),
                cost=round(trust_score(others, weights) - trust, 2),
            )
        )
    return sorted(reasons, key=lambda reason: (-reason.cost, reason.kind))


def _item(taken: ExamSession, episodes: Sequence[Episode], decided: GivenDecision | None, people: People) -> QueueItem:
    return QueueItem(
        exam_session_id=taken.id,
        exam_id=taken.exam_id,
        exam_title=taken.exam.title,
        student=StudentRead.model_validate(taken.student),
        ended_at=taken.end_time,
        trust=round(taken.trust, 2),
        band=band_in(taken.exam, taken.trust),
        scored=not taken.exam.minors,
        coverage=taken.coverage,
        gain=round(taken.review_gain, 2),
        reasons=reasons_of(episodes, exam_weights(taken.exam.weights)),
        open=sum(is_open(episode) for episode in episodes),
        decided=None if decided is None else decided_read(decided, people),
        outage_seconds=round(taken.outage_seconds, 1),
    )


def decided_read(row: GivenDecision, people: People) -> DecidedRead:
    """The decision in short."""
    return DecidedRead(decision=Decision(row.decision), at=row.created_at, reviewer=people[row.reviewer_id])
