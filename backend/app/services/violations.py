"""Violations and their evidence in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Evidence, ExamSession, User, Violation
from app.domain.incidents import Change
from app.domain.reviews import Judgement, Verdict
from app.domain.sources import source_of
from app.domain.trust import Episode, without
from app.domain.violations import RULES, Severity, ViolationKind
from app.schemas.realtime import EvidenceOut, ViolationOut
from app.services.access import access_violations
from app.services.custody_items import VIOLATION


@dataclass(frozen=True, slots=True)
class Noted:
    """What a live exam session knows of one violation: its row, what counts for trust, its pictures."""

    id: int
    episode: Episode
    evidence: tuple[EvidenceOut, ...] = ()


@dataclass(frozen=True, slots=True)
class NotedRow:
    """The columns of a violation, for when there are too many to load them as objects that can be changed."""

    id: int
    exam_session_id: int
    kind: ViolationKind
    severity: Severity
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    count: int
    confidence: float
    measured: dict[str, float]
    threshold: dict[str, float]
    verdict: Verdict | None
    reviewed_kind: ViolationKind | None


async def record_violation(db: AsyncSession, *, exam_session_id: int, began: datetime, change: Change) -> Row[Any]:
    """Store what an incident has become; the same change twice is one row. `began`: start of the exam session.

    Returns the row's id and what the sitting's chain stands for.
    """
    values = {
        "ended_at": _end(began, change),
        "seconds": change.seconds,
        "count": change.count,
        "confidence": change.confidence,
        "measured": change.measured,
        "threshold": change.threshold,
    }
    statement = insert(Violation).values(
        exam_session_id=exam_session_id,
        key=change.key,
        kind=change.kind,
        severity=RULES[change.kind].severity,
        started_at=began + timedelta(seconds=change.started_at),
        **values,
    )
    upsert = statement.on_conflict_do_update(index_elements=["exam_session_id", "key"], set_=values)
    columns = [getattr(Violation, name) for name in VIOLATION]
    return (await db.execute(upsert.returning(Violation.id, *columns))).one()


async def violations_of(db: AsyncSession, who: User, exam_session_id: int) -> list[ViolationOut]:
    """What was noted in a sitting, with evidence and what each cost, oldest first."""
    taken, rows = await access_violations(db, who, exam_session_id)
    return (await describe(db, {taken.id: taken.exam.weights}, rows))[taken.id]


async def describe(
    db: AsyncSession, weights: Mapping[int, Mapping[str, float]], rows: Sequence[Violation]
) -> dict[int, list[ViolationOut]]:
    """Violations by exam session, each with its evidence; `weights` by exam session id names those wanted."""
    by_session: dict[int, list[Violation]] = {key: [] for key in weights}
    for row in rows:
        by_session[row.exam_session_id].append(row)
    pictures = await evidence_of(db, [row.id for row in rows])
    described: dict[int, list[ViolationOut]] = {}
    for key, violations in by_session.items():
        scores = without([episode_of(row) for row in violations], exam_weights(weights[key]))
        described[key] = [
            violation_out(row, pictures.get(row.id, ()), round(score, 2))
            for row, score in zip(violations, scores, strict=True)
        ]
    return described


async def evidence_of(db: AsyncSession, violation_ids: Sequence[int]) -> dict[int, tuple[EvidenceOut, ...]]:
    """The pictures of each violation, in the order of time."""
    if not violation_ids:
        return {}
    rows = await db.scalars(
        select(Evidence).where(Evidence.violation_id.in_(violation_ids)).order_by(Evidence.captured_at, Evidence.id)
    )
    found: dict[int, tuple[EvidenceOut, ...]] = {}
    for row in rows:
        found[row.violation_id] = (*found.get(row.violation_id, ()), evidence_out(row))
    return found


def evidence_out(row: Evidence) -> EvidenceOut:
    """As the protocol shows it."""
    return EvidenceOut(
        id=row.id, role=row.role, captured_at=row.captured_at, sha256=row.sha256, url=f"/api/v1/evidence/{row.id}"
    )


def violation_out(row: Violation, evidence: Sequence[EvidenceOut], without_this: float | None) -> ViolationOut:
    """As the protocol shows it."""
    return ViolationOut(
        id=row.id,
        exam_session_id=row.exam_session_id,
        kind=row.kind,
        source=source_of(row.key),
        severity=row.severity,
        started_at=row.started_at,
        ended_at=row.ended_at,
        seconds=row.seconds,
        count=row.count,
        confidence=row.confidence,
        measured=row.measured,
        threshold=row.threshold,
        without_this=without_this,
        verdict=row.verdict,
        reviewed_kind=row.reviewed_kind,
        counts=row.verdict != Verdict.DISMISSED,
        evidence=tuple(evidence),
    )


def change_out(
    exam_session_id: int, began: datetime, change: Change, noted: Noted, without_this: float
) -> ViolationOut:
    """As the protocol shows what an incident has just become."""
    judgement = noted.episode.judgement
    return ViolationOut(
        id=noted.id,
        exam_session_id=exam_session_id,
        kind=change.kind,
        source=source_of(change.key),
        severity=RULES[change.kind].severity,
        started_at=began + timedelta(seconds=change.started_at),
        ended_at=_end(began, change),
        seconds=change.seconds,
        count=change.count,
        confidence=change.confidence,
        measured=change.measured,
        threshold=change.threshold,
        without_this=without_this,
        verdict=judgement.verdict if judgement else None,
        reviewed_kind=judgement.kind if judgement else None,
        counts=noted.episode.counts,
        evidence=noted.evidence,
    )


def trust_impact(without_this: float | None, trust: float) -> float:
    """What one violation costs, 0..1, as the seed's alerts show it; both arguments 0..100."""
    return 0.0 if without_this is None else round(max(0.0, without_this - trust) / 100, 4)


def episode_of(row: Violation | NotedRow) -> Episode:
    """What counts for trust."""
    return Episode(
        kind=ViolationKind(row.kind),
        confidence=row.confidence,
        seconds=row.seconds,
        count=row.count,
        judgement=judgement_of(row),
    )


def judgement_of(row: Violation | NotedRow) -> Judgement | None:
    """What a person said of it, if anybody did."""
    if row.verdict is None:
        return None
    return Judgement(Verdict(row.verdict), ViolationKind(row.reviewed_kind) if row.reviewed_kind else None)


def exam_weights(stored: Mapping[str, float]) -> dict[ViolationKind, float]:
    """The exam's own weights over the rules'."""
    return {kind: stored.get(kind, rule.weight) for kind, rule in RULES.items()}


async def noted_in(db: AsyncSession, taken: ExamSession) -> dict[int, Noted]:
    """What was noted in one sitting so far, with its pictures, by number of the incident."""
    query = select(Violation).where(Violation.exam_session_id == taken.id).order_by(Violation.key)
    rows = list(await db.scalars(query))
    pictures = await evidence_of(db, [row.id for row in rows])
    return {row.key: Noted(row.id, episode_of(row), pictures.get(row.id, ())) for row in rows}


def _end(began: datetime, change: Change) -> datetime | None:
    """An open violation has no end, however long ago it was last seen."""
    closed = change.action == "closed" and change.ended_at is not None
    return began + timedelta(seconds=change.ended_at or 0.0) if closed else None
