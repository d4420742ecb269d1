"""Notifications as they are read, sent and announced."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from app.domain.notifications import NotificationType, Priority
from app.domain.roles import Role
from app.domain.seed_words import priority_of
from app.schemas.base import Id, Input, Line, Output, storable
from app.schemas.realtime import Message

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(storable)
]
AskedPriority = Annotated[Priority, BeforeValidator(priority_of)]
MOST_READERS = 1000


class NotificationRead(Output):
    """A notification in its reader's language."""

    id: int
    type: NotificationType
    priority: Priority
    title: str
    message: str
    template: str
    """Name of the text, empty where somebody wrote it."""
    exam_id: int | None
    exam_session_id: int | None
    sender_id: int | None
    is_read: bool
    read_at: datetime | None
    is_dismissed: bool
    created_at: datetime


class NotificationRaised(Message):
    """To one person, on the bus topic of `user_topic`, once the notification is committed."""

    type: Literal["notification"] = "notification"
    notification: NotificationRead


class UnreadCount(Output):
    """How many wait to be read."""

    unread_count: int
    urgent: int


class Changed(Output):
    """How many notifications were changed."""

    count: int


class _Wording(Input):
    """Either a text of one's own, or the name of a template with what fills it."""

    title: Line | None = None
    message: Words | None = None
    template: Line | None = None
    params: dict[str, Line] = Field({}, max_length=10)
    type: NotificationType | None = None
    priority: AskedPriority | None = None
    exam_id: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "_Wording":
        own = self.title is not None and self.message is not None
        if own == (self.template is not None) or (self.template is not None and (self.title or self.message)):
            raise ValueError("give either title and message, or a template")
        return self


class SendRequest(_Wording):
    """A notification to some people. Teachers reach the students of their exams, administrators everybody."""

    user_ids: list[Id] = Field(min_length=1, max_length=MOST_READERS)


class BroadcastRequest(_Wording):
    """A notification to all students of an exam (`exam_id`), to a role, or, with neither, to everybody."""

    role: Role | None = None


class Sent(Output):
    """How many people were told."""

    sent: int


class TemplateRead(Output):
    """A text that may be sent by its name, in the language of who asks."""

    name: str
    type: NotificationType
    priority: Priority
    title: str
    message: str
    params: list[str]


class NotificationStatistics(Output):
    """Counts of one's own notifications, or, for administrators, of all."""

    total: int
    unread: int
    read: int
    dismissed: int
    mailed: int
    last_24_hours: int
    by_type: dict[str, int]
    by_priority: dict[str, int]


def user_topic(user_id: int) -> str:
    """Bus topic on which one person's new notifications are announced."""
    return f"user:{user_id}"
