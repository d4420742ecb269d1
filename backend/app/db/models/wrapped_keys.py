"""Data keys, unreadable without a master key."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base
from app.domain.shelves import Shelf


class WrappedKey(Base):
    """The key of a sitting's (or an account's) shelf; without the row nothing on the shelf can ever be read again.

    Personal data: none itself; deleted when the shelf is due, with sitting or account at the latest.
    """

    __tablename__ = "wrapped_keys"
    __table_args__ = (
        UniqueConstraint("exam_session_id", "shelf"),
        UniqueConstraint("user_id", "shelf"),
        CheckConstraint("(exam_session_id IS NULL) <> (user_id IS NULL)", name="owner"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    shelf: Mapped[Shelf] = mapped_column(String(16))
    exam_session_id: Mapped[int | None] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    master_id: Mapped[str] = mapped_column(String(16), index=True)
    """Which master key wrapped it."""
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
