"""Exams and who may sit them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base_class import Base, Row
from app.db.models.users import User
from app.domain.exams import Enrolment, ExamStatus, Navigation, QuestionLanguage
from app.domain.presets import Preset


class Exam(Row, Base):
    """An exam and its proctoring settings. Personal data: its creator's id; deleted with the exam."""

    __tablename__ = "exams"
    __table_args__ = (
        CheckConstraint("end_time > start_time", name="window"),
        CheckConstraint("duration_minutes > 0", name="duration"),
        CheckConstraint("max_attempts > 0", name="attempts"),
        Index("uq_exams_practice", "practice", unique=True, postgresql_where=text("practice")),
        CheckConstraint("time_credit_minutes >= 0 AND late_sync_minutes >= 0", name="grace"),
    )

    creator_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    start_time: Mapped[datetime]
    end_time: Mapped[datetime]
    duration_minutes: Mapped[int]
    status: Mapped[ExamStatus] = mapped_column(String(16), default=ExamStatus.DRAFT)
    enrolment: Mapped[Enrolment] = mapped_column(String(8), default=Enrolment.OPEN)
    max_attempts: Mapped[int] = mapped_column(default=1)
    show_trust: Mapped[bool] = mapped_column(default=False)
    enable_face_detection: Mapped[bool] = mapped_column(default=True)
    enable_multiple_face_detection: Mapped[bool] = mapped_column(default=True)
    enable_eye_tracking: Mapped[bool] = mapped_column(default=True)
    enable_audio_detection: Mapped[bool] = mapped_column(default=True)
    enable_tab_switch_detection: Mapped[bool] = mapped_column(default=True)
    enable_phone_detection: Mapped[bool] = mapped_column(default=True)
    enable_identity_check: Mapped[bool] = mapped_column(default=True)
    enable_covered_face_detection: Mapped[bool] = mapped_column(default=True)
    enable_hand_at_ear_detection: Mapped[bool] = mapped_column(default=False)
    enable_looking_down_detection: Mapped[bool] = mapped_column(default=False)
    enable_mouth_detection: Mapped[bool] = mapped_column(default=False)
    warning_threshold: Mapped[float] = mapped_column(default=0.7)
    critical_threshold: Mapped[float] = mapped_column(default=0.5)
    preset: Mapped[Preset] = mapped_column(String(16), default=Preset.STANDARD)
    disabled_kinds: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """Violation kinds nobody looks for in this exam, beside what the switches turn off."""
    weights: Mapped[dict[str, float]] = mapped_column(JSONB, default=dict)
    """Violation kind → weight, where the exam departs from the rule's own."""
    instructions: Mapped[str] = mapped_column(Text, default="")
    group: Mapped[str] = mapped_column(String(100), default="")
    """The course, or whatever the exam is counted under."""
    passing_score: Mapped[float | None]
    """Percent."""
    randomize_questions: Mapped[bool] = mapped_column(default=False)
    randomize_options: Mapped[bool] = mapped_column(default=False)
    navigation: Mapped[Navigation] = mapped_column(String(8), default=Navigation.FREE)
    question_language: Mapped[QuestionLanguage] = mapped_column(String(4), default=QuestionLanguage.BOTH)
    allow_calculator: Mapped[bool] = mapped_column(default=False)
    show_results_immediately: Mapped[bool] = mapped_column(default=False)
    allow_review: Mapped[bool] = mapped_column(default=True)
    anonymous_grading: Mapped[bool] = mapped_column(default=False)
    results_released_at: Mapped[datetime | None]
    exam_password_hash: Mapped[str | None] = mapped_column(String(255))
    ip_restrictions: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """Networks a sitting may be started and continued from; empty: any."""
    browser_lockdown: Mapped[bool] = mapped_column(default=False)
    require_fullscreen: Mapped[bool] = mapped_column(default=False)
    block_clipboard: Mapped[bool] = mapped_column(default=False)
    block_right_click: Mapped[bool] = mapped_column(default=False)
    block_shortcuts: Mapped[bool] = mapped_column(default=False)
    max_tab_switches: Mapped[int | None]
    """One more flags the sitting."""
    enable_screen_recording: Mapped[bool] = mapped_column(default=False)
    waiting_room: Mapped[bool] = mapped_column(default=False)
    require_id_document: Mapped[bool] = mapped_column(default=False)
    require_room_view: Mapped[bool] = mapped_column(default=False)
    time_credit_minutes: Mapped[int] = mapped_column(default=0)
    """How much time outages may give back to one student without anybody being asked."""
    late_sync_minutes: Mapped[int] = mapped_column(default=1440)
    """How long after the end of a sitting its client may hand in what it could not send."""
    minors: Mapped[bool] = mapped_column(default=False)
    """Children sit it: no face is measured or remembered, and nothing is scored (domain/minors.py)."""
    practice: Mapped[bool] = mapped_column(default=False)
    """The one built-in exam for trying everything out; shown in no list."""
    demo_data: Mapped[bool] = mapped_column(default=False)
    """Made for demonstration; goes with all of that."""

    @property
    def has_password(self) -> bool:
        """Whether a password is asked for at the start."""
        return self.exam_password_hash is not None

    creator: Mapped[User] = relationship(lazy="raise")


class ExamEnrolment(Row, Base):
    """A student on an exam's list. Personal data: the student's id and group; deleted with exam or account."""

    __tablename__ = "exam_enrolments"
    __table_args__ = (UniqueConstraint("exam_id", "student_id"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    group: Mapped[str] = mapped_column(String(100), default="")
    """Class, room or whatever the students of this exam are told apart by."""


class Accommodation(Row, Base):
    """What is different for one student in one exam; why is never stored. Graders are not shown it.

    Personal data: that a student is treated differently, and how; deleted with exam or account.
    """

    __tablename__ = "accommodations"
    __table_args__ = (
        UniqueConstraint("exam_id", "student_id"),
        CheckConstraint("extra_minutes BETWEEN 0 AND 1440", name="extra_minutes"),
    )

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    disabled_kinds: Mapped[list[str]] = mapped_column(JSONB, default=list)
    preset: Mapped[Preset | None] = mapped_column(String(16))
    extra_minutes: Mapped[int] = mapped_column(default=0)

    student: Mapped[User] = relationship(lazy="raise")
