"""Who did what to what, in the same transaction as the deed."""

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class AuditEntry(Row, Base):
    """One deed. Personal data: ids only, no names; kept a year."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_exam_session", text("(detail ->> 'exam_session_id')")),
        Index("ix_audit_log_deeds", "actor_id", "action", "created_at"),
    )

    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    """No foreign key: the entry outlives the account."""
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    """A noun and an id, such as `evidence:17`."""
    detail: Mapped[dict[str, str | int | float | bool | None]] = mapped_column(JSONB, default=dict)
