"""What the administrator has set for the whole institution."""

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class Institution(Row, Base):
    """The one row of settings; until it is written the defaults hold. Personal data: none; stays."""

    __tablename__ = "institution"

    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """As `schemas/institution.py` says; what is missing has its default."""
