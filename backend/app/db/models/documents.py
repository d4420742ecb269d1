"""Pictures a student hands in on the way in: an identity document, the room."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base_class import Base, Row
from app.db.models.exam_sessions import ExamSession
from app.domain.documents import DocumentKind


class Document(Row, Base):
    """One picture, for the exam's staff alone; the file was complete on disk before this row.

    Personal data: an identity document or a room; deleted with the exam session, row and file.
    """

    __tablename__ = "documents"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(255), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the bytes that lie in the store, with `stored_size`; both None where the piece is not sealed."""
    stored_size: Mapped[int | None]

    exam_session: Mapped[ExamSession] = relationship(lazy="raise")
