"""What people are told outside of an exam."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row
from app.domain.notifications import NotificationType, Priority


class Notification(Row, Base):
    """Something one person is told; the words are put together in the reader's language when they are read.

    Personal data: who is told what, a student's name where it is about one, free text; deleted with the reader's
    account, with the exam or exam session it is about, and after 90 days at the latest.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        # The same thing is told once, however often its transaction is tried.
        UniqueConstraint("user_id", "key"),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("read_at IS NULL AND dismissed_at IS NULL")),
        Index("ix_notifications_newest", "user_id", "id"),
        Index("ix_notifications_unmailed", "user_id", postgresql_where=text("mailed_at IS NULL")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[NotificationType] = mapped_column(String(16))
    priority: Mapped[Priority] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(String(32), default="")
    """Name of the text; empty where somebody wrote `title` and `message`."""
    params: Mapped[dict[str, str | int | float]] = mapped_column(JSONB, default=dict)
    title: Mapped[str] = mapped_column(String(200), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str | None] = mapped_column(String(100))
    sender_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who wrote it; None for the server. No foreign key: it outlives that account."""
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    exam_session_id: Mapped[int | None] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    read_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
