"""When a student could not be reached, and when the server itself was away."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row
from app.domain.outages import Cause


class Outage(Row, Base):
    """A stretch of a sitting without its student's line. Neutral: nothing follows from it but time given back.

    Personal data: when a student was connected; deleted with the exam session.
    """

    __tablename__ = "outages"
    __table_args__ = (
        Index("uq_outages_open", "exam_session_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("ended_at >= started_at", name="order"),
    )

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cause: Mapped[Cause] = mapped_column(String(8), default=Cause.LINK)
    paused_seconds: Mapped[float] = mapped_column(default=0.0)
    """How much of it the sitting stood still anyway."""
    credited_seconds: Mapped[float] = mapped_column(default=0.0)


class ServerPause(Row, Base):
    """A stretch in which this server did not run, or stood still. Personal data: none; kept 30 days."""

    __tablename__ = "server_pauses"
    __table_args__ = (CheckConstraint("ended_at >= started_at", name="order"),)

    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime]
