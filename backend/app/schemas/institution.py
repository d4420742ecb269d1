"""What an administrator sets for the whole institution. Never weaker than what the server's own settings demand."""

from email.utils import parseaddr
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from app.domain.retention import LONGEST_DAYS
from app.domain.roles import Language
from app.schemas.base import Flag, Input, Int32, Output, Text

LONGEST_NAME = 200


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be the name of a time zone, such as Asia/Dhaka") from error


def _each_once(languages: list[Language]) -> list[Language]:
    if len(set(languages)) != len(languages):
        raise ValueError("must name each language once")
    return languages


def _sender(value: str) -> str:
    name, address = parseaddr(value)
    if not name.isprintable() or not value.isprintable() or "@" not in address.strip("@"):
        raise ValueError("must be a mail address, alone or as Name <address>")
    return value


Days = Annotated[Int32, Field(ge=1, le=LONGEST_DAYS)]


class InstitutionSettings(Input):
    """All of it; what is left out gets its default.

    `evidence_days`: how long pictures are kept after the results were released; `evidence_days_unreleased`: after the
    exam's end, where they never were. `password_min_length`, `max_fps` and `max_frame_bytes` make the server's own
    settings stricter and cannot make them laxer; null leaves them alone. `mail_from` null: the server's own sender.
    `minors`: children sit every exam; no face is measured or remembered, and nothing is scored.
    """

    name: Annotated[Text, Field(max_length=LONGEST_NAME)] = ""
    languages: Annotated[list[Language], Field(min_length=1), AfterValidator(_each_once)] = Field(
        default_factory=lambda: list(Language)
    )
    timezone: Annotated[str, Field(max_length=64), AfterValidator(_zone)] = "UTC"
    minors: Flag = False
    evidence_days: Days = 180
    evidence_days_unreleased: Days = 365
    retention_automatic: Flag = False
    evidence_views_per_hour: Annotated[Int32, Field(ge=10, le=10_000)] = 100
    password_min_length: Annotated[Int32, Field(ge=8, le=64)] | None = None
    max_fps: Annotated[float, Field(ge=0.1, le=30)] | None = None
    max_frame_bytes: Annotated[Int32, Field(ge=16 * 1024, le=256 * 1024)] | None = None
    mail_from: Annotated[Text, Field(min_length=3, max_length=320), AfterValidator(_sender)] | None = None


class InstitutionRead(Output):
    """What everybody may know, also before a login: for the login page, forms, and the words of a consent."""

    name: str
    languages: list[Language]
    password_min_length: int
    evidence_days: int
    evidence_days_unreleased: int
