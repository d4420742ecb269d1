"""Texts between staff and student, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.schemas.base import Input, Output, Text
from app.schemas.sitting_messages import LONGEST_CHAT


class MessageWrite(Input):
    """What staff write to a student."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST_CHAT)]


class MessageRead(Output):
    """One text; `read` by the other side."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: int
    from_: Literal["staff", "student"] = Field(alias="from")
    text: str
    warning: bool
    at: datetime
    read: bool


class ToldCount(Output):
    """How many sittings were told."""

    told: int
