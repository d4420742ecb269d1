"""How loud it was in a sitting, and whether somebody spoke."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base


class SoundPiece(Base):
    """A minute or so of numbers about sound, none of the sound itself.

    Personal data: when it was loud around a student, and when somebody spoke; deleted with the exam session.
    """

    __tablename__ = "sound_pieces"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), primary_key=True)
    begins: Mapped[int] = mapped_column(primary_key=True)
    """Number of the first stretch of 5 seconds, from the beginning of the sitting."""
    levels: Mapped[bytes] = mapped_column(LargeBinary)
    """Two bytes for each stretch (services/sound_lane.py)."""
