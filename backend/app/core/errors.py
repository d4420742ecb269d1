"""Errors that carry their HTTP status and a stable code; texts in `locales/*/errors.json` are found by the code."""

from collections.abc import Awaitable, Callable


class ProctorError(Exception):
    """Something the caller did or asked that cannot be. `params` fill the text's placeholders; no personal data."""

    status = 400
    code = "bad_request"

    def __init__(self, code: str | None = None, **params: str | int | float) -> None:
        self.code = code or self.code
        self.params = params
        super().__init__(self.code)


class Unauthenticated(ProctorError):
    """Nobody we know, or no longer."""

    status = 401
    code = "not_authenticated"


class LoginRefused(Unauthenticated):
    """A login that failed. `afterwards` is done when the answer is out, so that its time does not tell why (T24)."""

    code = "login_failed"

    def __init__(self, afterwards: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self.afterwards = afterwards


class Forbidden(ProctorError):
    """Known, but not allowed."""

    status = 403
    code = "forbidden"


class Missing(ProctorError):
    """Not there, or not yours: worded alike on purpose."""

    status = 404
    code = "not_found"


class Conflict(ProctorError):
    """The thing is not in a state that allows this."""

    status = 409
    code = "conflict"


class Invalid(ProctorError):
    """Well-formed, but wrong."""

    status = 422
    code = "invalid"


class TooMany(ProctorError):
    """Too fast or too much."""

    status = 429
    code = "too_many_requests"


class Unavailable(ProctorError):
    """Try again later; something we depend on is away."""

    status = 503
    code = "unavailable"


class NotOffered(ProctorError):
    """This installation has not been set up for it."""

    status = 501
    code = "not_offered"


class BadGateway(ProctorError):
    """Somebody else's server, which we asked, did not answer as it should."""

    status = 502
    code = "provider_failed"
