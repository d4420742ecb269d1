"""List R of reliability.md on every route there is: never a 5xx, always our shape, and what is refused changes nothing.

The requests are made from `/openapi.json`, on the rows and the good bodies of the access matrix, so a new route is in
here as soon as it is in the matrix.
"""

import csv
import hashlib
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
import openpyxl
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.db.base import Base
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from tests.api.access.kinds import Case, World
from tests.api.test_access_matrix import NOUNS, browser, filled, make_world
from tests.conftest import Login
from tests.openapi_inputs import Operation, kinds_of, operations, places, put

JSON = {"Content-Type": "application/json"}
NOT_IDS = (
    "0",
    "-1",
    "1e3",
    "1.0",
    "٣",
    "+1",
    "2147483648",
    "9223372036854775808",
    "9" * 10_000,
    "%00",
    "%ff",
    "%20",
    "NaN",
)
ODD: dict[str, tuple[Any, ...]] = {
    "string": ("", " ", "x" * 100_000, "\u202e\u200d\ufeff", "'; DROP TABLE users; --", 5, None, [], {}, "\n\t\x7f"),
    "integer": (0, -1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63), 1.5, True, "1", None, []),
    "number": (0, -0.0, -1e308, 1e308, 5e-324, 2**63 - 1, True, "1.5", None),
    "boolean": (0, 1, "true", None),
    "array": ([], [None], [[]] * 3, [0] * 5_000, {}, "x", None),
    "object": ({}, {"": ""}, {"x" * 5_000: 1}, [], "x", None),
}
QUERIES: dict[str, tuple[str, ...]] = {
    "string": ("", "%00", "%ed%a0%80", "%25_", "x" * 5_000, "0000-01-01", "9999-12-31T23:59:59Z", "2027-02-29", "1e9"),
    "integer": ("-1", "0", "1000000000", "2147483648", "9223372036854775808", "1.5", "NaN", "٣", "%00", ""),
    "number": ("NaN", "Infinity", "1e999", "-1", ""),
    "boolean": ("2", "%00", ""),
    "array": ("", "%00", "x" * 5_000),
}  # fmt: skip
NOT_TEXT = ("\\u0000", "\\ud800")
NOT_THEIRS = {
    "role": "admin",
    "is_active": True,
    "id": 1,
    "owner_id": 1,
    "trust": 1.0,
    "trust_score": 1.0,
    "surprise": 1,
}
FILE_NAMES = (
    b"",
    b"a\0.png",
    b"\xff\xfe.png",
    b"../../x.png",
    b"x" * 10_000,
    "আম.png".encode(),
    b"\xed\xa0\x80.csv",
    b"a\r.png",
)
FILE_CONTENTS = (
    b"",
    b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    b"\xff\xd8\xff\xe0" + b"\0" * 64,
    b"%PDF-1.7\n",
    b"PK\x03\x04" + b"\xff" * 64,
    b"RIFF\xff\xff\xff\xffWEBP",
    b"\x1a\x45\xdf\xa3" + b"\0" * 64,
    b"email\na\0b@example.org\n\xff\n",
    b'{"questions": [null, {"type": "\\ud800", "points": NaN}]}',
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><quiz>&b;</quiz>',
    b"::a::{=\xed\xa0\x80 ~%1e999%b}\nANSWER: Z\n",
)
THEIR_ID = {
    "section_id": "section_id",
    "ids": "banked_id",
    "violation_ids": "violation_id",
    "exam_id": "exam_id",
    "user_ids": "student_id",
    "session_id": "session_id",
}
"""Fields that name rows, and what a row of that kind is called in the world."""
MARK = "alert(4711)"
STRANGE = f"=1+1<script>{MARK}</script>\"'><img src=x onerror={MARK}>{{{{7*7}}}}#panic()"
"""A formula, markup, and code of two template languages."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDS_LOGINS = ("/api/v1/auth/", "/api/v1/users/{user_id}/")
"""Who is logged out can read nothing back."""
HARMLESS = {
    "application/json", "application/pdf", "application/zip", "application/xml", "text/csv", "text/plain",
    "text/calendar", "image/jpeg", "image/png", "image/webp", "application/octet-stream", XLSX,
}  # fmt: skip
"""What no browser runs."""
NOT_SET_UP = 501
"""Mail and social login are off in tests; that is an answer."""


@dataclass(frozen=True)
class Prober:
    """Everybody's requests, and what went wrong with any of them."""

    client: httpx2.AsyncClient
    sessions: Sessions
    operations: list[Operation]
    world: World
    login: Login
    wrong: list[str]

    def case(self, operation: Operation) -> Case:
        return NOUNS.routes[operation.method, operation.path]

    def body(self, operation: Operation) -> dict[str, Any]:
        return filled(self.case(operation).body, self.world.ids) or {}

    def who(self, operation: Operation) -> dict[str, str]:
        """The header of one who may, so that the input is looked at."""
        statuses = dict(zip(self.world.people, self.case(operation).statuses, strict=True))
        rank = sorted(("own teacher", "own student", "admin"), key=lambda kind: statuses[kind] in (401, 403, 404))
        person = self.world.people[rank[0]]
        return self.login(person) if person else {}

    def path(self, operation: Operation) -> str:
        return (operation.path + self.case(operation).query).format(**self.world.ids)

    async def ask(self, operation: Operation, path: str, what: str, **how: Any) -> httpx2.Response:
        """The answer; it is wrong where it is a 5xx or not in our shape."""
        headers = {**self.who(operation), **how.pop("headers", {})}
        try:
            answer = await self.client.request(operation.method, path, headers=headers, **how)
        except Exception as error:  # noqa: BLE001 - what escapes the app is what is looked for
            self.wrong.append(f"{operation} {what[:80]}: {type(error).__name__} {str(error)[:300]}")
            return httpx2.Response(599)
        if (answer.status_code >= 500 and answer.status_code != NOT_SET_UP) or (
            answer.status_code >= 400 and set(answer.json()) < {"detail", "code", "params"}
        ):
            self.wrong.append(f"{operation} {what[:80]}: {answer.status_code} {answer.text[:200]}")
        return answer

    async def refused(self, operation: Operation, path: str, what: str, **how: Any) -> None:
        """Not only no 5xx: a 4xx."""
        answer = await self.ask(operation, path, what, **how)
        if answer.status_code < 400:
            self.wrong.append(f"{operation} {what[:80]}: taken, {answer.status_code}")

    async def state(self) -> dict[str, str]:
        """What each table holds."""
        async with unit_of_work(self.sessions) as db:
            return {
                table.name: hashlib.sha256(
                    repr(sorted((await db.execute(text(f"SELECT t::text FROM {table.name} t"))).scalars())).encode()
                ).hexdigest()
                for table in Base.metadata.sorted_tables
            }


@pytest.fixture
async def prober(closed_app: FastAPI, sessions: Sessions, login: Login) -> AsyncIterator[Prober]:
    """Over one world; nothing it asks should change that."""
    async with unit_of_work(sessions) as db:
        world = await make_world(db, SessionState.ACTIVE)
    async with browser(closed_app) as client:
        yield Prober(client, sessions, operations(closed_app), world, login, [])


@pytest.fixture
async def untouched(prober: Prober) -> AsyncIterator[Prober]:
    """All that is asked must be refused: afterwards every table is as it was."""
    before = await prober.state()
    yield prober
    after = await prober.state()
    assert [name for name in before if before[name] != after[name]] == []


async def test_r18_ids_in_paths(untouched: Prober) -> None:
    for operation in untouched.operations:
        for name in operation.path_ids:
            for bad in NOT_IDS:
                others = {**untouched.world.ids, name: "@"}
                path = operation.path.format(**others).replace("@", quote(bad, safe="%"))
                await untouched.refused(operation, path, f"{name}={bad}", json=untouched.body(operation))
    assert not untouched.wrong, "\n".join(untouched.wrong)


async def test_r17_r19_r23_queries(prober: Prober) -> None:
    for operation in prober.operations:
        if operation.method == "GET":
            for name, schema in operation.queries.items():
                for bad in QUERIES[kinds_of(schema)]:
                    path, _, query = prober.path(operation).partition("?")
                    await prober.ask(operation, f"{path}?{query}&{name}={bad}", f"{name}={bad}")
    assert not prober.wrong, "\n".join(prober.wrong)


async def test_r05_r06_texts_that_cannot_be_stored(untouched: Prober) -> None:
    for operation in untouched.operations:
        for name in operation.fields:
            for bad in NOT_TEXT:
                content = untouched_json({**untouched.body(operation), name: "@"}, bad)
                path = untouched.path(operation)
                await untouched.refused(operation, path, f"{name}={bad}", content=content, headers=JSON)
    assert not untouched.wrong, "\n".join(untouched.wrong)


async def test_r14_r15_fields_that_are_not_theirs(untouched: Prober) -> None:
    for operation in untouched.operations:
        if operation.fields:
            for name, value in NOT_THEIRS.items():
                if name not in operation.fields:
                    body = {**untouched.body(operation), name: value}
                    await untouched.refused(operation, untouched.path(operation), name, json=body)
    assert not untouched.wrong, "\n".join(untouched.wrong)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_odd_values_in_every_field(prober: Prober, method: str) -> None:
    for operation in prober.operations:
        if operation.method == method:
            for what, body in odd_bodies(prober, operation):
                await prober.ask(operation, prober.path(operation), what, json=body)
    assert not prober.wrong, "\n".join(prober.wrong)


def odd_bodies(prober: Prober, operation: Operation) -> Iterator[tuple[str, Any]]:
    """The good body with one thing odd: each field by its type, each leaf deeper down, and the whole."""
    good = prober.body(operation)
    for name, schema in operation.fields.items():
        for odd in ODD[kinds_of(schema)]:
            yield f"{name}={odd!r}", {**good, name: odd}
    for way in places(good):
        if len(way) > 1:
            for odd in (None, 2**63 - 1, "x" * 50_000, []):
                yield f"{way}={odd!r}", put(good, way, odd)
    if operation.fields:
        for whole in ([], [good], None, 5, "x"):
            yield f"body={whole!r}", whole


# Starlette forgets the temporary file of a form that breaks off; it is closed when it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_r22_forms(prober: Prober) -> None:
    asked = 0
    for operation in prober.operations:
        if operation.form:
            for what, kind, content in odd_forms(prober.world.ids["question_id"]):
                await prober.ask(
                    operation, prober.path(operation), what, content=content, headers={"Content-Type": kind}
                )
                asked += 1
    assert asked >= 10 * len(FILE_NAMES)
    assert not prober.wrong, "\n".join(prober.wrong)


def odd_forms(question_id: int) -> Iterator[tuple[str, str, bytes]]:
    """What it is, its content type, its bytes."""
    kind = "multipart/form-data; boundary=b"
    fields = {"question_id": str(question_id).encode(), "format": b"auto", "dry_run": b"true"}
    files = [(name, FILE_CONTENTS[1]) for name in FILE_NAMES] + [(b"a.png", content) for content in FILE_CONTENTS]
    for name, content in files:
        yield f"{name[:40]!r} {content[:8]!r}", kind, form_of(name, content, fields)
    for bad in (b"\0", b"\xff", b"9" * 5_000, b"", "٣".encode()):
        yield f"field {bad[:9]!r}", kind, form_of(b"a.png", FILE_CONTENTS[1], dict.fromkeys(fields, bad))
    yield "no boundary", "multipart/form-data", form_of(b"a", b"a", fields)
    yield "no end", kind, form_of(b"a", b"a", fields)[:-5]
    yield "no file", kind, b"--b--\r\n"
    yield "no form", kind, b"\0" * 2_000
    yield "10 000 parts", kind, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 10_000 + b"--b--\r\n"
    yield "10 000 headers", kind, b"--b\r\n" + b"X-A: 1\r\n" * 10_000 + b"\r\n1\r\n--b--\r\n"
    yield "unknown charset", f"{kind}; charset=nonsense", form_of(b"a", b"a", fields)


def form_of(name: bytes, content: bytes, fields: dict[str, bytes]) -> bytes:
    """A form with these fields and one file."""
    parts = [
        b'Content-Disposition: form-data; name="%b"\r\n\r\n%b' % (one.encode(), value) for one, value in fields.items()
    ]
    head = b'Content-Disposition: form-data; name="file"; filename="%b"\r\nContent-Type: image/png\r\n\r\n' % name
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in [*parts, head + content]) + b"--b--\r\n"


async def test_t25_t26_words_that_would_be_markup_or_a_formula(prober: Prober) -> None:
    """In every text of every body, then read back by everything that can be read."""
    for operation in prober.operations:
        if operation.method in ("POST", "PUT") and not operation.path.startswith(ENDS_LOGINS):
            good = prober.body(operation)
            for name, schema in operation.fields.items():
                if kinds_of(schema) == "string" and "password" not in name:
                    await prober.ask(operation, prober.path(operation), name, json={**good, name: STRANGE})
            for way in [way for way in places(good) if len(way) > 1]:
                await prober.ask(operation, prober.path(operation), str(way), json=put(good, way, STRANGE))
    told = set()
    for operation in prober.operations:
        if operation.method == "GET":
            path, _, query = prober.path(operation).partition("?")
            for form in operation.queries.get("format", {}).get("enum", [""]):
                answer = await prober.ask(operation, f"{path}?{query}&format={form}", form)
                kind = answer.headers.get("content-type", "").partition(";")[0]
                told |= {kind} if answer.is_success and MARK in _words(kind, answer.content) else set()
                if answer.is_success and (
                    kind not in HARMLESS or answer.headers["x-content-type-options"] != "nosniff"
                ):
                    prober.wrong.append(f"{operation} {form}: {answer.headers}")
    assert not prober.wrong, "\n".join(prober.wrong)
    assert told >= {"application/json", "text/csv", XLSX}, told


async def test_t25_words_that_would_be_markup_at_the_door_and_in_accounts(
    client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the prober leaves out, for it ends logins: nothing fails, answers are JSON, and no log has the words."""
    account = {"email": "markup@example.org", "password": "a long-enough phrase", "full_name": STRANGE}
    path = f"/api/v1/users/{(await admin_client.post('/api/v1/users/', json=account)).json()['id']}"
    answers = [
        await admin_client.request(method, f"{path}{deed}", json=body)
        for method, deed, body in (
            ("PUT", "", {"full_name": f"{STRANGE} again"}), ("POST", "/deactivate", None),
            ("POST", "/activate", None), ("POST", "/reset-password", None),
            ("POST", "/erase", {"email": STRANGE}),
            ("GET", "", None), ("GET", "/activity-logs", None), ("GET", "/sessions", None),
            ("GET", "/../search/?q=alert", None),
        )
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 422, 200, 200, 200, 200]
    assert MARK in answers[5].json()["full_name"]
    for where, body in (
        ("login", {"email": STRANGE, "password": STRANGE}), ("refresh", {"refresh_token": STRANGE}),
        ("forgot-password", {"email": STRANGE}), ("reset-password", {"token": STRANGE, "new_password": STRANGE}),
        ("social-login", {"code": STRANGE, "state": STRANGE, "browser_secret": STRANGE}),
        ("register", {**account, "email": STRANGE}), ("logout", {"refresh_token": STRANGE}),
    ):  # fmt: skip
        answers.append(await client.post(f"/api/v1/auth/{where}", json=body))
        assert answers[-1].status_code in (401, 403, 422, NOT_SET_UP), (where, answers[-1].text)
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}
    assert MARK not in "".join(capfd.readouterr())


def _words(kind: str, content: bytes) -> str:
    """Everything a table says, whose cells must not be formulas; of other texts all."""
    if kind == "text/csv":
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    elif kind == XLSX:
        book = openpyxl.load_workbook(io.BytesIO(content))
        found = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in found if cell.data_type == "f"] == []
        cells = [str(cell.value) for cell in found if cell.value is not None]
    else:
        return content.decode("utf-8", "replace")
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []
    return "\n".join(cells)


async def test_ids_of_others_in_bodies(prober: Prober) -> None:
    """IDOR: the ids of another teacher's rows, in the bodies of this one."""
    async with unit_of_work(prober.sessions) as db:
        other = await make_world(db, SessionState.ACTIVE)
    before = await prober.state()
    asked = set()
    for operation in prober.operations:
        for name in operation.fields:
            if name in THEIR_ID and prober.case(operation).statuses[3] != 404:
                stranger = other.ids[THEIR_ID[name]]
                value = [stranger] if name.endswith("ids") else stranger
                body = {**prober.body(operation), name: value}
                await prober.refused(operation, prober.path(operation), f"{name} of others", json=body)
                asked.add(f"{operation.method} {name}")
    assert {"POST section_id", "PUT section_id", "POST ids", "PUT ids", "POST violation_ids", "POST user_ids"} <= asked
    assert not prober.wrong, "\n".join(prober.wrong)
    assert await prober.state() == before


def untouched_json(body: dict[str, Any], raw: str) -> bytes:
    """The body with one text as it stands on the wire."""
    return httpx2.Request("POST", "http://x", json=body).content.replace(b'"@"', f'"{raw}"'.encode())
