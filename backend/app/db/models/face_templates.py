"""The face that an exam session expects."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class FaceTemplate(Row, Base):
    """What a student's face is compared with during one sitting, and with no other person's ever.

    Personal data: 1024 numbers computed from the student's face (biometric), encrypted with a key that is not in the
    database; deleted when the exam session is over and settled, with the exam session at the latest.
    """

    __tablename__ = "face_templates"

    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id", ondelete="CASCADE"), unique=True)
    source: Mapped[str] = mapped_column(String(16))
    """`stream`: from the first good pictures of the sitting; `picture`: from an enrolment picture."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
