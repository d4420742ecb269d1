"""What a student agrees to, as it comes in and goes out."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.schemas.base import Flag, Input, Line, Output, Text


class ConsentWrite(Input):
    """The answer to an exam's rules. `version` names the text that was shown."""

    version: Annotated[Line, Field(max_length=64)]
    camera: Flag
    sound: Flag
    screen: Flag
    identity: Flag
    objection: Annotated[Text, Field(max_length=2000)] = ""
    shown: Annotated[Text, Field(max_length=20_000)] = ""
    """The words themselves, as they stood on the screen."""


class ConsentRead(Output):
    """An answer, and when it was given."""

    exam_id: int
    student_id: int
    version: str
    camera: bool
    sound: bool
    screen: bool
    identity: bool
    objection: str
    created_at: datetime
