"""What is asked: sections, questions of exams and of the bank, and each student's drawn paper."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row
from app.domain.exams import Navigation
from app.domain.questions import QuestionType


class Section(Row, Base):
    """A part of an exam. Personal data: none; deleted with the exam."""

    __tablename__ = "sections"
    __table_args__ = (CheckConstraint("pool > 0", name="pool"), CheckConstraint("seconds > 0", name="seconds"))

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    instructions: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    pool: Mapped[int | None]
    """How many of its questions each student gets; None: all."""
    seconds: Mapped[int | None]
    navigation: Mapped[Navigation | None] = mapped_column(String(16))
    """None: as the exam says."""


class Question(Row, Base):
    """A question of an exam, or (without exam) of its owner's bank.

    Personal data: its author's id; deleted with the exam.
    """

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("negative_points >= 0", name="negative_points"),
        CheckConstraint("seconds > 0", name="seconds"),
        # The same file imported twice makes no doubles.
        Index("ix_questions_fingerprint", "exam_id", "fingerprint"),
        Index("ix_questions_bank", "owner_id", postgresql_where="exam_id IS NULL"),
    )

    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id", ondelete="SET NULL"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    position: Mapped[int] = mapped_column(default=0)
    type: Mapped[QuestionType] = mapped_column(String(24))
    text: Mapped[dict[str, str]] = mapped_column(JSONB)
    explanation: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    """Shown with the right answer after release."""
    points: Mapped[float] = mapped_column(default=1.0)
    negative_points: Mapped[float] = mapped_column(default=0.0)
    seconds: Mapped[int | None]
    tags: Mapped[list[str]] = mapped_column(JSONB, default=list)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    key: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """The right answer; leaves the server only to staff, and to students after release."""
    rubric: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    fingerprint: Mapped[str] = mapped_column(String(64))


class Paper(Base):
    """What one student was given, drawn once. Personal data: which questions; deleted with the exam session."""

    __tablename__ = "papers"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), primary_key=True)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """`[{id, questions: [{id, orders}]}]`, as `domain/papers.py` drew them."""
