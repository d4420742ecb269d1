"""What is said over the student's socket about the life of a sitting, beside frames and violations."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.schemas.base import storable
from app.schemas.realtime import Message

LONGEST_CHAT = 2000


# --- student → server ---------------------------------------------------------------------------------------------


class Heartbeat(BaseModel):
    """`status` without a number: that it came says that the line is up; what it carries is shown to the teachers.

    Every part may be missing; a part that makes no sense is left out. Our clients send one every 5 seconds.
    """

    model_config = ConfigDict(extra="ignore")

    position: int | None = Field(None, ge=0, le=10_000)
    kbps: float | None = Field(None, ge=0, le=1e7, allow_inf_nan=False)

    @classmethod
    def of(cls, found: dict[str, Any]) -> "Heartbeat":
        """Of a message that may hold anything."""
        sane = {name: value for name, value in found.items() if name in cls.model_fields}
        try:
            return cls.model_validate(sane, strict=True)
        except ValidationError as error:
            wrong = {problem["loc"][0] for problem in error.errors()}
            return cls.model_validate({name: value for name, value in sane.items() if name not in wrong}, strict=True)


def _text(value: Any) -> Any:
    return storable(value).strip() if isinstance(value, str) else value


class Chat(BaseModel):
    """`chat`: the student writes to the staff."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=LONGEST_CHAT)]


class Hand(BaseModel):
    """`hand`: the student raises a hand, or takes it down."""

    model_config = ConfigDict(extra="ignore", strict=True)

    raised: bool


# --- server → student ---------------------------------------------------------------------------------------------


class LetIn(Message):
    """The staff let the student out of the waiting room, or the clock began to run."""

    type: Literal["admitted", "begun"]
    ends_at: datetime
    started_at: datetime | None = None


class TextTold(Message):
    """A text from the staff (`staff`), or what the student wrote (`student`); a `warning` is to be looked at first."""

    model_config = ConfigDict(serialize_by_alias=True)

    type: Literal["message"] = "message"
    id: int
    from_: Literal["staff", "student"] = Field(alias="from")
    text: str
    at: datetime
    warning: bool = False


class HandLowered(Message):
    """The staff have taken the raised hand down."""

    type: Literal["hand"] = "hand"
    raised: Literal[False] = False


class WordsRead(Message):
    """The staff have read what the student wrote until then."""

    type: Literal["read"] = "read"
    at: datetime


class Ending(Message):
    """The staff will end the sitting at `at`, unless they change their mind."""

    type: Literal["ending"] = "ending"
    reason: str
    at: datetime


class EndingCancelled(Message):
    """They did."""

    type: Literal["ending_cancelled"] = "ending_cancelled"


class RoomView(Message):
    """Please show the room."""

    type: Literal["room_view"] = "room_view"


class OutageTold(Message):
    """The line was down from … to …; so much time was given back, and this is the deadline now."""

    type: Literal["outage"] = "outage"
    session_id: int
    started_at: datetime
    ended_at: datetime
    cause: str
    credited_seconds: float
    total_seconds: float
    """Of all outages so far."""
    ends_at: datetime


class Flagged(Message):
    """A person should look at this sitting; `reason` is a code for what the server saw, or a person's words."""

    type: Literal["flagged"] = "flagged"
    reason: str


# --- an exam's teachers → server ------------------------------------------------------------------------------------


class Watch(BaseModel):
    """Whose pictures are on the screen; null: everybody's, as at the beginning."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["watch"]
    session_ids: Annotated[list[int], Field(max_length=1000)] | None


# --- within this process ------------------------------------------------------------------------------------------


class DeskChanged(Message):
    """Columns of a sitting changed in the database: whoever has it in memory follows. Not sent to anybody."""

    changes: dict[str, Any]
