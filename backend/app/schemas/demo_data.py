"""What is there for demonstration, and how far the work on it is."""

from typing import Literal

from app.schemas.base import Output


class DemoProgress(Output):
    """Steps `done` of `total`; `none` where there is nothing and nothing was tried since it was removed."""

    state: Literal["none", "running", "done", "failed"]
    removes: bool = False
    """The work is to remove it."""
    done: int = 0
    total: int = 0


class DemoDataRead(Output):
    """`allowed`: whether this server may have any."""

    allowed: bool
    exists: bool
    exams: int
    students: int
    exam_sessions: int
    progress: DemoProgress
