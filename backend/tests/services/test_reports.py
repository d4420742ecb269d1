"""Reports to print: in both languages, shaped and copyable, with pictures that are audited; names are never markup."""

import asyncio
import hashlib
import io
import shutil
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ByteStringObject, ContentStream, TextStringObject
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.downloads import attachment
from app.core.clock import monotonic, now
from app.core.config import Settings
from app.db.models import AuditEntry, Evidence, Exam, ExamSession, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.violations import ViolationKind
from app.services import report_rendering
from app.services.evidence_views import VIEW
from app.services.report_rendering import Report, ReportRenderer
from app.storage import LocalStore
from tests.builders import make_violation
from tests.pictures import jpeg

AWAY, PHONE = ViolationKind.LOOKING_AWAY, ViolationKind.PHONE_DETECTED
COVERAGE = {
    "longest_gap": 6.0, "last": 60.0, "anything_seen": True, "observed": 40.0,
    "lost": {"link_lost": 20.0}, "spans": [[10.0, 30.0, "link_lost"]],
}  # fmt: skip
BANGLA = (
    "একজন পরীক্ষার্থীর পরীক্ষার প্রতিবেদন",
    "সারসংক্ষেপ",
    "আস্থার মান ১০০-র মধ্যে",
    "অন্যদিকে তাকানো",
    "সংযোগ বিচ্ছিন্ন",
    "এখনও কোনো সিদ্ধান্ত নেওয়া হয়নি।",
    "সবচেয়ে স্পষ্ট",
    "যা ভালো ধরতে পারে না",
)
"""Sentences of the report with reph, conjuncts and vowels that stand before their consonant."""


LINE = 4.0
"""Points by which a new line is lower at least; marks above and below a letter move less."""


@pytest.fixture
async def noted(
    app: FastAPI, settings: Settings, sessions: Sessions, exam: Exam, student: User, taken: ExamSession
) -> list[Violation]:
    """A sitting that is over, with two violations, one of them with a picture, and names that are hard to set."""
    app.state.store = store = LocalStore(settings.evidence_dir)
    picture = jpeg()
    await store.put("picture.jpg", picture)
    async with unit_of_work(sessions) as db:
        (await db.get_one(User, student.id)).full_name = "মোঃ আব্দুর রহমান #emph[x] $y$ \\ @z"
        (await db.get_one(Exam, exam.id)).title = "পদার্থবিজ্ঞান: তড়িৎ #panic()"
        row = await db.get_one(ExamSession, taken.id)
        row.analysis, row.coverage = {"coverage": COVERAGE}, 0.67
        rows = [
            await make_violation(db, taken, AWAY, seconds=60.0, measured={"side": 21.5}, threshold={"side": 14.0}),
            await make_violation(db, taken, PHONE, seconds=10.0, confidence=0.8),
        ]
        row.state, row.settled, row.end_time = SessionState.SUBMITTED, True, now()
        db.add(
            Evidence(
                exam_session_id=taken.id, violation_id=rows[0].id, role="best", captured_at=now(),
                path="picture.jpg", sha256=hashlib.sha256(picture).hexdigest(), size=len(picture),
            )
        )  # fmt: skip
    return rows


def words_of(pdf: bytes) -> str:
    """The text a reader copies, by the rules of PDF alone: marked text where there is some, else what glyphs mean."""
    reader, said = PdfReader(io.BytesIO(pdf)), list[str]()
    for page in reader.pages:
        fonts = {name: meaning(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index]
        said += spoken(page, reader, fonts)
    return " ".join("".join(said).split())


def meaning(font: Any) -> dict[int, str]:
    """Glyph → text of one font."""
    table = font["/ToUnicode"].get_data().decode("latin-1")
    found: dict[int, str] = {}
    for line in table.splitlines():
        parts = [part.strip("<> ") for part in line.replace("> <", ">|<").split("|")]
        if line.startswith("<") and len(parts) == 2 and len(parts[0]) == 4:
            found[int(parts[0], 16)] = bytes.fromhex(parts[1]).decode("utf-16-be")
    return found


def spoken(page: Any, reader: PdfReader, fonts: dict[str, dict[int, str]]) -> list[str]:
    """Pieces of text of a page; a line begins with a space."""
    said, font, marked, height = list[str](), dict[int, str](), list[bool](), 0.0
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"Tf":
            font = fonts[operands[0]]
        elif operator in (b"BDC", b"BMC"):
            text = operands[1].get("/ActualText") if operator == b"BDC" and hasattr(operands[1], "get") else None
            marked.append(text is not None)
            said += [] if text is None else [str(text)]
        elif operator == b"EMC":
            marked.pop()
        elif operator == b"cm" and abs(operands[5] - height) > LINE:
            height = float(operands[5])
            said.append(" ")
        elif operator in (b"Tj", b"TJ") and not any(marked):
            said += glyphs(operands[0], font)
    return said


def glyphs(shown: Any, font: dict[int, str]) -> list[str]:
    """What the glyphs of one piece mean; each is two bytes."""
    pieces = shown if isinstance(shown, ArrayObject) else [shown]
    found = []
    for piece in pieces:
        if isinstance(piece, ByteStringObject | TextStringObject):
            raw = piece.original_bytes
            found += [font.get(int.from_bytes(raw[at : at + 2], "big"), "") for at in range(0, len(raw), 2)]
    return found


async def poppler(*command: str | Path) -> str:
    """What one of poppler's programs says."""
    process = await asyncio.create_subprocess_exec(*map(str, command), stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


async def report(client: httpx2.AsyncClient, path: str, language: str) -> bytes:
    """The PDF."""
    answer = await client.get(f"/api/v1/{path}/report?language={language}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    return answer.content


async def test_the_report_of_an_exam_session_in_english(
    teacher_client: httpx2.AsyncClient, taken: ExamSession, noted: list[Violation]
) -> None:
    await teacher_client.post(
        f"/api/v1/violations/{noted[1].id}/verdict", json={"verdict": "dismissed", "reason": "a calculator"}
    )
    decision = {"decision": "suspicious", "text": "Please come and see me.", "note": "SECRET-NOTE"}
    await teacher_client.post(f"/api/v1/exam-sessions/{taken.id}/decision", json=decision)
    said = words_of(await report(teacher_client, f"exam-sessions/{taken.id}", "en"))
    for sentence in (
        "Report of an exam session",
        "The trust score is 65.0 of 100.",
        "We could see 67% of the time.",
        "× 0.650",
        "Measured: angle aside (°) 21.50.",
        "Without this the score would be 100.0.",
        "This does not count.",
        "a calculator",
        "Connection lost",
        "Please come and see me.",
        "How sure is it?",
        "#emph[x] $y$ \\ @z",
        "#panic()",
    ):
        assert sentence in said, sentence
    assert "SECRET-NOTE" not in said


async def test_the_report_in_bangla_is_shaped_and_copyable(
    student_client: httpx2.AsyncClient, taken: ExamSession, noted: list[Violation], tmp_path: Path
) -> None:
    pdf = await report(student_client, f"exam-sessions/{taken.id}", "bn")
    said = words_of(pdf)
    for sentence in (*BANGLA, "মোঃ আব্দুর রহমান", "পদার্থবিজ্ঞান: তড়িৎ"):
        assert sentence in said, sentence
    (tmp_path / "report.pdf").write_bytes(pdf)
    if shutil.which("pdftotext"):
        plain = "".join((await poppler("pdftotext", tmp_path / "report.pdf", "-")).split())
        assert [sentence for sentence in BANGLA if sentence.replace(" ", "") not in plain] == []
        fonts = await poppler("pdffonts", tmp_path / "report.pdf")
        assert "Libertinus" not in fonts


async def test_pictures_are_in_it_once_each_and_audited(
    teacher_client: httpx2.AsyncClient, db: AsyncSession, taken: ExamSession, noted: list[Violation], settings: Settings
) -> None:
    path, seen = f"exam-sessions/{taken.id}", select(func.count()).where(AuditEntry.action == VIEW)
    reader = PdfReader(io.BytesIO(await report(teacher_client, path, "en")))
    assert sum(len(page.images) for page in reader.pages) == 1
    assert await db.scalar(seen) == 1
    (settings.evidence_dir / "picture.jpg").write_bytes(b"\xff\xd8 somebody else")
    reader = PdfReader(io.BytesIO(await report(teacher_client, path, "en")))
    assert sum(len(page.images) for page in reader.pages) == 0
    assert await db.scalar(seen) == 1


async def test_the_report_of_an_exam(teacher_client: httpx2.AsyncClient, exam: Exam, noted: list[Violation]) -> None:
    for language, sentences in {
        "en": ("Report of an exam", "Median trust score", "59.8", "Looking away", "1 / ", "have a look"),
        "bn": ("পরীক্ষার প্রতিবেদন", "আস্থার মানের মধ্যক", "৫৯.৮", "মোবাইল ফোন", "জমা দেওয়া হয়েছে"),
    }.items():
        said = words_of(await report(teacher_client, f"exams/{exam.id}", language))
        for sentence in sentences:
            assert sentence in said, sentence


async def test_a_picture_that_cannot_be_set_does_not_keep_the_report_back() -> None:
    data = _minimal(pictures=[{"bytes": list(b"\xff\xd8\xff no picture"), "alt": "x"}])
    pdf = await ReportRenderer().render(Report("exam_session", data, "x.pdf", no_pictures="No pictures."))
    assert "No pictures." in words_of(pdf)


async def test_reports_wait_for_each_other_and_never_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_rendering, "MOST_WAITING", 3)
    renderer, longest = ReportRenderer(), 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            before = monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, monotonic() - before)

    ticking = asyncio.create_task(tick())
    wanted = Report("exam_session", _minimal(pictures=[]), "x.pdf")
    answers = await asyncio.gather(*(renderer.render(wanted) for _ in range(5)), return_exceptions=True)
    ticking.cancel()
    assert [isinstance(one, bytes) for one in answers] == [True] * 3 + [False] * 2
    assert {getattr(one, "code", "") for one in answers[3:]} == {"reports_busy"}
    assert renderer.waiting == 0
    assert longest < 0.5


def test_names_of_files() -> None:
    assert attachment("Report - Physics.pdf") == (
        "attachment; filename=\"Report - Physics.pdf\"; filename*=UTF-8''Report%20-%20Physics.pdf"
    )
    odd = attachment('প্রতিবেদন\r\nX: "1"/..\u202e.pdf')
    assert 'filename="X 1.pdf"' in odd
    assert "\r" not in odd
    assert "\n" not in odd
    assert "%E0%A6%AA" in odd
    assert "%2F" not in odd
    assert len(attachment("ক" * 1000 + ".pdf")) < 1300


def _minimal(*, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    """As little data as the template takes."""
    violation = {
        "title": "Phone", "when": "", "explanation": "", "measured": "", "effect": "", "verdict": "", "said": [],
        "pictures": pictures,
    }  # fmt: skip
    words = (
        "only_evidence", "summary", "decision", "no_decision", "breakdown", "breakdown_text", "nothing_noted",
        "timeline", "violations", "unobserved", "unobserved_text", "always_seen", "outages", "comments", "how_sure",
    )  # fmt: skip
    return {
        "language": "en", "page_numbers": "1", "title": "T", "subtitle": "S", "author": "A", "made_for": "M",
        "words": {key: key for key in words}, "facts": [], "band": "good", "trust": "100", "band_word": "",
        "trust_sentence": "", "coverage_sentence": "", "breakdown_head": [], "breakdown": [], "decision": None,
        "timeline": {"lanes": [], "begin": "", "end": ""}, "violations": [violation], "left_out": "",
        "unobserved_head": [], "unobserved": [], "outages_head": [], "outages": [], "words_said": [],
        "how_sure": {"paragraphs": [], "head": [], "rows": [], "measured": ""},
    }  # fmt: skip
