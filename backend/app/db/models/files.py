"""Files that people hand in."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row
from app.domain.uploads import Purpose


class UploadedFile(Row, Base):
    """One file; it was complete in the store before this row. Who may see it follows from its purpose.

    Personal data: who handed it in, and what is in it (a portrait, a recording, an answer); deleted with the exam, the
    exam session or the account it belongs to, row and file.
    """

    __tablename__ = "uploaded_files"
    __table_args__ = (
        Index("ix_uploaded_files_exam", "exam_id", "purpose"),
        Index("ix_uploaded_files_session", "exam_session_id", "purpose"),
    )

    purpose: Mapped[Purpose] = mapped_column(String(24), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    exam_session_id: Mapped[int | None] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    """What people call it; never part of a path."""
    media_type: Mapped[str] = mapped_column(String(100))
    """Seen from the content."""
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(255), unique=True)
    """Name within the store, made by us."""
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the bytes that lie in the store, with `stored_size`; both None where the piece is not sealed."""
    stored_size: Mapped[int | None]
