"""What every shape from outside shares: unknown fields, odd numbers and odd texts are refused."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)

INT32 = 2**31 - 1
INT64 = 2**63 - 1
YEARS = range(2000, 2101)
DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]", re.ASCII)


class Input(BaseModel):
    """Parent of what comes in: unknown fields are refused, so that nobody sets what is not theirs to set."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Output(BaseModel):
    """Parent of what goes out; read from rows by attribute."""

    model_config = ConfigDict(from_attributes=True, allow_inf_nan=False)


def storable(value: str) -> str:
    """No NUL (PostgreSQL refuses it), no half surrogate pair (UTF-8 has none)."""
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("holds characters that cannot be stored")
    return value


def _one_line(value: str) -> str:
    """No control characters; joiners stay, Bangla needs them. NFC, so that equal names compare equal."""
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in value):
        raise ValueError("must be a single line without control characters")
    return unicodedata.normalize("NFC", value)


def _as_text(value: Any) -> Any:
    """Times come as text with a date: a bare number, also as text, could be seconds or milliseconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and DATE.match(value)):
        return value
    raise ValueError("must be a text in ISO 8601 with a time zone")


def _sane(value: datetime) -> datetime:
    """UTC, in a year an exam could be in."""
    if value.year not in YEARS:
        raise ValueError("must be between the years 2000 and 2100")
    return value.astimezone(UTC)


def _plain_digits(value: Any) -> Any:
    """Only 1, 2, 3 …: pydantic would also read ` 1`, `+1`, `1.0` and `1_000`."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 10):
        raise ValueError("must be a whole number in plain digits")
    return value


Flag = Annotated[bool, Strict()]
Int32 = Annotated[int, Strict(), Field(ge=-INT32 - 1, le=INT32)]
Int64 = Annotated[int, Strict(), Field(ge=-INT64 - 1, le=INT64)]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Id = Annotated[int, Strict(), Field(ge=1, le=INT32)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(storable),
    AfterValidator(_one_line),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), AfterValidator(storable)]
Moment = Annotated[AwareDatetime, BeforeValidator(_as_text), AfterValidator(_sane)]
PathId = Annotated[int, BeforeValidator(_plain_digits), Field(ge=1, le=INT32)]
"""An id in a path; what is no plain number there is 422."""
Skip = Annotated[int, BeforeValidator(_plain_digits), Field(ge=0, le=INT32)]
Limit = Annotated[int, BeforeValidator(_plain_digits), Field(ge=1, le=500)]
