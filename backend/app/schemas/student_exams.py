"""A student's own list of exams, as it goes out."""

from datetime import datetime
from enum import StrEnum

from app.schemas.base import Flag, Input, Output
from app.schemas.exam_sessions import ExamSessionRead
from app.schemas.exams import ExamRead


class OwnExamState(StrEnum):
    """Where an exam stands for one student."""

    UPCOMING = "upcoming"
    OPEN = "open"
    RUNNING = "running"
    DONE = "done"
    MISSED = "missed"


class OwnExam(Output):
    """An exam, the student's newest sitting of it, and what is left to do."""

    exam: ExamRead
    state: OwnExamState
    exam_session: ExamSessionRead | None
    attempts_left: int
    result_released: bool


class PracticeRequest(Input):
    """With `hold` the clock waits for `begin`, as in a real exam."""

    hold: Flag = False


class Echo(Output):
    """How many bytes came, and the server's time."""

    bytes: int
    server_time: datetime
