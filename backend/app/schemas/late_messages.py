"""Numbered messages that a client hands in after the end, because it had been cut off."""

from typing import Annotated, Any

from pydantic import Field

from app.schemas.base import Input, Output

MOST_AT_ONCE = 1000


class LateMessages(Input):
    """As they would have gone over the socket, in their order."""

    messages: Annotated[list[dict[str, Any]], Field(max_length=MOST_AT_ONCE)]


class LateTaken(Output):
    """Everything up to `upto` is stored; of these messages so many count, so many of them as late answers.

    `refused` names by number what was kept and not used.
    """

    upto: int
    accepted: int
    late: int
    refused: dict[int, str]
