"""What a student agreed to before an exam, and what not."""

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base_class import Base, Row


class Consent(Row, Base):
    """One answer to an exam's rules; the newest of a student counts, older ones stay as history.

    Personal data: what the student agreed to, and why not; deleted with exam or account.
    """

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_exam_student", "exam_id", "student_id", "id"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    student_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    version: Mapped[str] = mapped_column(String(64))
    """Of the text that was shown."""
    camera: Mapped[bool]
    sound: Mapped[bool]
    screen: Mapped[bool]
    identity: Mapped[bool]
    shown: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """The rules and the words of the consent, as the student's client had them on the screen."""
    objection: Mapped[str] = mapped_column(Text, default="")
    """For the exam's staff to read; who objects is let in by them alone."""
