"""What people decide about an exam session as a whole, what they note, and what the student says to it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, Missing
from app.db.models import GivenDecision, StaffNote, StudentComment, User
from app.domain.custody import Kind
from app.domain.exam_sessions import OPEN
from app.domain.roles import Role
from app.domain.trust import measured_score
from app.schemas.reviews import CommentRead, DecisionRead, DecisionRequest, NoteRead, OwnDecisionRead
from app.services.access import access_exam_session, access_own_exam_session, access_violation, access_violations
from app.services.audit import note
from app.services.custody import hold, note_down
from app.services.custody_items import item_of
from app.services.exam_sessions import tell
from app.services.news import tell_of_decision
from app.services.people import people_of
from app.services.review_queue import decisions_that_stand
from app.services.standing import band_in
from app.services.violations import describe, episode_of, exam_weights

MOST_COMMENTS = 20
"""What one student may say to one violation, or to all decisions of one sitting."""
MOST_NOTES = 500


async def decide(db: AsyncSession, who: User, exam_session_id: int, wanted: DecisionRequest) -> DecisionRead:
    """Add a decision; it stands from now on. Conflict `exam_session_open` while the student still sits."""
    taken = await access_exam_session(db, who, exam_session_id, lock=True)
    if taken.state in OPEN:
        raise Conflict("exam_session_open")
    _, violations = await access_violations(db, who, exam_session_id)
    row = GivenDecision(
        exam_session_id=taken.id,
        reviewer_id=who.id,
        decision=wanted.decision,
        text=wanted.text,
        note=wanted.note,
        trust=taken.trust,
        measured_trust=measured_score([episode_of(one) for one in violations], exam_weights(taken.exam.weights)),
        coverage=taken.coverage,
    )
    db.add(row)
    await db.flush()
    await note_down(db, await hold(db, taken.id), item_of(Kind.DECISION, row))
    subject = f"exam_session:{taken.id}"
    note(
        db, who, "exam_session.decide", subject,
        exam_session_id=taken.id, decision=wanted.decision, decision_id=row.id, stage=row.stage,
    )  # fmt: skip
    tell(db, taken)
    await tell_of_decision(db, taken, decision_id=row.id)
    return (await decisions_read(db, [row]))[0]


async def decisions_of(db: AsyncSession, who: User, exam_session_id: int) -> list[DecisionRead]:
    """All decisions about a sitting, oldest first, for its staff."""
    taken = await access_exam_session(db, who, exam_session_id)
    rows = await db.scalars(
        select(GivenDecision).where(GivenDecision.exam_session_id == taken.id).order_by(GivenDecision.id)
    )
    return await decisions_read(db, rows.all())


async def decisions_read(db: AsyncSession, rows: Sequence[GivenDecision]) -> list[DecisionRead]:
    """As the staff sees them."""
    people = await people_of(db, [row.reviewer_id for row in rows])
    return [
        DecisionRead(
            id=row.id,
            at=row.created_at,
            reviewer=people[row.reviewer_id],
            decision=row.decision,
            text=row.text,
            note=row.note,
            stage=row.stage,
            trust=round(row.trust, 2),
            measured_trust=round(row.measured_trust, 2),
            coverage=row.coverage,
        )
        for row in rows
    ]


async def own_decision(db: AsyncSession, who: User, exam_session_id: int) -> OwnDecisionRead:
    """What the student is told; the exam's staff may read it too."""
    taken, violations = await access_violations(db, who, exam_session_id)
    shown = (await describe(db, {taken.id: taken.exam.weights}, violations))[taken.id]
    standing = (await decisions_that_stand(db, [taken.id])).get(taken.id)
    measured = measured_score([episode_of(one) for one in violations], exam_weights(taken.exam.weights))
    comments = await comments_of(db, taken.id)
    return OwnDecisionRead(
        exam_session_id=taken.id,
        decision=standing.decision if standing else None,
        text=standing.text if standing else "",
        at=standing.created_at if standing else None,
        trust=round(taken.trust, 2),
        measured_trust=round(measured, 2),
        band=band_in(taken.exam, taken.trust),
        changed=[one for one in shown if not one.counts or one.reviewed_kind is not None],
        comments=comments,
    )


async def comment_on_decision(db: AsyncSession, who: User, exam_session_id: int, text: str) -> CommentRead:
    """The student answers to the decision that stands. Conflict `not_decided`, `too_many_comments`."""
    taken = await access_own_exam_session(db, who, exam_session_id)
    standing = (await decisions_that_stand(db, [taken.id])).get(taken.id)
    if standing is None:
        raise Conflict("not_decided")
    return await _comment(db, who, StudentComment(exam_session_id=taken.id, decision_id=standing.id, text=text))


async def comment_on_violation(db: AsyncSession, who: User, violation_id: int, text: str) -> CommentRead:
    """The student says something to a violation. Conflict `too_many_comments`."""
    violation = await access_violation(db, who, violation_id)
    await access_own_exam_session(db, who, violation.exam_session_id)
    comment = StudentComment(exam_session_id=violation.exam_session_id, violation_id=violation.id, text=text)
    return await _comment(db, who, comment)


async def _comment(db: AsyncSession, who: User, comment: StudentComment) -> CommentRead:
    said = await db.scalar(
        select(func.count())
        .select_from(StudentComment)
        .where(
            StudentComment.exam_session_id == comment.exam_session_id,
            StudentComment.violation_id.is_not_distinct_from(comment.violation_id),
        )
    )
    if (said or 0) >= MOST_COMMENTS:
        raise Conflict("too_many_comments", max=MOST_COMMENTS)
    held = await hold(db, comment.exam_session_id)
    db.add(comment)
    await db.flush()
    await note_down(db, held, item_of(Kind.COMMENT, comment))
    subject = f"violation:{comment.violation_id}" if comment.violation_id else f"decision:{comment.decision_id}"
    note(db, who, "student.comment", subject, exam_session_id=comment.exam_session_id, comment_id=comment.id)
    return comment_read(comment)


async def comments_of(db: AsyncSession, exam_session_id: int) -> list[CommentRead]:
    """Everything the student of a sitting has said, oldest first; whoever asks may see the sitting."""
    rows = await db.scalars(
        select(StudentComment).where(StudentComment.exam_session_id == exam_session_id).order_by(StudentComment.id)
    )
    return [comment_read(row) for row in rows]


def comment_read(row: StudentComment) -> CommentRead:
    """As both sides see it."""
    return CommentRead(
        id=row.id, at=row.created_at, violation_id=row.violation_id, decision_id=row.decision_id, text=row.text
    )


async def add_note(db: AsyncSession, who: User, exam_session_id: int, text: str) -> NoteRead:
    """Note something for the other staff. Conflict `too_many_notes`."""
    taken = await access_exam_session(db, who, exam_session_id)
    count = await db.scalar(select(func.count()).select_from(StaffNote).where(StaffNote.exam_session_id == taken.id))
    if (count or 0) >= MOST_NOTES:
        raise Conflict("too_many_notes", max=MOST_NOTES)
    row = StaffNote(exam_session_id=taken.id, author_id=who.id, text=text)
    held = await hold(db, taken.id)
    db.add(row)
    await db.flush()
    await note_down(db, held, item_of(Kind.NOTE, row))
    note(db, who, "exam_session.note", f"exam_session:{taken.id}", exam_session_id=taken.id, note_id=row.id)
    return (await notes_read(db, [row]))[0]


async def notes_of(db: AsyncSession, who: User, exam_session_id: int) -> list[NoteRead]:
    """All notes on a sitting, oldest first; Missing for a student, who must not even learn that there are any."""
    taken = await access_exam_session(db, who, exam_session_id)
    if who.role == Role.STUDENT:
        raise Missing
    rows = await db.scalars(select(StaffNote).where(StaffNote.exam_session_id == taken.id).order_by(StaffNote.id))
    return await notes_read(db, rows.all())


async def notes_read(db: AsyncSession, rows: Sequence[StaffNote]) -> list[NoteRead]:
    """As the staff sees them."""
    people = await people_of(db, [row.author_id for row in rows])
    return [NoteRead(id=row.id, at=row.created_at, author=people[row.author_id], text=row.text) for row in rows]
