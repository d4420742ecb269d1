"""What was noted against an exam session, and the pictures that show it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base_class import Base, Row
from app.db.models.exam_sessions import ExamSession
from app.domain.reviews import Verdict
from app.domain.violations import Severity, ViolationKind


class Violation(Row, Base):
    """Observations of one kind merged over time. Personal data: conduct of a student; deleted with the exam session."""

    __tablename__ = "violations"
    __table_args__ = (
        # The same incident reported twice (a restart between store and acknowledge) is one row.
        UniqueConstraint("exam_session_id", "key"),
        Index("ix_violations_started", "exam_session_id", "started_at"),
    )

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"))
    key: Mapped[int]
    """Number of the incident within its exam session, from 1."""
    kind: Mapped[ViolationKind] = mapped_column(String(32), index=True)
    severity: Mapped[Severity] = mapped_column(String(16))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seconds: Mapped[float] = mapped_column(default=0.0)
    count: Mapped[int] = mapped_column(default=1)
    confidence: Mapped[float]
    measured: Mapped[dict[str, float]] = mapped_column(JSONB, default=dict)
    threshold: Mapped[dict[str, float]] = mapped_column(JSONB, default=dict)
    verdict: Mapped[Verdict | None] = mapped_column(String(16))
    """What stands of `verdicts`; what was measured stays as it was."""
    reviewed_kind: Mapped[ViolationKind | None] = mapped_column(String(32))
    """The kind a person found, where it is not the detector's."""

    exam_session: Mapped[ExamSession] = relationship(lazy="raise")


class Evidence(Row, Base):
    """One picture kept for a violation; the file was complete on disk before this row.

    Personal data: a picture of the student; deleted with the exam session, row and file.
    """

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("violation_id", "role"),)

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    violation_id: Mapped[int] = mapped_column(ForeignKey("violations.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    """before, best or after."""
    captured_at: Mapped[datetime]
    path: Mapped[str] = mapped_column(String(255), unique=True)
    """Name within the evidence store, made by us."""
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the bytes that lie in the store, with `stored_size`; both None where the piece is not sealed."""
    stored_size: Mapped[int | None]

    violation: Mapped[Violation] = relationship(lazy="raise")
