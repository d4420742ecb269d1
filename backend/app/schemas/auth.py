"""Ways in: login, refresh, log-out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator

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


class ForgotPassword(Input):
    """Whose password is to be replaced; any text, so that nothing is told apart."""

    email: Annotated[LoginName, BeforeValidator(_normalised)]


class ResetPassword(Input):
    """The secret of a mailed link, and the password to have from now on (`password` is understood too)."""

    token: RefreshSecret
    new_password: Password = Field(validation_alias=AliasChoices("new_password", "password"))


class SocialLogin(Input):
    """Begin (nothing but, perhaps, a `provider`), or end (`code`, `state` and `browser_secret`) a provider's login.

    `token`, a provider's token for another app, is known only to be refused: nobody can tell whom it was made for.
    """

    token: Annotated[str, Field(max_length=8192), AfterValidator(storable)] | None = None
    provider: Annotated[str, Field(max_length=50)] | None = None
    code: Annotated[str, Field(min_length=1, max_length=2048), AfterValidator(storable)] | None = None
    state: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(storable)] | None = None
    browser_secret: RefreshSecret | None = None

    @model_validator(mode="after")
    def _all_or_none(self) -> "SocialLogin":
        if len({part is None for part in (self.code, self.state, self.browser_secret)}) > 1:
            raise ValueError("code, state and browser_secret belong together")
        return self


class SocialLoginBegun(Output):
    """Where to send the browser. It keeps `browser_secret` to itself and gives it back with code and state."""

    authorization_url: str
    state: str
    browser_secret: str
    expires_in: int
    """Seconds."""


class SocialLoginOffer(Output):
    """Whether people can log in at a provider, and what the button says."""

    enabled: bool
    name: str
