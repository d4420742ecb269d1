"""Password hashes and signed tokens."""

import asyncio
import hashlib
import secrets
import unicodedata
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import jwt
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Unauthenticated

ISSUER = "360proctor"
ALGORITHM = "HS256"
API_AUDIENCE = "proctor-api"
LONGEST_TOKEN = 4096
SHORTEST_KEY = 32
REQUIRED_CLAIMS = ["iss", "aud", "typ", "jti", "exp", "iat", "sub"]

PASSWORD_HASH = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
"""Argon2id at 32 ms and 19 MiB: 52 logins a second on two cores, where the library's own choice gives 7."""

_HASHING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""Two at a time: a login storm must take neither all cores nor 19 MiB for each waiting student."""


T = TypeVar("T")


class TokenKind(StrEnum):
    """What a signed token is for; each kind has its own `typ` and its own audiences."""

    ACCESS = "access"
    TICKET = "ws"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says."""

    user_id: int
    token_version: int
    token_id: uuid.UUID
    login: uuid.UUID | None = None
    """The login (family of refresh tokens) it belongs to; with it the token ends."""


def normalise_password(password: str) -> str:
    """NFKC, because Bangla and accented letters have twin encodings and keyboards differ in which they send."""
    return unicodedata.normalize("NFKC", password)


async def hash_password(password: str) -> str:
    """The argon2id hash, made in a thread."""
    return await _in_thread(PASSWORD_HASH.hash, normalise_password(password))


async def verify_password(password: str, hashed: str | None) -> tuple[bool, str | None]:
    """Whether it fits, and a new hash if the old one was made with other costs.

    `hashed` is None for an unknown account: the same work is done, so that the time tells nothing (T24).
    """
    return await _in_thread(_verify, normalise_password(password), hashed)


def new_secret() -> tuple[str, str]:
    """An opaque random token and what to store of it."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> str:
    """What is stored of an opaque token; it is random, so no salt and no slow hash are needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def issue_token(
    settings: Settings,
    *,
    kind: TokenKind,
    audience: str,
    user_id: int,
    token_version: int,
    login: uuid.UUID | None = None,
) -> tuple[str, Claims, int]:
    """A signed token, what it says, and its life in seconds."""
    key_id, key = next(iter(_keys(settings).items()))
    seconds = _longest_life(settings, kind)
    issued = int(now().timestamp())
    claims = Claims(user_id=user_id, token_version=token_version, token_id=uuid.uuid4(), login=login)
    payload = {
        "iss": ISSUER,
        "aud": audience,
        "typ": kind.value,
        "jti": str(claims.token_id),
        "iat": issued,
        "exp": issued + seconds,
        "sub": str(user_id),
        "ver": token_version,
    }
    if login is not None:
        payload["sid"] = str(login)
    return jwt.encode(payload, key, algorithm=ALGORITHM, headers={"kid": key_id}), claims, seconds


def read_token(settings: Settings, token: str, *, kind: TokenKind, audience: str) -> Claims:
    """What the token says, or Unauthenticated: `token_expired`, or `token_invalid` for everything else."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise Unauthenticated("token_invalid")
    try:
        header = jwt.get_unverified_header(token)
        key = _keys(settings)[str(header.get("kid"))]
        payload = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            # Times are checked below by our own clock, which does not jump when the machine's is set.
            options={
                "require": REQUIRED_CLAIMS,
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        return _checked(payload, kind, longest_life=_longest_life(settings, kind))
    except jwt.ExpiredSignatureError as error:
        raise Unauthenticated("token_expired") from error
    except (jwt.InvalidTokenError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise Unauthenticated("token_invalid") from error


def check_key(key: str) -> None:
    """ValueError for a key that can be guessed: HS256 falls to whoever knows it."""
    if len(key.encode()) < SHORTEST_KEY:
        raise ValueError(f"SECRET_KEY is shorter than {SHORTEST_KEY} bytes")


def _checked(payload: dict[str, Any], kind: TokenKind, *, longest_life: int) -> Claims:
    """The claims PyJWT leaves to us: kind, whole-number times (it takes strings) and a life no longer than issued."""
    issued, expires, version, subject = (payload.get(name) for name in ("iat", "exp", "ver", "sub"))
    if payload["typ"] != kind.value or type(issued) is not int or type(expires) is not int or type(version) is not int:
        raise ValueError("typ, iat, exp or ver")
    at = now()
    if expires - issued > longest_life or expires > (at + timedelta(seconds=longest_life)).timestamp():
        raise ValueError("life")
    if issued > at.timestamp() + 1 or payload.get("nbf", issued) > at.timestamp():
        raise ValueError("not yet")
    if expires <= at.timestamp():
        raise jwt.ExpiredSignatureError
    if not isinstance(subject, str) or not (subject.isascii() and subject.isdigit() and len(subject) <= 10):
        raise ValueError("sub")
    login = uuid.UUID(payload["sid"]) if "sid" in payload else None
    return Claims(user_id=int(subject), token_version=version, token_id=uuid.UUID(payload["jti"]), login=login)


def _longest_life(settings: Settings, kind: TokenKind) -> int:
    return settings.ACCESS_TOKEN_MINUTES * 60 if kind is TokenKind.ACCESS else settings.TICKET_SECONDS


def _keys(settings: Settings) -> dict[str, str]:
    """Keys by `kid`; the first signs, the one before it is still accepted while a rotation lasts."""
    previous = settings.PREVIOUS_SECRET_KEY
    keys = [settings.secret_key] + ([previous.get_secret_value()] if previous else [])
    for key in keys:
        check_key(key)
    return {_key_id(key): key for key in keys}


@cache
def _key_id(key: str) -> str:
    return hashlib.sha256(b"kid:" + key.encode()).hexdigest()[:16]


@cache
def _hash_of_nobody() -> str:
    return PASSWORD_HASH.hash(secrets.token_urlsafe(32))


def _verify(password: str, hashed: str | None) -> tuple[bool, str | None]:
    of_nobody = _hash_of_nobody()
    try:
        fits, better = PASSWORD_HASH.verify_and_update(password, hashed or of_nobody)
    except UnknownHashError:
        return False, None
    return (fits, better) if hashed else (False, None)


async def _in_thread(function: Callable[..., T], *arguments: str | None) -> T:
    return await asyncio.get_running_loop().run_in_executor(_HASHING, function, *arguments)
