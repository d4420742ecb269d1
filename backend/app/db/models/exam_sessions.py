"""One student's sitting, and every message it acknowledged."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.db.base_class import Base, Row
from app.db.models.exams import Exam
from app.db.models.users import User
from app.domain.exam_sessions import SessionState


class ExamSession(Row, Base):
    """A sitting. Personal data: who sat, when, and the resting gaze in `analysis`; deleted with the exam."""

    __tablename__ = "exam_sessions"
    __table_args__ = (
        UniqueConstraint("exam_id", "student_id", "attempt"),
        # Two starts at once must not make two sittings (T15); the loser of the race reads the winner's.
        Index(
            "uq_exam_sessions_open",
            "exam_id",
            "student_id",
            unique=True,
            postgresql_where=text("state IN ('created', 'active', 'paused')"),
        ),
        Index(
            "ix_exam_sessions_deadline", "ends_at", postgresql_where=text("state IN ('created', 'active', 'paused')")
        ),
        Index("ix_exam_sessions_ending", "ending_at", postgresql_where=text("ending_at IS NOT NULL")),
        Index("ix_exam_sessions_unsettled", "id", postgresql_where=text("NOT settled")),
        Index("ix_exam_sessions_unsealed", "id", postgresql_where=text("unsealed")),
        Index("ix_exam_sessions_uncompared", "id", postgresql_where=text("uncompared")),
        Index("ix_exam_sessions_review", text("review_gain DESC"), "trust", postgresql_where=text("settled")),
        CheckConstraint("trust BETWEEN 0 AND 100", name="trust"),
    )

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[SessionState] = mapped_column(String(16), default=SessionState.CREATED)
    start_time: Mapped[datetime] = mapped_column(default=now)
    end_time: Mapped[datetime | None]
    ends_at: Mapped[datetime]
    """The deadline, kept by the server."""
    held: Mapped[bool] = mapped_column(default=False)
    """Whether the clock waits for the student's own word, after consent."""
    begun_at: Mapped[datetime | None]
    """When the clock began to run; until then `start_time` is when the sitting was made."""
    admitted_at: Mapped[datetime | None]
    """When staff let the student out of the waiting room, where the exam has one."""
    consent_ids: Mapped[list[int]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    """What the student had agreed to, or objected to, when it was made, and until it ended."""
    paused_at: Mapped[datetime | None]
    pauses: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)
    """[from, to] of every pause that is over, ISO 8601: nothing was to be seen then."""
    ending_at: Mapped[datetime | None]
    """Staff have decided to end it at this moment, and may still undo that."""
    ending_reason: Mapped[str] = mapped_column(String(500), default="")
    ending_by: Mapped[int | None]
    """Who decided so; for the audit log, which names people by number alone."""
    flagged_at: Mapped[datetime | None]
    flag_reason: Mapped[str] = mapped_column(String(500), default="")
    hand_raised: Mapped[bool] = mapped_column(default=False)
    unread: Mapped[int] = mapped_column(default=0)
    """The student's messages that no staff has read."""
    question: Mapped[int | None]
    """Position of the question the student was last known to look at."""
    outage_seconds: Mapped[float] = mapped_column(default=0.0)
    credited_seconds: Mapped[float] = mapped_column(default=0.0)
    """Sums over the outages that are over; credit also of the one that goes on."""
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    trust: Mapped[float] = mapped_column(default=100.0)
    coverage: Mapped[float | None]
    """Share of the elapsed time that could be judged, 0..1; None before the first frame."""
    settled: Mapped[bool] = mapped_column(default=False)
    """Whether the violations that were open at the end are closed and the final trust stands."""
    unsealed: Mapped[bool] = mapped_column(default=False)
    """Whether its chain of custody has grown since it was last signed; only once it is settled."""
    uncompared: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether nobody has looked yet if its film is one of an earlier sitting; only once it is settled."""
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    reviews: Mapped[int] = mapped_column(default=0)
    """Raised whenever a person changes what counts (a verdict, other weights): so a live sitting knows to look."""
    review_gain: Mapped[float] = mapped_column(default=0.0)
    """What a human look could change, in points (domain/review_order.py): the order of the review queue."""
    analysis: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """Detectors' memory, incidents and coverage counters, so that a restarted server goes on where it was."""

    exam: Mapped[Exam] = relationship(lazy="raise")
    student: Mapped[User] = relationship(lazy="raise")


class ClientMessage(Base):
    """A numbered message of a student's client, stored before it was acknowledged.

    Personal data: what the student's browser reported and typed; deleted with the exam session.
    """

    __tablename__ = "client_messages"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    type: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    client_time: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(default=now)
    refused: Mapped[str | None] = mapped_column(String(64))
    """The error code where the message was kept but not understood."""
    late: Mapped[bool] = mapped_column(default=False)
    """Handed in after the end, from a client that had been cut off."""
