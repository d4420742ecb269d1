"""People, as they come in and go out."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, EmailStr, Field

from app.domain.roles import Language, Role
from app.schemas.base import Flag, Input, Line, Output

LONGEST_EMAIL = 320
LONGEST_PASSWORD = 1024


def normalise_email(value: str) -> str:
    """NFKC and lower case: `A@x.org` and `a@x.org` are one person."""
    return unicodedata.normalize("NFKC", value).strip().lower()


def _address_alone(value: Any) -> Any:
    """Just the address; `Name <a@b.org>` is read by pydantic too, but is no login."""
    if isinstance(value, str) and ("<" in value or len(value) > LONGEST_EMAIL):
        raise ValueError("must be an e-mail address")
    return value


Email = Annotated[EmailStr, BeforeValidator(_address_alone), AfterValidator(normalise_email)]
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
    password: Password | None = None
    current_password: Password | None = None
