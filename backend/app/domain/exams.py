"""An exam's life and who is enrolled."""

from enum import StrEnum


class ExamStatus(StrEnum):
    """The seed's five."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Enrolment(StrEnum):
    """Who may sit the exam."""

    OPEN = "open"
    LIST = "list"


SITTABLE = frozenset({ExamStatus.PUBLISHED, ExamStatus.ACTIVE})
"""Statuses in which students see the exam and may start."""
