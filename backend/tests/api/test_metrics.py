"""Who may read a server's numbers, and that two servers in one process keep theirs apart."""

import httpx2
import pytest
from fastapi import FastAPI

from app.core.config import Settings
from app.main import create_app


async def test_this_machine_may_read_them(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "proctor_frames_total" in answer.text


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        pytest.param("203.0.113.9", {}, id="elsewhere"),
        pytest.param("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, id="through a proxy"),
        pytest.param("127.0.0.1", {"Host": "proctor.example.org"}, id="by a public name"),
    ],
)
async def test_nobody_else_learns_that_they_exist(app: FastAPI, peer: str, headers: dict[str, str]) -> None:
    transport = httpx2.ASGITransport(app=app, client=(peer, 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_each_app_has_numbers_of_its_own(settings: Settings) -> None:
    assert create_app(settings).state.metrics is not create_app(settings).state.metrics
