"""What staff and student say to each other during a sitting."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class SittingMessage(Row, Base):
    """One text, from the student or to the student.

    Personal data: what was said, and by whom; deleted with the exam session.
    """

    __tablename__ = "sitting_messages"
    __table_args__ = (UniqueConstraint("exam_session_id", "seq"),)

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(index=True)
    """No foreign key: the number of who wrote stays in the sitting's chain when the account goes."""
    by_student: Mapped[bool]
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """Number of the student's message: one that is stored again after a fault stays one."""
    warning: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime | None]
    """When the other side looked."""
