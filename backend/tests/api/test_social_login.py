"""Logging in at an OpenID Connect provider, a real one on loopback."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.core.config import Settings
from app.db.models import ExternalIdentity, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from tests.builders import PASSWORD, make_user
from tests.identity_provider import CLIENT, SECRET, Provider, agree, provider_open, some_key

SOCIAL = "/api/v1/auth/social-login"


@pytest.fixture
async def provider(settings: Settings) -> AsyncIterator[Provider]:
    """The provider, and settings that name it."""
    async with provider_open() as provider:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.issuer, CLIENT
        settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = SecretStr(SECRET), "The School"
        yield provider


async def come_back(client: httpx2.AsyncClient, **change: str) -> httpx2.Response:
    """A whole login, as the web app does it."""
    begun = (await client.post(SOCIAL, json={"provider": "school"})).json()
    brought = await agree(begun["authorization_url"])
    assert brought["state"] == begun["state"]
    return await client.post(SOCIAL, json=brought | {"browser_secret": begun["browser_secret"]} | change)


async def test_not_configured_is_501(client: httpx2.AsyncClient) -> None:
    for body in ({}, {"provider": "google"}, {"provider": "google", "token": "ya29.x"}):
        answer = await client.post(SOCIAL, json=body)
        assert (answer.status_code, answer.json()["code"]) == (501, "social_login_off")
    assert (await client.get(SOCIAL)).json() == {"enabled": False, "name": ""}


async def test_a_stranger_becomes_a_student_and_comes_back_as_the_same(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    assert (await client.get(SOCIAL)).json() == {"enabled": True, "name": "The School"}
    first = (await come_back(client)).json()
    assert (first["user"]["email"], first["user"]["role"]) == ("karim@school.example.org", "student")
    assert first["user"]["full_name"] == "করিম"
    me = await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {first['access_token']}"})
    assert me.json()["id"] == first["user"]["id"]
    provider.person["email"] = "karim.new@school.example.org"  # the person stays the same when the address changes
    again = (await come_back(client)).json()
    assert again["user"]["id"] == first["user"]["id"]
    assert provider.asked_for_keys == 1


async def test_linking_an_account_kills_the_password_that_a_stranger_may_have_set(
    client: httpx2.AsyncClient, provider: Provider, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        user = await make_user(db, email=provider.person["email"])
    credentials = {"email": user.email, "password": PASSWORD}
    stranger = (await client.post("/api/v1/auth/login", json=credentials)).json()
    assert (await come_back(client)).json()["user"]["id"] == user.id
    assert (await client.post("/api/v1/auth/login", json=credentials)).status_code == 401
    me = await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {stranger['access_token']}"})
    assert me.status_code == 401


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"role": Role.ADMIN}, "account_not_linked"),
        ({"is_demo": True}, "account_not_linked"),
        ({"is_active": False}, "login_failed"),
    ],
)
async def test_some_accounts_are_not_taken_over(
    client: httpx2.AsyncClient, provider: Provider, sessions: Sessions, fields: dict[str, Any], code: str
) -> None:
    async with unit_of_work(sessions) as db:
        await make_user(db, **{"email": provider.person["email"]} | fields)
    assert (await come_back(client)).json()["code"] == code
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(ExternalIdentity)) == 0


async def test_unknown_people_stay_out_where_accounts_are_made_by_hand(
    client: httpx2.AsyncClient, provider: Provider, settings: Settings, sessions: Sessions
) -> None:
    settings.OIDC_CREATE_ACCOUNTS = False
    assert (await come_back(client)).json()["code"] == "account_not_linked"
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, "provider_refused"),
        ({"aud": "somebody else"}, "provider_refused"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "provider_refused"),
        ({"iss": "https://elsewhere.example.org"}, "provider_refused"),
        ({"exp": 1}, "provider_refused"),
        ({"exp": "never"}, "provider_refused"),
        ({"iat": 9_999_999_999}, "provider_refused"),
        ({"sub": 5}, "provider_refused"),
        ({"sub": ""}, "provider_refused"),
        ({"email_verified": False}, "provider_email_unproven"),
        ({"email_verified": "true"}, "provider_email_unproven"),
        ({"email": None}, "provider_email_unproven"),
        ({"email": "a@x.org\r\nBcc: b@x.org"}, "provider_email_unproven"),
    ],
)
async def test_a_token_that_says_something_else_is_refused(
    client: httpx2.AsyncClient, provider: Provider, claims: dict[str, Any], code: str
) -> None:
    provider.claims = claims
    answer = await come_back(client)
    assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_only_the_providers_own_signature_counts(client: httpx2.AsyncClient, provider: Provider) -> None:
    provider.signs_with = some_key(1)
    assert (await come_back(client)).json()["code"] == "provider_refused"
    provider.signs_with, provider.algorithm = None, "none"
    assert (await come_back(client)).json()["code"] == "provider_refused"
    provider.signs_with, provider.algorithm = "a secret of thirty-two bytes or more!", "HS256"
    assert (await come_back(client)).json()["code"] == "provider_refused"


async def test_a_login_is_ended_once_and_by_the_browser_that_began_it(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    assert (await come_back(client, browser_secret="somebody else's")).json()["code"] == "provider_login_unknown"
    assert (await come_back(client, state="made up")).json()["code"] == "provider_login_unknown"
    assert (await come_back(client, code="made up")).json()["code"] == "provider_refused"
    begun = (await client.post(SOCIAL, json={})).json()
    brought = await agree(begun["authorization_url"])
    ending = brought | {"browser_secret": begun["browser_secret"]}
    assert (await client.post(SOCIAL, json=ending)).status_code == 200
    again = await client.post(SOCIAL, json=ending)
    assert (again.status_code, again.json()["code"]) == (401, "provider_login_unknown")
    assert provider.issuer in begun["authorization_url"]


@pytest.mark.parametrize(
    "body", [{"code": "x"}, {"code": "x", "state": "y"}, {"code": "", "state": "", "browser_secret": ""}]
)
async def test_half_a_login_is_422(client: httpx2.AsyncClient, provider: Provider, body: dict[str, str]) -> None:
    assert (await client.post(SOCIAL, json=body)).status_code == 422
    foreign = await client.post(SOCIAL, json={"provider": "google", "token": "ya29.x"})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "social_login_token")
    assert provider.asked_for_keys == 0


async def test_a_provider_that_is_away_or_strange_is_502(client: httpx2.AsyncClient, settings: Settings) -> None:
    async with provider_open() as provider:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.issuer, CLIENT
        real, provider.issuer = provider.issuer, "https://elsewhere.example.org"
        assert (await client.post(SOCIAL, json={})).json()["code"] == "provider_failed"
        settings.OIDC_ISSUER = "http://exams.example.org"  # no plain http to other machines
        assert (await client.post(SOCIAL, json={})).json()["code"] == "provider_failed"
        settings.OIDC_ISSUER = real
    answer = await client.post(SOCIAL, json={})
    assert (answer.status_code, answer.json()["code"]) == (502, "provider_failed")
