"""Exports, opened again by other programs: what a student is called is never a formula, and Bangla stays Bangla."""

import csv
import io
from urllib.parse import unquote

import httpx2
import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import now
from app.db.models import AuditEntry, Exam, ExamSession
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.violations import ViolationKind
from tests.builders import make_exam_session, make_user, make_violation

NAMES = (
    "=HYPERLINK(\"http://evil.example\",\"click\")", "+1+1", "-2+3", "@SUM(A1)", "মোঃ আব্দুর রহমান", "Ada, \"the\" first",
)  # fmt: skip
STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
async def sat(sessions: Sessions, exam: Exam) -> list[ExamSession]:
    """A sitting of each of the odd names, with one violation each."""
    async with unit_of_work(sessions) as db:
        (await db.get_one(Exam, exam.id)).title = "পদার্থবিজ্ঞান = প্রথম"
        found = []
        for name in NAMES:
            student = await make_user(db, full_name=name)
            taken = await make_exam_session(
                db, exam, student, state=SessionState.SUBMITTED, settled=True, end_time=now()
            )
            await make_violation(db, taken, ViolationKind.LOOKING_AWAY, seconds=60.0)
            found.append(taken)
    return found


async def export(client: httpx2.AsyncClient, exam: Exam, kind: str, language: str = "en") -> httpx2.Response:
    """The answer."""
    answer = await client.get(f"/api/v1/exams/{exam.id}/export?format={kind}&language={language}")
    assert answer.status_code == 200, answer.text
    return answer


async def test_csv(teacher_client: httpx2.AsyncClient, exam: Exam, sat: list[ExamSession], db: AsyncSession) -> None:
    decision = {"decision": "clean", "text": "=1+1", "note": "SECRET-NOTE"}
    await teacher_client.post(f"/api/v1/exam-sessions/{sat[0].id}/decision", json=decision)
    answer = await export(teacher_client, exam, "csv", "bn")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert b"SECRET-NOTE" not in answer.content
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[0] == "শিক্ষার্থী"
    assert len(rows) == len(NAMES)
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(STARTS)]
    assert {row[0].removeprefix("'") for row in rows} == set(NAMES)
    assert "'=1+1" in cells
    name = answer.headers["content-disposition"]
    assert name.isascii()
    assert "পদার্থবিজ্ঞান = প্রথম.csv" in unquote(name)
    (entry,) = await db.scalars(select(AuditEntry).where(AuditEntry.action == "exam.export"))
    assert entry.detail == {"format": "csv", "exam_sessions": len(NAMES)}


async def test_xlsx(teacher_client: httpx2.AsyncClient, exam: Exam, sat: list[ExamSession]) -> None:
    answer = await export(teacher_client, exam, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Exam sessions", "Noted"]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and cell.value.startswith(STARTS)]
    sheet = book["Exam sessions"]
    assert sheet.max_row == len(NAMES) + 1
    trust = [cell.value for cell in sheet["G"]]
    assert trust == ["Trust", *[65] * len(NAMES)]


async def test_json(teacher_client: httpx2.AsyncClient, exam: Exam, sat: list[ExamSession]) -> None:
    found = (await export(teacher_client, exam, "json")).json()
    assert found["exam"]["title"] == "পদার্থবিজ্ঞান = প্রথম"
    assert {one["student"]["full_name"] for one in found["exam_sessions"]} == set(NAMES)
    (violation,) = found["exam_sessions"][0]["violations"]
    assert (violation["kind"], violation["without_this"]) == ("looking_away", 100.0)


async def test_other_formats_are_refused(teacher_client: httpx2.AsyncClient, exam: Exam) -> None:
    assert (await teacher_client.get(f"/api/v1/exams/{exam.id}/export?format=exe")).status_code == 422
