"""The nightly scrubs of the store."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class ScrubRun(Row, Base):
    """One run, and the names of pieces that were missing or changed. Personal data: none; stays."""

    __tablename__ = "scrub_runs"

    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    pieces: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    missing: Mapped[list[str]] = mapped_column(JSONB, default=list)
    changed: Mapped[list[str]] = mapped_column(JSONB, default=list)
