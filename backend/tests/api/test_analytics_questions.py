"""Questions to the analytics that make no sense."""

import httpx2
import pytest

ANALYTICS = "/api/v1/analytics"


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2026-03-01T00:00:00",
        "since=2026-03-01T00:00:00Z&until=2026-03-01T00:00:00Z",
        "since=2001-01-01T00:00:00Z",
        "days=0",
        "exam_id=1e3",
        "tz=Mars/Olympus",
        "tz=../../etc/passwd",
        "tz=Asia",
        "tz=",
        "course=%00",
        "interval=fortnight",
        "days=3000",
    ],
)
async def test_odd_questions_are_422(teacher_client: httpx2.AsyncClient, query: str) -> None:
    assert (await teacher_client.get(f"{ANALYTICS}/violations/trends?{query}")).status_code == 422


@pytest.mark.parametrize("query", ["format=exe", "report=secrets", "format=csv&report="])
async def test_odd_exports_are_422(teacher_client: httpx2.AsyncClient, query: str) -> None:
    assert (await teacher_client.get(f"{ANALYTICS}/export?{query}")).status_code == 422
