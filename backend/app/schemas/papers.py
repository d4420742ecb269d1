"""A student's paper and what was answered on it."""

from datetime import datetime
from typing import Any

from app.domain.answer_order import Outside
from app.domain.exam_sessions import SessionState
from app.domain.exams import Navigation, QuestionLanguage
from app.domain.questions import QuestionType
from app.schemas.base import Output
from app.schemas.questions import QuestionBody


class PaperQuestion(Output):
    """A question as its student sees it: no key, lists in the student's own order."""

    id: int
    position: int
    """From 1, over the whole paper."""
    type: QuestionType
    text: dict[str, str]
    points: float
    negative_points: float
    seconds: int | None
    body: QuestionBody


class PaperSection(Output):
    """A part of the paper; id 0 holds the questions of no section."""

    id: int
    title: dict[str, str]
    instructions: dict[str, str]
    seconds: int | None
    navigation: Navigation
    questions: list[PaperQuestion]


class RoomSettings(Output):
    """What the exam room does and forbids."""

    navigation: Navigation
    question_language: QuestionLanguage
    allow_calculator: bool
    require_fullscreen: bool
    block_clipboard: bool
    block_right_click: bool
    block_shortcuts: bool
    enable_screen_recording: bool
    show_trust: bool


class OutsideAnswer(Output):
    """An answer made after its question's own time (`late`) or after the student had moved on (`out_of_order`)."""

    value: Any
    why: Outside
    made_at: datetime
    saved_at: datetime


class Opening(Output):
    """When a question was first shown, by the server's clock: its own time runs from then."""

    question_id: int
    at: datetime


class AnswerRead(Output):
    """The newest answer to a question; `outside` is kept beside it and counts only if a person says so."""

    question_id: int
    value: Any
    client_seq: int
    saved_at: datetime
    late: bool
    outside: OutsideAnswer | None


class PaperRead(Output):
    """All of a sitting's questions and answers."""

    exam_session_id: int
    exam_id: int
    title: str
    instructions: str
    server_time: datetime
    ends_at: datetime
    state: SessionState
    settings: RoomSettings
    sections: list[PaperSection]
    answers: list[AnswerRead]
    flags: list[int]
    opened: list[Opening]
