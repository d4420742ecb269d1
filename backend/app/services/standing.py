"""What people have decided so far about a sitting, and what its trust is by that: stored, live and recomputed agree."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Exam, ExamSession, Violation
from app.db.session import announce
from app.domain.review_order import gain
from app.domain.reviews import Judgement
from app.domain.trust import Episode, TrustBand, band_of, trust_score, without
from app.domain.violations import ViolationKind
from app.schemas.realtime import TrustTold, ViolationChanged, ViolationOut, exam_session_topic, exam_topic
from app.services.violations import NotedRow, episode_of, evidence_of, exam_weights, judgement_of, violation_out


@dataclass(frozen=True, slots=True)
class Standing:
    """Bus message within this process, and what a live sitting reads when it finds its own to be old.

    `number` counts the changes; `judgements` are by the violation's id.
    """

    number: int
    weights: Mapping[ViolationKind, float]
    thresholds: tuple[float, float]
    judgements: Mapping[int, Judgement]


async def standing_of(db: AsyncSession, exam_session_id: int) -> Standing:
    """As the database has it; the caller holds the exam session's row."""
    found = await db.execute(
        select(ExamSession.reviews, Exam.weights, Exam.warning_threshold, Exam.critical_threshold)
        .join(ExamSession.exam)
        .where(ExamSession.id == exam_session_id)
    )
    number, weights, warning, critical = found.one()
    query = select(Violation).where(Violation.exam_session_id == exam_session_id, Violation.verdict.is_not(None))
    judgements = _judgements((await db.scalars(query)).all())
    return Standing(number, exam_weights(weights), (100 * warning, 100 * critical), judgements)


async def write_scores(db: AsyncSession, exam_session_id: int, scores: Mapping[str, float]) -> None:
    """Store what `scores` gave."""
    await db.execute(update(ExamSession).where(ExamSession.id == exam_session_id).values(**scores))


def scores(
    episodes: Sequence[Episode], weights: Mapping[ViolationKind, float], thresholds: tuple[float, float]
) -> dict[str, float]:
    """The two numbers that an exam session's row keeps of its violations: trust, and the place in the review queue."""
    warning, critical = thresholds
    return {
        "trust": trust_score(episodes, weights),
        "review_gain": gain(episodes, weights, warning=warning, critical=critical),
    }


def rescore(db: AsyncSession, taken: ExamSession, violations: Sequence[Violation | NotedRow]) -> float:
    """Compute the trust again from all that was noted and decided, store it, and tell the live sitting.

    The caller holds the exam session's row, exam loaded; `violations` are all of the sitting, read after that.
    """
    weights, thresholds = exam_weights(taken.exam.weights), thresholds_of(taken.exam)
    for name, value in scores([episode_of(row) for row in violations], weights, thresholds).items():
        setattr(taken, name, value)
    taken.reviews += 1
    standing = Standing(taken.reviews, weights, thresholds, _judgements(violations))
    announce(db, exam_session_topic(taken.id), standing)
    told = TrustTold(score=round(taken.trust, 2), band=band_in(taken.exam, taken.trust))
    announce(db, exam_session_topic(taken.id), told)
    return taken.trust


def thresholds_of(exam: Exam) -> tuple[float, float]:
    """Warning and critical, 0..100."""
    return 100 * exam.warning_threshold, 100 * exam.critical_threshold


def band_in(exam: Exam, trust: float) -> TrustBand:
    """Where a score lies between an exam's thresholds."""
    warning, critical = thresholds_of(exam)
    return band_of(trust, warning=warning, critical=critical)


def _judgements(violations: Sequence[Violation | NotedRow]) -> dict[int, Judgement]:
    return {row.id: one for row in violations if (one := judgement_of(row)) is not None}


async def violations_of_held(db: AsyncSession, exam_session_id: int) -> list[Violation]:
    """All of a sitting's violations as they are now, in the order of time; the caller holds the exam session's row."""
    rows = await db.scalars(
        select(Violation)
        .where(Violation.exam_session_id == exam_session_id)
        .order_by(Violation.started_at, Violation.id)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def tell_of_violations(
    db: AsyncSession,
    taken: ExamSession,
    violations: Sequence[Violation],
    changed: Collection[int],
    what: Literal["violation.updated", "violation.closed"],
) -> list[ViolationOut]:
    """Tell the exam's teachers of those that changed, out of all of a sitting's, once it is scored again."""
    pictures = await evidence_of(db, list(changed))
    scores = without([episode_of(row) for row in violations], exam_weights(taken.exam.weights))
    by_id = {row.id: round(score, 2) for row, score in zip(violations, scores, strict=True)}
    shown = [violation_out(row, pictures.get(row.id, ()), by_id[row.id]) for row in violations if row.id in changed]
    for one in shown:
        message = ViolationChanged(
            type=what,
            session_id=taken.id,
            violation=one,
            trust=round(taken.trust, 2),
            band=band_in(taken.exam, taken.trust),
            without=by_id,
        )
        announce(db, exam_topic(taken.exam_id), message)
    return shown
