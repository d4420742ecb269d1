"""Who did what to what, in the same transaction as the deed."""

from sqlalchemy import BigInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class AuditEntry(Row, Base):
    """One deed. Personal data: ids only, no names; kept a year."""

    __tablename__ = "audit_log"

    actor_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """No foreign key: the entry outlives the account."""
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(64))
    """A noun and an id, such as `evidence:17`."""
    detail: Mapped[dict[str, str | int | float | bool | None]] = mapped_column(JSONB, default=dict)
