"""A teacher's calendar, and where students would have to be in two places."""

from datetime import datetime

from app.domain.exams import ExamStatus
from app.domain.schedule import Clash
from app.schemas.base import Output


class ClashingStudent(Output):
    """Somebody on both lists."""

    id: int
    full_name: str


class ClashRead(Output):
    """Another exam that students of this one are to sit at the same time.

    Of exams that one does not run only the time is told.
    """

    exam_id: int | None
    title: str | None
    start_time: datetime
    end_time: datetime
    clash: Clash
    student_count: int
    students: list[ClashingStudent]
    """The first of them by name."""


class CalendarExam(Output):
    """An exam in the calendar."""

    exam_id: int
    title: str
    course: str
    status: ExamStatus
    start_time: datetime
    end_time: datetime
    duration_minutes: int
    enrolled: int
    conflicts: list[ClashRead]
