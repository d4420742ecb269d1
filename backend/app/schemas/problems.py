"""What every failure looks like, as `/openapi.json` tells it."""

from typing import Any

from app.schemas.base import Output


class FieldProblem(Output):
    """What is wrong with one field."""

    loc: list[str | int]
    msg: str
    type: str


class Problem(Output):
    """The text for people, the code for programs."""

    detail: str | list[FieldProblem]
    code: str
    params: dict[str, str | int | float]
    errors: list[dict[str, Any]] | None = None
    """Of a table: what is wrong in which line."""
    report: dict[str, Any] | None = None
    """Of questions in a file: what was found in it."""
