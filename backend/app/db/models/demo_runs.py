"""The making and removing of demonstration data."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class DemoRun(Row, Base):
    """The latest one; there is no other row. Personal data: none; stays."""

    __tablename__ = "demo_runs"

    removes: Mapped[bool]
    state: Mapped[str] = mapped_column(String(8), default="running")
    """running, done or failed; one that runs and has not said so for long was cut off."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    beat_at: Mapped[datetime]
