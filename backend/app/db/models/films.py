"""How the camera's picture moved in a sitting."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base


class FilmPiece(Base):
    """A minute or two of ten numbers for every half second, by which the same film is known in another sitting.

    Personal data: how a student's picture moved (neither a picture nor a face template), sealed with the key of the
    sitting's pictures; deleted when those are due, with the exam session at the latest. None of children, none in
    practice.
    """

    __tablename__ = "film_pieces"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), primary_key=True)
    begins: Mapped[int] = mapped_column(primary_key=True)
    """Number of the first half second, from the beginning of the sitting."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """20 bytes for each half second (domain/films.py), encrypted."""
