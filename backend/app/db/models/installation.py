"""Facts about this installation that must survive restarts."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class InstallationMark(Row, Base):
    """A fact noted once, such as `seeded_at`. Personal data: none; stays."""

    __tablename__ = "installation_marks"

    name: Mapped[str] = mapped_column(String(64), unique=True)
    value: Mapped[str] = mapped_column(String(255))
