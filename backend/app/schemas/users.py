"""People, as they come in and go out."""

import unicodedata
from datetime import datetime
from typing import Annotated
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, AliasChoices, Field

from app.domain.roles import Language, Role
from app.schemas.base import Flag, Input, Line, Output

LONGEST_EMAIL = 320
LONGEST_PASSWORD = 1024


def normalise_email(value: str) -> str:
    """NFKC and lower case: `A@x.org` and `a@x.org` are one person."""
    return unicodedata.normalize("NFKC", value).strip().lower()


def _address(value: str) -> str:
    """A plain address with a dot in its domain; `.test` too, for rehearsals without real people."""
    try:
        found = validate_email(value.strip(), check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        raise ValueError("must be an e-mail address") from error
    if "." not in found.domain:
        raise ValueError("must be an e-mail address")
    return normalise_email(found.normalized)


Email = Annotated[str, Field(max_length=LONGEST_EMAIL, json_schema_extra={"format": "email"}), AfterValidator(_address)]
Password = Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD)]
"""As typed: neither stripped nor cut. What may be chosen decides `core/passwords.py`."""


class UserRead(Output):
    """A person, to themselves and to administrators."""

    id: int
    email: str
    full_name: str
    is_active: bool
    role: Role
    preferred_language: Language
    must_change_password: bool
    mail_digest: bool
    created_at: datetime
    updated_at: datetime


class Registration(Input):
    """Who wants an account. `role` is taken only to refuse everything but student."""

    email: Email
    password: Password
    full_name: Line
    role: Role | None = None
    preferred_language: Language = Language.ENGLISH


class UserCreate(Input):
    """An account made by an administrator."""

    email: Email
    password: Password
    full_name: Line
    role: Role = Role.STUDENT
    preferred_language: Language = Language.ENGLISH
    is_active: Flag = True
    must_change_password: Flag = False


class UserUpdate(Input):
    """What an administrator changes; fields left out stay."""

    email: Email | None = None
    password: Password | None = None
    full_name: Line | None = None
    role: Role | None = None
    preferred_language: Language | None = None
    is_active: Flag | None = None
    must_change_password: Flag | None = None


class OwnUpdate(Input):
    """What people change about themselves; never the role. E-mail and password need the current password."""

    email: Email | None = None
    full_name: Line | None = None
    preferred_language: Language | None = None
    mail_digest: Flag | None = None
    password: Password | None = None
    current_password: Password | None = None


class PasswordChange(Input):
    """A new password, against the current one. `password` is understood for `new_password`."""

    current_password: Password
    new_password: Password = Field(validation_alias=AliasChoices("new_password", "password"))


class OneTimePassword(Output):
    """A password that must be changed at the next login; shown this once and stored nowhere."""

    temporary_password: str
    expires_at: datetime


class UserStatistics(Output):
    """How many accounts there are."""

    total_users: int
    active_users: int
    inactive_users: int
    users_by_role: dict[Role, int]
    new_users_30_days: int
    logged_in_24_hours: int
    """Who logged in within the last day."""


class ActivityRead(Output):
    """One deed of the audit log."""

    id: int
    actor_id: int | None
    action: str
    subject: str
    detail: dict[str, str | int | float | bool | None]
    timestamp: datetime


class LoginRead(Output):
    """One login that may still be renewed: a browser, or a program."""

    id: UUID
    began_at: datetime
    renewed_at: datetime
    expires_at: datetime


class ErasureRequest(Input):
    """The person's e-mail once more: it must be this one."""

    email: Email


class ErasureDone(Output):
    """What is gone for good."""

    exam_sessions: int
    files: int
