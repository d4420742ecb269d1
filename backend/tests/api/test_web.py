"""The built web applications: which page an address gets, what is kept how long, what is sent compressed."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.api import web
from app.core.config import Settings


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build in small."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text("{}")
    for name in ("index.html", "exam.html", "room-worker.js", "room.webmanifest", "assets/a-1.js"):
        (tmp_path / name).write_text(f"plain {name}")
    (tmp_path / "assets/a-1.js.br").write_bytes(b"brotli")
    (tmp_path / "exam.html.gz").write_bytes(b"gzip")
    return tmp_path


@pytest.fixture
def browser(built: Path) -> AsyncClient:
    """Of the application's files alone."""
    app = FastAPI()
    web.install(app, Settings(WEB_DIR=built))
    return AsyncClient(transport=ASGITransport(app), base_url="http://test", headers={"Accept-Encoding": "identity"})


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "index.html"),
        ("/exams/7/live", "index.html"),
        ("/roomy", "index.html"),
        ("/room", "exam.html"),
        ("/room/sittings/7/after", "exam.html"),
        ("/.vite/manifest.json", "index.html"),
    ],
)
async def test_addresses_lead_to_one_of_two_applications(browser: AsyncClient, path: str, page: str) -> None:
    answer = await browser.get(path)
    assert (answer.text, answer.headers["cache-control"]) == (f"plain {page}", "no-cache")
    assert answer.headers["content-type"].startswith("text/html")


async def test_the_service_worker_and_the_manifest_lie_at_the_root(browser: AsyncClient) -> None:
    worker, manifest = await browser.get("/room-worker.js"), await browser.get("/room.webmanifest")
    assert "javascript" in worker.headers["content-type"]
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    assert {worker.headers["cache-control"], manifest.headers["cache-control"]} == {"no-cache"}


@pytest.mark.parametrize(
    ("path", "accepts", "coding"),
    [
        ("/assets/a-1.js", "gzip, deflate, br;q=0.9", "br"),
        ("/assets/a-1.js", "identity", None),
        ("/room", "gzip", "gzip"),
        ("/", "gzip, br", None),
    ],
)
async def test_what_the_build_compressed_is_sent_so(
    browser: AsyncClient, path: str, accepts: str, coding: str | None
) -> None:
    async with browser.stream("GET", path, headers={"Accept-Encoding": accepts}) as answer:
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        if path.startswith("/assets/"):
            assert "immutable" in answer.headers["cache-control"]
            assert "javascript" in answer.headers["content-type"]
