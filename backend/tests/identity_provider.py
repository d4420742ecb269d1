"""A small OpenID Connect provider on loopback: discovery, authorization with PKCE, token, keys."""

import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.core.clock import now
from tests.serving import served

CLIENT = "exam-server"
SECRET = "a shared secret of the two"


@cache
def some_key(number: int = 0) -> rsa.RSAPrivateKey:
    """A key; the same for the same number, since each takes a while to make."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """Who is logged in there, and what it says of them; tests bend `claims`, `key` and `algorithm`."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "person-1",
            "email": "karim@school.example.org",
            "email_verified": True,
            "name": "করিম",
        }
        self.claims: dict[str, Any] = {}
        self.key: Any = some_key()
        self.signs_with: Any = self.key
        self.algorithm = "RS256"
        self.issuer = ""
        self.asked_for_keys = 0
        self._codes: dict[str, dict[str, str]] = {}

    def app(self) -> Starlette:
        """Its routes."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
            ]
        )

    async def discovery(self, _request: Request) -> Response:
        """Where everything is."""
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def authorize(self, request: Request) -> Response:
        """The person agrees at once."""
        query = dict(request.query_params)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}", 302)

    async def token(self, request: Request) -> Response:
        """The code, once, for whoever knows its verifier."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = self._codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or asked["code_challenge"] != challenge.decode()
            or asked["redirect_uri"] != form["redirect_uri"]
            or (form["client_id"], form["client_secret"]) != (CLIENT, SECRET)
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        at = int(now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": asked["nonce"]}
        token = jwt.encode(
            claims | self.person | self.claims, self.signs_with, algorithm=self.algorithm, headers={"kid": "key-1"}
        )
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

    async def keys(self, _request: Request) -> Response:
        """Its public key."""
        self.asked_for_keys += 1
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return JSONResponse({"keys": [public | {"kid": "key-1", "use": "sig", "alg": "RS256"}]})


async def agree(authorization_url: str) -> dict[str, str]:
    """What a browser brings back after the person has agreed: code and state."""
    async with httpx2.AsyncClient() as browser:
        sent = await browser.get(authorization_url)
    assert sent.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}


@contextlib.asynccontextmanager
async def provider_open() -> AsyncIterator[Provider]:
    """While inside, the provider answers."""
    provider = Provider()
    async with served(provider.app()) as provider.issuer:
        yield provider
