"""Tokens: table J of reliability.md, each forgery made by hand."""

import base64
import hashlib
import hmac
import json
import stat
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from app.core.clock import now
from app.core.config import Settings
from app.core.errors import Unauthenticated
from app.core.security import API_AUDIENCE, ISSUER, TokenKind, issue_token, read_token

Forgery = Callable[["Forger"], str]


class Forger:
    """Somebody who knows the key, so that each test breaks exactly one thing."""

    def __init__(self, settings: Settings) -> None:
        self.key = settings.secret_key
        good, _, _ = issue_token(settings, kind=TokenKind.ACCESS, audience=API_AUDIENCE, user_id=7, token_version=0)
        self.good = good
        self.header = jwt.get_unverified_header(good)
        self.payload: dict[str, Any] = jwt.decode(good, self.key, algorithms=["HS256"], audience=API_AUDIENCE)
        self.at = int(now().timestamp())

    def make(
        self, header: dict[str, Any] | None = None, *, key: str | None = None, raw: str = "", **claims: Any
    ) -> str:
        """A token with some header fields and claims changed; a claim of `None` is left out."""
        payload = {name: value for name, value in {**self.payload, **claims}.items() if value is not None}
        text = raw or json.dumps(payload)
        parts = [_encoded(json.dumps({**self.header, **(header or {})})), _encoded(text)]
        return self.signed(parts, key=self.key if key is None else key)

    def signed(self, parts: list[str], *, key: str, digest: str = "sha256") -> str:
        """The parts with their HMAC."""
        mac = hmac.new(key.encode(), ".".join(parts).encode(), getattr(hashlib, digest)).digest()
        return ".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=").decode()])

    def hs512(self) -> str:
        """Signed properly, but by an algorithm that is not ours."""
        parts = [_encoded(json.dumps({**self.header, "alg": "HS512"})), _encoded(json.dumps(self.payload))]
        return self.signed(parts, key=self.key, digest="sha512")


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


FORGERIES: dict[str, Forgery] = {
    "J01 none": lambda f: f.make({"alg": "none"}).rsplit(".", 1)[0] + ".",
    "J01 nOnE": lambda f: f.make({"alg": "nOnE"}),
    "J02 HS512": lambda f: f.hs512(),
    "J03 crit": lambda f: f.make({"crit": ["exp"], "exp": 1}),
    "J04 b64": lambda f: f.make({"b64": False, "crit": ["b64"]}),
    "J05 not yet": lambda f: f.make(nbf=f.at + 60),
    "J05 issued later": lambda f: f.make(iat=f.at + 60, exp=f.at + 120),
    "J06 no exp": lambda f: f.make(exp=None),
    "J06 no iat": lambda f: f.make(iat=None),
    "J06 no sub": lambda f: f.make(sub=None),
    "J06 no jti": lambda f: f.make(jti=None),
    "J06 no typ": lambda f: f.make(typ=None),
    "J06 no version": lambda f: f.make(ver=None),
    "J07 exp NaN": lambda f: f.make(exp=float("nan")),
    "J07 exp Infinity": lambda f: f.make(exp=float("inf")),
    "J07 exp list": lambda f: f.make(exp=[f.at + 60]),
    "J07 exp bool": lambda f: f.make(exp=True),
    "J08 wrong audience": lambda f: f.make(aud="proctor-ws"),
    "J08 list of audiences": lambda f: f.make(aud=[API_AUDIENCE, "other"]),
    "J08 wrong issuer": lambda f: f.make(iss="somebody"),
    "J09 integer sub": lambda f: f.make(sub=7),
    "J09 sub in Bangla digits": lambda f: f.make(sub="৭"),
    "J10 integer kid": lambda f: f.make({"kid": 1}),
    "J10 unknown kid": lambda f: f.make({"kid": "0" * 16}),
    "J11 empty key": lambda f: f.make(key=""),
    "J12 two parts": lambda f: f.good.rsplit(".", 1)[0],
    "J12 four parts": lambda f: f.good + ".x",
    "J12 newline": lambda f: f.good + "\n",
    "J13 list payload": lambda f: f.make(raw="[]"),
    "J14 exp text": lambda f: f.make(exp=str(f.at + 60)),
    "J14 exp fraction": lambda f: f.make(exp=f.at + 60.5),
    "J15 exp 10^30": lambda f: f.make(exp=10**30),
    "J15 a day": lambda f: f.make(exp=f.at + 86_400),
    "J15 issued long ago, long life": lambda f: f.make(iat=f.at - 86_000, exp=f.at + 400),
    "J16 1 MB": lambda f: f.make(padding="x" * 1_000_000),
    "J20 ticket as access token": lambda f: f.make(typ="ws"),
    "jti no uuid": lambda f: f.make(jti="1"),
    "not ASCII": lambda f: f.good + "৭",
    "empty": lambda f: "",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_refused(settings: Settings, forgery: Forgery) -> None:
    with pytest.raises(Unauthenticated) as refused:
        read_token(settings, forgery(Forger(settings)), kind=TokenKind.ACCESS, audience=API_AUDIENCE)
    assert refused.value.code == "token_invalid"


def test_j05_an_expired_token_says_so(settings: Settings) -> None:
    forger = Forger(settings)
    expired = forger.make(iat=forger.at - 600, exp=forger.at - 1)
    with pytest.raises(Unauthenticated) as refused:
        read_token(settings, expired, kind=TokenKind.ACCESS, audience=API_AUDIENCE)
    assert refused.value.code == "token_expired"


def test_j18_a_key_location_in_the_header_is_ignored(settings: Settings) -> None:
    forger = Forger(settings)
    claims = read_token(
        settings, forger.make({"jku": "http://evil.example"}), kind=TokenKind.ACCESS, audience=API_AUDIENCE
    )
    assert claims.user_id == 7


def test_j19_a_short_key_signs_nothing(settings: Settings) -> None:
    settings.SECRET_KEY = SecretStr("short")
    with pytest.raises(ValueError, match="SECRET_KEY"):
        issue_token(settings, kind=TokenKind.ACCESS, audience=API_AUDIENCE, user_id=7, token_version=0)


def test_j20_each_kind_and_audience_is_apart(settings: Settings) -> None:
    ticket, _, seconds = issue_token(settings, kind=TokenKind.TICKET, audience="student:5", user_id=7, token_version=0)
    assert seconds == 60
    assert read_token(settings, ticket, kind=TokenKind.TICKET, audience="student:5").user_id == 7
    for kind, audience in (
        (TokenKind.ACCESS, API_AUDIENCE),
        (TokenKind.ACCESS, "student:5"),
        (TokenKind.TICKET, "student:6"),
        (TokenKind.TICKET, "live:5"),
    ):
        with pytest.raises(Unauthenticated):
            read_token(settings, ticket, kind=kind, audience=audience)


def test_j23_the_key_before_a_rotation_is_accepted_until_it_is_taken_away(settings: Settings) -> None:
    token, _, _ = issue_token(settings, kind=TokenKind.ACCESS, audience=API_AUDIENCE, user_id=7, token_version=0)
    key = "another-key-9a8b7c6d5e4f30211203f4e5d6c7b8a9"
    rotated = settings.model_copy(update={"SECRET_KEY": SecretStr(key), "PREVIOUS_SECRET_KEY": settings.SECRET_KEY})
    del rotated.__dict__["secret_key"]  # model_copy takes the cached one along
    assert read_token(rotated, token, kind=TokenKind.ACCESS, audience=API_AUDIENCE).user_id == 7
    rotated.PREVIOUS_SECRET_KEY = None
    with pytest.raises(Unauthenticated):
        read_token(rotated, token, kind=TokenKind.ACCESS, audience=API_AUDIENCE)


def test_what_a_good_token_holds(settings: Settings) -> None:
    payload = Forger(settings).payload
    assert payload["iss"] == ISSUER
    assert set(payload) == {"iss", "aud", "typ", "jti", "iat", "exp", "sub", "ver"}
    assert uuid.UUID(payload["jti"])


def test_servers_started_together_agree_on_one_key(tmp_path: Path) -> None:
    together = [Settings(_env_file=None, SECRET_KEY=None, VAR_DIR=tmp_path) for _ in range(16)]
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda settings: settings.secret_key, together))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
