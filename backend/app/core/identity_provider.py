"""An OpenID Connect provider: where to send a browser, and who comes back with a code (PKCE, nonce, signed token)."""

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import jwt

from app.core.clock import monotonic, now
from app.core.config import Settings
from app.core.errors import BadGateway, NotOffered, Unauthenticated

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures by a key we can look up; never HS256, never none."""
PATIENCE_S = 10.0
LARGEST_ANSWER = 256 * 1024
REMEMBERED_S = 600.0
"""How long the provider's addresses and keys are kept."""
LEEWAY_S = 60
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the provider says."""

    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What is kept of a login until the browser comes back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


class IdentityProvider:
    """The provider of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: Mapping[str, Any] = {}
        self._keys: jwt.PyJWKSet | None = None
        self._read_at = float("-inf")
        self._turn = asyncio.Lock()

    @property
    def enabled(self) -> bool:
        """Whether a provider is configured."""
        return bool(self._settings.OIDC_ISSUER and self._settings.OIDC_CLIENT_ID)

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to; registered there."""
        return f"{self._settings.PUBLIC_URL.rstrip('/')}/login/callback"

    async def begin(self) -> Begun:
        """A new login. NotOffered, BadGateway."""
        known = await self._discovered()
        verifier = secrets.token_urlsafe(64)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        query = {
            "response_type": "code",
            "client_id": self._settings.OIDC_CLIENT_ID,
            "redirect_uri": self.redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = known["authorization_endpoint"]
        joined = f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
        return Begun(joined, state, nonce, verifier)

    async def finish(self, code: str, *, nonce: str, code_verifier: str) -> Identity:
        """Who the code stands for. Unauthenticated `provider_refused`, BadGateway, NotOffered."""
        known = await self._discovered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self._settings.OIDC_CLIENT_ID,
            "code_verifier": code_verifier,
        }
        secret = self._settings.OIDC_CLIENT_SECRET
        if secret is not None:
            form["client_secret"] = secret.get_secret_value()
        answer = await self._asked("POST", known["token_endpoint"], data=form, refused="provider_refused")
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise BadGateway
        return self._identity(await self._claims(token), nonce=nonce)

    async def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid", "")))
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._settings.OIDC_CLIENT_ID,
                issuer=self._settings.OIDC_ISSUER,
                options={"require": ["iss", "aud", "sub", "exp", "iat"], "verify_exp": False, "verify_iat": False},
            )
        except (jwt.InvalidTokenError, jwt.PyJWKSetError, ValueError, TypeError) as error:
            raise Unauthenticated("provider_refused") from error
        at = now().timestamp()
        if type(claims["exp"]) not in (int, float) or claims["exp"] <= at - LEEWAY_S or claims["iat"] > at + LEEWAY_S:
            raise Unauthenticated("provider_refused")
        return claims

    def _identity(self, claims: Mapping[str, Any], *, nonce: str) -> Identity:
        """What the claims say, if they are meant for us and for this login, and the address is proven."""
        others = claims["aud"] if isinstance(claims["aud"], list) else []
        if len(others) > 1 and claims.get("azp") != self._settings.OIDC_CLIENT_ID:
            raise Unauthenticated("provider_refused")
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise Unauthenticated("provider_refused")
        email, subject = claims.get("email"), claims["sub"]
        if claims.get("email_verified") is not True or not isinstance(email, str):
            raise Unauthenticated("provider_email_unproven")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise Unauthenticated("provider_refused")
        name = claims.get("name")
        return Identity(str(claims["iss"]), subject, email, name if isinstance(name, str) else "")

    async def _discovered(self) -> Mapping[str, Any]:
        if not self.enabled:
            raise NotOffered("social_login_off")
        async with self._turn:
            if monotonic() - self._read_at > REMEMBERED_S:
                await self._read()
        return self._known

    async def _read(self) -> None:
        """The provider's addresses and keys. BadGateway where they are not as they must be."""
        issuer = str(self._settings.OIDC_ISSUER)
        known = await self._asked("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if known.get("issuer") != issuer:
            raise BadGateway
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self._check_address(known.get(name))
        keys = await self._asked("GET", known["jwks_uri"])
        try:
            self._keys = jwt.PyJWKSet.from_dict(dict(keys))
        except (jwt.PyJWKSetError, jwt.PyJWKError, ValueError, TypeError) as error:
            raise BadGateway from error
        self._known, self._read_at = known, monotonic()

    async def _key(self, key_id: str) -> jwt.PyJWK:
        """The provider's key of this name; asked for again once where it is new. ValueError."""
        for again in (False, True):
            async with self._turn:
                if again and monotonic() - self._read_at > 1.0:
                    await self._read()
                found = [one for one in (self._keys.keys if self._keys else []) if one.key_id == key_id]
            usable = [one for one in found if one.public_key_use in (None, "sig")]
            if usable:
                return usable[0]
        raise ValueError("kid")

    def _check_address(self, address: object) -> None:
        """Only https; plain http only to this machine and not in production."""
        parts = urlsplit(address) if isinstance(address, str) else None
        local = parts is not None and parts.hostname in LOCAL and not self._settings.production
        if parts is None or not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise BadGateway

    async def _asked(
        self, method: str, address: str, *, data: Mapping[str, str] | None = None, refused: str | None = None
    ) -> Mapping[str, Any]:
        self._check_address(address)
        try:
            async with (
                httpx2.AsyncClient(timeout=PATIENCE_S, follow_redirects=False, trust_env=False) as client,
                client.stream(method, address, data=data, headers={"Accept": "application/json"}) as answer,
            ):
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise BadGateway
            if refused is not None and 400 <= answer.status_code < 500:
                raise Unauthenticated(refused)
            if answer.status_code != 200:
                raise BadGateway
            parsed = json.loads(body)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError) as error:
            raise BadGateway from error
        if not isinstance(parsed, dict):
            raise BadGateway
        return parsed
