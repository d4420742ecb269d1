"""Enrolment of a face, as it goes out."""

from datetime import datetime

from app.schemas.base import Output


class Enrolled(Output):
    """The face of this exam session is known; of the face itself nothing is told."""

    session_id: int
    enrolled_at: datetime
