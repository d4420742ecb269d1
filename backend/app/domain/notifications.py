"""What people are told outside of an exam: kinds, how pressing, and the texts that go by a name."""

from dataclasses import dataclass
from enum import StrEnum


class NotificationType(StrEnum):
    """What a notification is about."""

    VIOLATION = "violation"
    EXAM = "exam"
    RESULT = "result"
    DECISION = "decision"
    MESSAGE = "message"
    SYSTEM = "system"


class Priority(StrEnum):
    """How pressing it is. Only urgent ones may make a sound."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Template:
    """A text of `locales/*/notifications.json` (`<name>.title`, `<name>.message`) and what it needs to be filled."""

    type: NotificationType
    priority: Priority
    params: tuple[str, ...]
    sendable: bool = False
    """Whether people may send it; the others are the server's own words."""


TEMPLATES: dict[str, Template] = {
    "grave_violation": Template(NotificationType.VIOLATION, Priority.URGENT, ("exam", "student", "kind")),
    "exam_published": Template(NotificationType.EXAM, Priority.NORMAL, ("exam",)),
    "results_released": Template(NotificationType.RESULT, Priority.NORMAL, ("exam",)),
    "decision_made": Template(NotificationType.DECISION, Priority.HIGH, ("exam",)),
    "staff_message": Template(NotificationType.MESSAGE, Priority.HIGH, ("exam", "text")),
    "help_wanted": Template(NotificationType.MESSAGE, Priority.URGENT, ("exam", "student")),
    "exam_reminder": Template(NotificationType.EXAM, Priority.NORMAL, ("exam",), sendable=True),
    "check_your_camera": Template(NotificationType.EXAM, Priority.NORMAL, ("exam",), sendable=True),
    "exam_moved": Template(NotificationType.EXAM, Priority.HIGH, ("exam",), sendable=True),
    "disk_low": Template(NotificationType.SYSTEM, Priority.HIGH, ("percent",)),
    "disk_full": Template(NotificationType.SYSTEM, Priority.URGENT, ("percent",)),
    "evidence_damaged": Template(NotificationType.SYSTEM, Priority.URGENT, ("count",)),
    "maintenance": Template(NotificationType.SYSTEM, Priority.HIGH, (), sendable=True),
}
