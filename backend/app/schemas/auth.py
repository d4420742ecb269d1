"""Ways in: login, refresh, log-out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from app.schemas.base import Flag, Input, Output, storable
from app.schemas.users import LONGEST_EMAIL, Password, UserRead, normalise_email

LoginName = Annotated[str, Field(min_length=1, max_length=LONGEST_EMAIL), AfterValidator(storable)]
RefreshSecret = Annotated[str, Field(min_length=1, max_length=200)]


def _normalised(value: object) -> object:
    return normalise_email(value) if isinstance(value, str) else value


class Credentials(Input):
    """E-mail and password; any text is taken as an e-mail, so that a wrong one is just a wrong login."""

    email: Annotated[LoginName, BeforeValidator(_normalised)]
    password: Password


class RefreshRequest(Input):
    """The refresh token to trade in."""

    refresh_token: RefreshSecret


class LogoutRequest(Input):
    """Which login ends: the one of this refresh token, or all of them."""

    refresh_token: RefreshSecret | None = None
    everywhere: Flag = False


class Tokens(Output):
    """A login. The access token is short-lived; the refresh token is good once."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a word of OAuth, no secret
    expires_in: int
    """Seconds."""
    user: UserRead


class Done(Output):
    """It is done."""

    ok: bool = True
