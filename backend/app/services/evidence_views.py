"""Who looked at which evidence: noted before the bytes leave, told to the student, and not without limit (T16)."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Integer, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.core.errors import TooMany
from app.db.models import AuditEntry, Evidence, User
from app.schemas.reviews import EvidenceViewRead
from app.services.access import access_exam_session
from app.services.audit import note
from app.services.people import people_of

VIEW: Final = "evidence.view"
DOCUMENT_VIEW: Final = "document.view"
VIEWS = (VIEW, DOCUMENT_VIEW)
WINDOW = timedelta(hours=1)


async def note_view(db: AsyncSession, who: User, evidence: Evidence, *, most: int, via: str = "review") -> None:
    """Note that somebody is about to see a picture; TooMany beyond `most` looks within an hour.

    A look is at a violation: its pictures (before, best, after) seen once each are one look, any of them again another.
    """
    await _one_at_a_time(db, who)
    if await looks(db, who, and_at=evidence) > most:
        raise TooMany("too_many_views", seconds=int(WINDOW.total_seconds()), max=most)
    note(
        db,
        who,
        VIEW,
        f"evidence:{evidence.id}",
        exam_session_id=evidence.exam_session_id,
        violation_id=evidence.violation_id,
        via=via,
    )
    await db.flush()


async def looks(db: AsyncSession, who: User, *, and_at: Evidence | None = None) -> int:
    """How often somebody has looked within the last hour, with one look more at `and_at`."""
    violation = AuditEntry.detail["violation_id"].astext.cast(Integer)
    rows = await db.execute(
        select(AuditEntry.subject, violation, func.count())
        .where(AuditEntry.actor_id == who.id, AuditEntry.action == VIEW, AuditEntry.created_at > now() - WINDOW)
        .group_by(AuditEntry.subject, violation)
    )
    seen = {(violation_id, subject): count for subject, violation_id, count in rows}
    if and_at is not None:
        key = (and_at.violation_id, f"evidence:{and_at.id}")
        seen[key] = seen.get(key, 0) + 1
    most: dict[int | None, int] = {}
    for (violation_id, _), count in seen.items():
        most[violation_id] = max(most.get(violation_id, 0), count)
    return sum(most.values())


async def _one_at_a_time(db: AsyncSession, who: User) -> None:
    """Many requests of one person at once must not all be the hundredth."""
    await db.execute(text("SELECT pg_advisory_xact_lock(hashtext('evidence.view'), :who)"), {"who": who.id})


async def evidence_views_of(
    db: AsyncSession, who: User, exam_session_id: int, *, skip: int, limit: int
) -> list[EvidenceViewRead]:
    """Every look at a sitting's evidence and documents, newest first: for its student and the exam's staff."""
    taken = await access_exam_session(db, who, exam_session_id)
    rows = (
        await db.scalars(
            select(AuditEntry)
            .where(AuditEntry.action.in_(VIEWS), AuditEntry.detail["exam_session_id"].astext == str(taken.id))
            .order_by(AuditEntry.id.desc())
            .offset(skip)
            .limit(limit)
        )
    ).all()
    people = await people_of(db, [row.actor_id for row in rows])
    return [
        EvidenceViewRead(
            at=row.created_at,
            viewer=people[row.actor_id],
            role=people.role(row.actor_id),
            evidence_id=_number(row, VIEW),
            document_id=_number(row, DOCUMENT_VIEW),
            violation_id=row.detail.get("violation_id"),
            via=str(row.detail.get("via", "review")),
        )
        for row in rows
        if row.actor_id is not None
    ]


def _number(row: AuditEntry, action: str) -> int | None:
    """The id of what was looked at, if this is a look of that kind."""
    return int(row.subject.partition(":")[2]) if row.action == action else None
