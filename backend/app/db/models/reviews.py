"""What people found when they looked at an exam session; rows are only ever added (the database refuses to change)."""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row
from app.domain.reviews import FIRST_STAGE, Decision, Verdict
from app.domain.violations import ViolationKind


class GivenVerdict(Row, Base):
    """A verdict on a violation, or the taking back of one.

    Personal data: what somebody thought of a student's conduct, and who; deleted with the exam session.
    """

    __tablename__ = "verdicts"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    violation_id: Mapped[int] = mapped_column(ForeignKey("violations.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[int] = mapped_column(BigInteger, index=True)
    """No foreign key: the verdict outlives the account."""
    verdict: Mapped[Verdict | None] = mapped_column(String(16))
    """None in a row that takes another back."""
    kind: Mapped[ViolationKind | None] = mapped_column(String(32))
    """The kind the reviewer found, where it is not the detector's."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    undoes: Mapped[int | None] = mapped_column(ForeignKey("verdicts.id", ondelete="CASCADE"))
    in_bulk: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[int] = mapped_column(default=FIRST_STAGE)
    trust_before: Mapped[float]
    trust_after: Mapped[float]


class GivenDecision(Row, Base):
    """What was decided about an exam session; the newest of the highest stage stands.

    Personal data: a judgement of a student, by whom; deleted with the exam session.
    """

    __tablename__ = "decisions"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[int] = mapped_column(BigInteger, index=True)
    """No foreign key: the decision outlives the account."""
    decision: Mapped[Decision] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(4000), default="")
    """For the student."""
    note: Mapped[str] = mapped_column(String(4000), default="")
    """For the exam's staff alone."""
    stage: Mapped[int] = mapped_column(default=FIRST_STAGE)
    trust: Mapped[float]
    """The score that was seen when it was decided, 0..100."""
    measured_trust: Mapped[float]
    """The same before any verdict."""
    coverage: Mapped[float | None]


class StaffNote(Row, Base):
    """A note of the exam's staff on a sitting; no student ever reads it.

    Personal data: what somebody thought of a student's conduct; deleted with the exam session.
    """

    __tablename__ = "staff_notes"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(String(4000))


class StudentComment(Row, Base):
    """What the student says to a violation or to a decision.

    Personal data: the student's own words; deleted with the exam session.
    """

    __tablename__ = "student_comments"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    violation_id: Mapped[int | None] = mapped_column(ForeignKey("violations.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(4000))
