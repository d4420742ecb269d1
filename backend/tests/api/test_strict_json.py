"""List R of reliability.md: bodies, headers, paths and numbers that must end in a 4xx of our shape."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Message

from app.api.strict_json import StrictBodies
from app.core.events import Bus
from app.db.session import Sessions, make_engine, make_sessions

EXAM = {
    "title": "Physics",
    "start_time": "2027-01-01T09:00:00Z",
    "end_time": "2027-01-01T12:00:00Z",
    "duration_minutes": 60,
}
JSON = {"Content-Type": "application/json"}


def with_field(name: str, raw: str) -> bytes:
    """The exam with one field as it stands on the wire."""
    return json.dumps({**EXAM, name: "@"}).replace('"@"', raw).encode()


def shape(answer: httpx2.Response) -> tuple[int, str]:
    body = answer.json()
    assert set(body) >= {"detail", "code", "params"}
    return answer.status_code, body["code"]


BAD_JSON = {
    "R01 NaN": with_field("warning_threshold", "NaN"),
    "R01 Infinity": with_field("warning_threshold", "-Infinity"),
    "R02 1e999": with_field("warning_threshold", "1e999"),
    "R03 2^70": with_field("duration_minutes", str(2**70)),
    "R03 below int64": with_field("duration_minutes", str(-(2**63) - 1)),
    "R04 5000 digits": with_field("duration_minutes", "9" * 5000),
    "R05 NUL": with_field("title", '"a\\u0000b"'),
    "R06 surrogate": with_field("title", '"\\ud800"'),
    "R07 duplicate key": b'{"title": "a", "title": "b"}',
    "R07 nested duplicate": with_field("weights", '{"other": 1, "other": 0}'),
    "R08 UTF-16": json.dumps(EXAM).encode("utf-16"),
    "R08 BOM": b"\xef\xbb\xbf" + json.dumps(EXAM).encode(),
    "R08 Latin-1": with_field("title", '"é"').decode().encode("latin-1"),
    "R08 cut": with_field("title", '"আ').rstrip(b"}")[:-1],
    "R10 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "R10 deep list": b"[" * 100_000,
    "R10 33 levels": b"[" * 33 + b"]" * 33,
    "syntax": b"{",
    "spaces": b"   ",
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
async def test_bad_json_is_refused_before_anything_reads_it(teacher_client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await teacher_client.post("/api/v1/exams/", content=body, headers=JSON)
    assert shape(answer) == (422, "json_invalid")


BAD_FIELDS = {
    "R09 true for an int": {"duration_minutes": True},
    "R09 text for an int": {"duration_minutes": "60"},
    "R09 one for a bool": {"enable_eye_tracking": 1},
    "R14 unknown": {"surprise": 1},
    "R15 id": {"id": 5},
    "R15 creator": {"creator_id": 1},
    "R16 null": {"title": None},
    "R16 empty": {"title": ""},
    "R16 spaces": {"title": "   "},
    "R19 no zone": {"start_time": "2027-01-01T09:00:00"},
    "R19 year 0": {"start_time": "0000-01-01T09:00:00Z"},
    "R19 year 9999": {"end_time": "9999-12-31T23:59:59Z"},
    "R19 29 Feb 2027": {"start_time": "2027-02-29T09:00:00Z"},
    "R19 backwards": {"end_time": "2026-01-01T09:00:00Z"},
    "R19 duration 0": {"duration_minutes": 0},
    "R19 duration -5": {"duration_minutes": -5},
    "R19 duration 10^9": {"duration_minutes": 10**9},
    "R19 more than a day": {"duration_minutes": 1441},
    "R19 epoch": {"start_time": 1_798_794_000_000},
    "R19 epoch text": {"start_time": "1798794000000"},
    "share": {"warning_threshold": 1.1},
    "share true": {"warning_threshold": True},
    "thresholds crossed": {"warning_threshold": 0.2, "critical_threshold": 0.5},
    "status": {"status": "secret"},
    "weights": {"weights": {"sneezing": 0.5}},
    "weight": {"weights": {"tab_switch": 2}},
    "attempts": {"max_attempts": 0},
    "line": {"title": "a\nb"},
    "long": {"title": "x" * 201},
}


@pytest.mark.parametrize("fields", BAD_FIELDS.values(), ids=BAD_FIELDS.keys())
async def test_bad_fields_are_refused(teacher_client: httpx2.AsyncClient, fields: dict[str, object]) -> None:
    answer = await teacher_client.post("/api/v1/exams/", json={**EXAM, **fields})
    assert shape(answer) == (422, "validation_failed")
    for one in answer.json()["detail"]:
        assert set(one) == {"loc", "msg", "type"}


async def test_a_refused_value_is_not_echoed(client: httpx2.AsyncClient) -> None:
    wanted = {"email": "no address", "password": "my secret words", "full_name": "\u0007"}
    answer = await client.post("/api/v1/auth/register", json=wanted)
    assert shape(answer) == (422, "validation_failed")
    assert "secret words" not in answer.text


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/octet-stream", "application/xml"])
async def test_r13_json_under_another_type_is_415(teacher_client: httpx2.AsyncClient, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await teacher_client.post("/api/v1/exams/", content=json.dumps(EXAM).encode(), headers=headers)
    assert shape(answer) == (415, "unsupported_media_type")


async def test_r13_a_form_where_json_is_wanted_is_422(teacher_client: httpx2.AsyncClient) -> None:
    assert shape(await teacher_client.post("/api/v1/exams/", data={"title": "a"})) == (422, "validation_failed")


async def test_r12_large_bodies(client: httpx2.AsyncClient) -> None:
    large = b'{"email": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    assert shape(await client.post("/api/v1/auth/login", content=large, headers=JSON)) == (413, "body_too_large")

    async def chunks() -> AsyncIterator[bytes]:
        while True:  # without an end: the server must stop reading
            yield b" " * 65_536

    assert shape(await client.post("/api/v1/auth/login", content=chunks(), headers=JSON)) == (413, "body_too_large")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert shape(await client.post("/api/v1/auth/login", content=b"username=" + large, headers=form))[0] == 413


async def test_r12_a_body_that_never_comes(app: FastAPI) -> None:
    sent: list[Message] = []
    gate = asyncio.Event()

    async def receive() -> Message:
        await gate.wait()
        return {}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/auth/login",
        "raw_path": b"",
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }
    await StrictBodies(app, longest_wait_s=0.05)(scope, receive, send)
    assert sent[0]["status"] == 408


async def test_r12_compressed_bodies_are_415(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/login", content=b"\x1f\x8b", headers={**JSON, "Content-Encoding": "gzip"})
    assert shape(answer) == (415, "unsupported_media_type")


async def test_r11_a_long_list_is_refused(teacher_client: httpx2.AsyncClient) -> None:
    answer = await teacher_client.put("/api/v1/exams/1/enrolments", json={"students": [1] * 200_000})
    assert shape(answer)[0] in (413, 422)


@pytest.mark.parametrize(
    "given",
    ["0", "-1", "1e3", "٣", "৩", "+1", "1.0", "1_0", " 1", "99999999999", "2147483648", "x" * 10_000,
     "6ecd8c99-4036-403d-bf84-cf8400f67836", "%00", "1%00", "..%2f1", "' OR 1=1"],
)  # fmt: skip
async def test_r18_odd_ids(admin_client: httpx2.AsyncClient, given: str) -> None:
    for path in ("exams", "users"):
        status, code = shape(await admin_client.get(f"/api/v1/{path}/{given}"))
        assert (status, code) in ((422, "validation_failed"), (404, "not_found"))


@pytest.mark.parametrize(
    "query", ["skip=-1", "limit=0", "limit=1000000000", "limit=501", "skip=1e3", "skip=٣", "skip="]
)
async def test_r17_paging_has_bounds(admin_client: httpx2.AsyncClient, query: str) -> None:
    assert shape(await admin_client.get(f"/api/v1/users/?{query}")) == (422, "validation_failed")


async def test_r23_many_and_repeated_parameters(admin_client: httpx2.AsyncClient) -> None:
    query = "&".join(f"q{n}=1" for n in range(1000)) + "&skip=0&skip=1;DROP TABLE users"
    assert (await admin_client.get(f"/api/v1/users/?{query}")).status_code == 422


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "DELETE", "HEAD"])
async def test_r24_wrong_methods(client: httpx2.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/api/v1/auth/login", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    if method != "HEAD":
        assert shape(answer) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/exams", "/api/v1/exams/1/nothing"])
async def test_an_unknown_api_path_is_json_404_for_browsers_too(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"Accept": "text/html"})
    assert shape(answer) == (404, "not_found")


async def test_a_browser_asking_a_post_route_gets_405(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/auth/login", headers={"Accept": "text/html"})
    assert shape(answer) == (405, "method_not_allowed")


@pytest.mark.parametrize("host", ["evil.example", "", "a b", "localhost:abc", "[::1", "x" * 5000])
async def test_r20_odd_hosts(client: httpx2.AsyncClient, host: str) -> None:
    answer = await client.get("/api/v1/", headers={"Host": host})
    assert answer.status_code == 200


async def test_our_own_mistake_is_a_json_500_without_details(app: FastAPI, client: httpx2.AsyncClient) -> None:
    @app.get("/boom")
    async def boom() -> None:
        raise RuntimeError("name of a student")

    app.router.routes.insert(0, app.router.routes.pop())
    origin = "http://localhost:3000"
    answer = await client.get("/boom", headers={"Origin": origin})
    assert shape(answer) == (500, "internal_error")
    assert "student" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == origin, "a page of the seed family may read what went wrong"


async def test_the_database_being_away_is_503(app: FastAPI, client: httpx2.AsyncClient, tmp_path: Path) -> None:
    for url in (f"postgresql://proctor@/x?host={tmp_path}", "postgresql://proctor@127.0.0.1:9/x"):
        engine = make_engine(url)
        app.state.sessions = make_sessions(engine, Bus())
        answer = await client.post("/api/v1/auth/login", json={"email": "a@b.org", "password": "x"})
        assert shape(answer) == (503, "unavailable")
        assert answer.headers["retry-after"]
        await engine.dispose()


async def test_f08_an_exhausted_pool_is_503(app: FastAPI, client: httpx2.AsyncClient, cluster_url: str) -> None:
    engine = make_engine(cluster_url, pool_size=1, max_overflow=0)
    app.state.sessions = make_sessions(engine, Bus())
    async with engine.connect():
        answer = await client.post("/api/v1/auth/login", json={"email": "a@b.org", "password": "x"})
    assert shape(answer) == (503, "unavailable")
    await engine.dispose()


async def test_cors_knows_only_named_origins(client: httpx2.AsyncClient) -> None:
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    good = await client.options("/api/v1/auth/login", headers={"Origin": "http://localhost:5173", **ask})
    assert good.headers["access-control-allow-origin"] == "http://localhost:5173"
    for origin in ("null", "http://localhost:5173.evil.tld", "https://localhost:5173", "http://localhost:9999"):
        bad = await client.options("/api/v1/auth/login", headers={"Origin": origin, **ask})
        assert "access-control-allow-origin" not in bad.headers


async def test_headers_of_every_answer(client: httpx2.AsyncClient, sessions: Sessions) -> None:
    for path in ("/api/v1/", "/api/v1/nothing", "/docs"):
        answer = await client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "window-management=(self)" in answer.headers["permissions-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert (await client.get("/api/v1/")).headers["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in (await client.get("/api/v1/")).headers["content-security-policy"].replace(
        "style-src-attr 'unsafe-inline'", ""
    )
