"""A student's own list, documents on the way in, and measuring the line."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from sqlalchemy import select

from app.core.clock import now
from app.core.config import Settings
from app.db.models import AuditEntry, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import Enrolment, ExamStatus
from tests.builders import make_enrolment, make_exam, make_exam_session

DAY = timedelta(days=1)


async def test_every_exam_stands_where_it_stands(
    student_client: httpx2.AsyncClient, sessions: Sessions, student: User, teacher: User
) -> None:
    async with unit_of_work(sessions) as db:
        over = {"start_time": now() - 2 * DAY, "end_time": now() - DAY}
        upcoming = await make_exam(db, teacher, start_time=now() + DAY, end_time=now() + 2 * DAY)
        open_ = await make_exam(db, teacher)
        again = await make_exam(db, teacher, max_attempts=2)
        await make_exam_session(db, again, student, state=SessionState.SUBMITTED)
        running = await make_exam(db, teacher)
        sitting = await make_exam_session(db, running, student)
        done = await make_exam(db, teacher, status=ExamStatus.COMPLETED, results_released_at=now(), **over)
        await make_exam_session(db, done, student, state=SessionState.EXPIRED)
        missed = await make_exam(db, teacher, enrolment=Enrolment.LIST, **over)
        await make_enrolment(db, missed, student)
        await make_exam(db, teacher, **over)  # open to all, and nobody expected this student
        await make_exam(db, teacher, status=ExamStatus.DRAFT)
        await make_exam(db, teacher, enrolment=Enrolment.LIST)
    listed = {one["exam"]["id"]: one for one in (await student_client.get("/api/v1/students/me/exams")).json()}
    states = {upcoming: "upcoming", open_: "open", again: "open", running: "running", done: "done", missed: "missed"}
    assert {key: one["state"] for key, one in listed.items()} == {exam.id: state for exam, state in states.items()}
    assert listed[running.id]["exam_session"]["id"] == sitting.id
    assert [listed[exam.id]["attempts_left"] for exam in (open_, again, running, done)] == [1, 1, 0, 0]
    assert [key for key, one in listed.items() if one["result_released"]] == [done.id]


def photograph(*, gps: bool = True) -> bytes:
    """A small JPEG with a place and a camera written into it."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    if gps:
        exif.get_ifd(0x8825)[1] = "N"
    body = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 40)).save(body, "JPEG", exif=exif, comment=b"SecretComment")
    return body.getvalue()


@pytest.fixture
def with_store(app: Any, settings: Settings) -> Path:
    return settings.evidence_dir


def kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*.jpg")]


async def hand_in(client: httpx2.AsyncClient, taken: ExamSession, body: bytes, kind: str = "room") -> httpx2.Response:
    path = f"/api/v1/exam-sessions/{taken.id}/documents?kind={kind}"
    return await client.post(path, content=body, headers={"Content-Type": "image/jpeg"})


async def test_a_document_is_the_staffs_alone_and_every_look_is_noted(
    student_client: httpx2.AsyncClient,
    teacher_client: httpx2.AsyncClient,
    sessions: Sessions,
    taken: ExamSession,
    with_store: Path,
) -> None:
    body = photograph()
    assert b"SecretCamera" in body
    made = await hand_in(student_client, taken, body)
    assert made.status_code == 200, made.text
    (listed,) = (await teacher_client.get(f"/api/v1/exam-sessions/{taken.id}/documents")).json()
    assert listed == made.json()
    assert (await student_client.get(listed["url"])).status_code == 404
    answer = await teacher_client.get(listed["url"])
    assert (answer.status_code, answer.headers["content-security-policy"]) == (200, "sandbox")
    shown = Image.open(io.BytesIO(answer.content))
    assert (shown.size, dict(shown.getexif())) == ((320, 240), {})
    assert shown.tobytes() == Image.open(io.BytesIO(body)).tobytes()
    assert not any(b"Secret" in file for file in kept(with_store))
    async with unit_of_work(sessions) as db:
        query = (
            select(AuditEntry.action).where(AuditEntry.subject == f"document:{listed['id']}").order_by(AuditEntry.id)
        )
        assert list(await db.scalars(query)) == ["document.hand_in", "document.view"]


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", "room", (422, "picture_refused")),
        (b"GIF89a", "room", (422, "picture_refused")),
        (photograph()[:-300], "room", (422, "picture_refused")),
        (photograph() + b"PK\x03\x04", "room", (200, "")),
        (photograph(), "id", (409, "document_not_wanted")),
        (photograph(), "passport", (422, "validation_failed")),
    ],
)
async def test_what_is_taken(
    student_client: httpx2.AsyncClient, taken: ExamSession, with_store: Path, body: bytes, kind: str, code: Any
) -> None:
    answer = await hand_in(student_client, taken, body, kind)
    assert (answer.status_code, answer.json().get("code", "")) == code
    assert not any(b"PK\x03\x04" in file for file in kept(with_store))


@pytest.mark.parametrize(("size", "status"), [(0, 200), (1, 200), (256 * 1024, 200), (256 * 1024 + 1, 422)])
async def test_the_line_is_measured(student_client: httpx2.AsyncClient, size: int, status: int) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    answer = await student_client.post("/api/v1/proctoring/echo", content=b"x" * size, headers=headers)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["bytes"] == size
