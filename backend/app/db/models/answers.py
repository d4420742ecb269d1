"""What students answered, and what it was worth."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.db.base_class import Base, Row


class Answer(Row, Base):
    """The newest answer of one student to one question.

    Personal data: what a student wrote; deleted with the exam session.
    """

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("exam_session_id", "question_id"),)

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), index=True)
    value: Mapped[Any] = mapped_column(JSONB(none_as_null=False), nullable=False)
    client_seq: Mapped[int] = mapped_column(BigInteger)
    """The client's own count; the highest wins, whatever arrives last (I4)."""
    seq: Mapped[int] = mapped_column(BigInteger)
    """The numbered message that brought it."""
    saved_at: Mapped[datetime] = mapped_column(default=now)
    late: Mapped[bool] = mapped_column(default=False)
    """Brought after the end by a client that says that it was given before; people decide whether it counts."""
    outside: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """`{value, why, made_at, saved_at, client_seq, seq}`: the newest that was made too late for its question or after
    the student had left it (domain/answer_order.py). Kept, shown to graders, never counted by itself."""
    points: Mapped[float | None]
    """A person's mark; it counts instead of the automatic one, which is computed from answer and key when read."""
    comment: Mapped[str] = mapped_column(Text, default="")
    """To the student."""
    internal_note: Mapped[str] = mapped_column(Text, default="")
    """Between graders; never shown to students."""
    rubric: Mapped[dict[str, float]] = mapped_column(JSONB, default=dict)
    marked_by: Mapped[int | None] = mapped_column(BigInteger)
    marked_at: Mapped[datetime | None]


class QuestionFlag(Base):
    """ "Flag for later". Personal data: a student's mark on a question; deleted with the exam session."""

    __tablename__ = "question_flags"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)


class QuestionOpening(Base):
    """When a question was first shown to a student, from which its own time runs.

    Personal data: when a student looked at a question; deleted with the exam session.
    """

    __tablename__ = "question_openings"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
