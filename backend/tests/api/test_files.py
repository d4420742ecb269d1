"""Uploaded files: what they are is seen from their content; who may see them; what becomes of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import func, select, update

from app.core.config import Settings
from app.db.backup import evidence_files
from app.db.models import AuditEntry, Evidence, Exam, ExamSession, UploadedFile, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.exams import Enrolment
from app.domain.picture_chunks import Malformed, plain_png, plain_webp
from app.domain.roles import Role
from app.domain.uploads import FileType, Purpose, type_of
from app.domain.violations import ViolationKind
from app.services.files import checked, shown_name
from tests.builders import make_enrolment, make_exam, make_exam_session, make_user, make_violation
from tests.conftest import Login
from tests.pictures import encoded, jpeg

FILES = "/api/v1/files"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\0" * 100


def office(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")


async def upload(client: httpx2.AsyncClient, path: str, body: bytes, name: str = "a.bin") -> httpx2.Response:
    return await client.post(f"{FILES}/{path}", files={"file": (name, body)})


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (PDF, FileType.PDF),
        (jpeg(), FileType.JPEG),
        (encoded("PNG"), FileType.PNG),
        (encoded("WEBP"), FileType.WEBP),
        (DOCX, FileType.DOCX),
        (office("[Content_Types].xml", "xl/workbook.xml"), FileType.XLSX),
        ("সূত্র: E = mc²\n".encode(), FileType.TEXT),
        (WEBM, FileType.WEBM),
        (b"\0\0\0\x18ftypisom" + b"\0" * 16, FileType.MP4),
        (b"RIFF\x24\0\0\0WAVEfmt ", FileType.WAV),
        (b"OggS\0\x02", FileType.OGG),
        (b"", None),
        (b"MZ\x90\0\x03\0\0\0", None),
        (b"\x7fELF\x02\x01\x01\0", None),
        (b"#!/bin/sh\0rm", None),
        (b'<?xml version="1.0"?><svg onload="alert(1)"/>', None),
        (b"  <!DOCTYPE html><script>alert(1)</script>", None),
        (b"hello <script>alert(1)</script>", None),
        ("Zo\xeb".encode("latin-1"), None),
        (encoded("GIF"), None),
        (encoded("BMP"), None),
        (encoded("TIFF"), None),
        (office("anything.txt"), None),
        (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (office("[Content_Types].xml", "word/document.xml", "../../etc/passwd"), None),
        (b"PK\x03\x04 broken", None),
        (b"\x1a\x45\xdf\xa3 matroska, another kind", None),
    ],
)
def test_what_a_file_is(body: bytes, found: FileType | None) -> None:
    names = zipfile.ZipFile(io.BytesIO(body)).namelist() if zipfile.is_zipfile(io.BytesIO(body)) else []
    if "../../etc/passwd" in names:
        with pytest.raises(Exception, match="file_type_refused"):
            checked(Purpose.EXAM_MATERIAL, body)
    else:
        assert type_of(body, names) == found


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    made = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return png[:33] + made + png[33:]


def test_pictures_lose_what_is_no_picture() -> None:
    secret = b"23.8103N 90.4125E"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    for purpose, form in ((Purpose.AVATAR, "JPEG"), (Purpose.AVATAR, "WEBP"), (Purpose.AVATAR, "PNG")):
        body = encoded(form, exif=exif.tobytes())
        assert secret in body
        _found, kept = checked(purpose, body)
        assert secret not in kept
        with Image.open(io.BytesIO(kept)) as picture:
            assert picture.convert("RGB").getpixel((1, 1)) is not None
    _found, kept = checked(Purpose.AVATAR, with_chunk(encoded("PNG"), b"tEXt", secret))
    assert secret not in kept


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_cut_pictures_are_refused(cut: int) -> None:
    with pytest.raises(Malformed):
        plain_png(encoded("PNG")[:-cut])
    with pytest.raises(Malformed):
        plain_webp(encoded("WEBP")[:-cut])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\notes.exe", "notes.pdf"),
        ("প্রশ্ন ১.pdf", "প্রশ্ন ১.pdf"),
        ("a\r\nX: y\0.pdf", "aX y.pdf".replace(" ", ": ", 1)),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("x" * 500, "x" * 194 + ".pdf"),
        ("safe\u202efdp.exe", "safefdp.pdf"),
    ],
)
def test_names_are_only_names(name: str, shown: str) -> None:
    assert shown_name(name, FileType.PDF) == shown


async def test_material_reaches_the_students_of_the_exam_and_nobody_else(
    app: FastAPI,
    sessions: Sessions,
    login: Login,
    teacher_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    client: httpx2.AsyncClient,
    teacher: User,
    student: User,
    settings: Settings,
) -> None:
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher, enrolment=Enrolment.LIST)
        await make_enrolment(db, exam, student)
        stranger = await make_user(db)
    kept = (await upload(teacher_client, f"exam-materials/{exam.id}", PDF, "../সূত্র.exe")).json()
    assert (kept["name"], kept["media_type"], kept["size"]) == ("সূত্র.pdf", "application/pdf", len(PDF))
    got = await student_client.get(kept["url"])
    assert (got.status_code, got.content) == (200, PDF)
    assert got.headers["content-security-policy"] == "sandbox"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "attachment" in got.headers["content-disposition"]
    assert (await student_client.get(f"{FILES}/exam-materials/{exam.id}")).json() == [kept]
    assert (await student_client.get(f"{FILES}/{kept['id']}/info")).json() == kept
    for headers, status in (({}, 401), (login(stranger), 404)):
        assert (await client.get(kept["url"], headers=headers)).status_code == status
    (on_disk,) = [one for one in settings.evidence_dir.rglob("*") if one.is_file()]
    assert on_disk.parent.name == "files"
    assert on_disk.suffix == ".pdf"
    assert len(on_disk.stem) == 32
    on_disk.write_bytes(PDF + b"!")
    changed = await student_client.get(kept["url"])
    assert (changed.status_code, changed.json()["code"]) == (409, "file_changed")
    assert (await student_client.delete(f"{FILES}/{kept['id']}")).json()["code"] == "staff_only"
    assert (await teacher_client.delete(f"{FILES}/{kept['id']}")).json() == {"ok": True}
    assert not on_disk.exists()
    async with sessions() as db:
        query = select(AuditEntry.action).where(AuditEntry.action.startswith("file.")).order_by(AuditEntry.id)
        assert list(await db.scalars(query)) == ["file.upload", "file.delete"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "file_empty"),
        (b"MZ\x90\0", 422, "file_type_refused"),
        (b"<svg/>", 422, "file_type_refused"),
        (b"\xff\xd8\xff\xe0 no picture", 422, "picture_refused"),
        (PDF + b"x" * 20 * 1024 * 1024, 413, "body_too_large"),
    ],
)
async def test_bad_material(
    teacher_client: httpx2.AsyncClient, exam: Exam, settings: Settings, body: bytes, status: int, code: str
) -> None:
    answer = await upload(teacher_client, f"exam-materials/{exam.id}", body, "good.pdf")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not settings.evidence_dir.exists()


async def test_odd_bodies(teacher_client: httpx2.AsyncClient, client: httpx2.AsyncClient, exam: Exam) -> None:
    path = f"{FILES}/exam-materials/{exam.id}"
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await teacher_client.post(path, content=b"junk", headers=form)).status_code in (400, 422)
    assert (await teacher_client.post(path, json={"file": "x"})).json()["code"] == "file_missing"
    assert (await teacher_client.post(path, data={"file": "x"})).json()["code"] == "file_missing"
    two = [("file", ("a", PDF)), ("file", ("b", PDF))]
    assert (await teacher_client.post(path, files=two)).status_code == 400
    packed = await teacher_client.post(path, content=b"x", headers=form | {"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    huge = await teacher_client.post(path, content=b"x", headers=form | {"Content-Length": "9" * 30})
    assert huge.status_code == 413

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while True:
            yield b"%" * 1024 * 1024

    assert (await teacher_client.post(path, content=endless(), headers=form)).status_code == 413
    # Who is not logged in is turned away before a single byte is read.
    assert (await client.post(path, content=endless(), headers=form)).status_code == 401


async def test_several_at_once_are_all_kept_or_none(
    teacher_client: httpx2.AsyncClient, exam: Exam, sessions: Sessions
) -> None:
    path = f"{FILES}/bulk-upload/{exam.id}"
    good = [("files", ("a.pdf", PDF)), ("files", ("b.docx", DOCX))]
    assert [one["name"] for one in (await teacher_client.post(path, files=good)).json()] == ["a.pdf", "b.docx"]
    bad = await teacher_client.post(path, files=[*good, ("files", ("c.exe", b"MZ\x90\0"))])
    assert (bad.json()["code"], bad.json()["params"]) == ("file_type_refused", {"number": 3})
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(UploadedFile)) == 2
    many = [("files", ("a.txt", b"text"))] * 21
    assert (await teacher_client.post(path, files=many)).status_code == 400


async def test_one_portrait_each_for_those_who_deal_with_the_person(
    app: FastAPI,
    sessions: Sessions,
    login: Login,
    client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    teacher_client: httpx2.AsyncClient,
    taken: ExamSession,
    student: User,
    settings: Settings,
) -> None:
    async with unit_of_work(sessions) as db:
        stranger = await make_user(db, Role.TEACHER)
    for form in ("JPEG", "PNG"):
        kept = (await upload(student_client, "user-avatar", encoded(form), "me")).json()
    assert kept["media_type"] == "image/png"
    assert len([one for one in settings.evidence_dir.rglob("*") if one.is_file()]) == 1
    path = f"{FILES}/user-avatar/{student.id}"
    assert (await teacher_client.get(path)).json() == kept
    assert (await client.get(path, headers=login(stranger))).status_code == 404
    assert (await teacher_client.delete(f"{FILES}/{kept['id']}")).status_code == 403
    assert (await upload(student_client, "user-avatar", PDF)).json()["code"] == "file_type_refused"
    large = await upload(student_client, "user-avatar", jpeg() + b"x" * 1024 * 1024)
    assert large.status_code == 413
    assert (await student_client.delete(f"{FILES}/{kept['id']}")).status_code == 200


async def test_a_screenshot_is_evidence_of_its_violation(
    sessions: Sessions,
    client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
    teacher_client: httpx2.AsyncClient,
    taken: ExamSession,
) -> None:
    async with unit_of_work(sessions) as db:
        violation = await make_violation(db, taken, ViolationKind.TAB_SWITCH)
    kept = (await upload(student_client, f"violation-screenshot/{violation.id}", jpeg(), "shot.png")).json()
    assert kept["exam_session_id"] == taken.id
    assert (await client.get(kept["url"])).status_code == 401
    assert (await teacher_client.get(kept["url"])).status_code == 200
    again = await upload(student_client, f"violation-screenshot/{violation.id}", jpeg())
    assert (again.status_code, again.json()["code"]) == (409, "screenshot_there")
    refused = await upload(student_client, f"violation-screenshot/{violation.id}", PDF)
    assert refused.json()["code"] == "picture_refused"
    async with unit_of_work(sessions) as db:
        assert await db.scalar(select(Evidence.role)) == "client"
        await db.execute(update(ExamSession).values(state=SessionState.SUBMITTED, settled=True))
        await db.execute(update(Violation).values(count=2))
    late = await upload(student_client, f"violation-screenshot/{violation.id}", jpeg())
    assert (late.status_code, late.json()["code"]) == (409, "exam_session_ended")


async def test_recordings_only_where_the_exam_records(
    sessions: Sessions,
    student_client: httpx2.AsyncClient,
    teacher_client: httpx2.AsyncClient,
    admin_client: httpx2.AsyncClient,
    taken: ExamSession,
    exam: Exam,
) -> None:
    path = f"session-recording/{taken.id}"
    refused = await upload(student_client, path, WEBM)
    assert (refused.status_code, refused.json()["code"]) == (403, "recording_off")
    async with unit_of_work(sessions) as db:
        await db.execute(update(Exam).where(Exam.id == exam.id).values(enable_screen_recording=True))
    kept = (await upload(student_client, path, WEBM, "part1.webm")).json()
    assert (await upload(student_client, path, PDF)).json()["code"] == "file_type_refused"
    assert (await teacher_client.get(f"{FILES}/{path}")).json() == [kept]
    assert (await teacher_client.get(kept["url"])).content == WEBM
    async with sessions() as db:
        assert await db.scalar(select(func.count()).where(AuditEntry.action == "file.view")) == 1
    for one in (student_client, teacher_client, admin_client):
        answer = await one.delete(f"{FILES}/{kept['id']}")
        assert (answer.status_code, answer.json()["code"]) == (403, "file_stays")


async def test_an_exam_or_sitting_holds_only_so_much(
    sessions: Sessions, teacher_client: httpx2.AsyncClient, exam: Exam, teacher: User
) -> None:
    async with unit_of_work(sessions) as db:
        full: dict[str, Any] = {"name": "x", "media_type": "x", "sha256": "x", "path": "files/x"}
        size = 200 * 1024 * 1024 - len(PDF)
        db.add(UploadedFile(purpose=Purpose.EXAM_MATERIAL, owner_id=teacher.id, exam_id=exam.id, size=size, **full))
    assert (await upload(teacher_client, f"exam-materials/{exam.id}", PDF)).status_code == 200
    more = await upload(teacher_client, f"exam-materials/{exam.id}", PDF)
    assert (more.status_code, more.json()["code"]) == (409, "storage_full")


async def test_storage_statistics_and_the_backup_know_every_file(
    sessions: Sessions,
    teacher_client: httpx2.AsyncClient,
    admin_client: httpx2.AsyncClient,
    teacher: User,
    exam: Exam,
    taken: ExamSession,
) -> None:
    await upload(teacher_client, f"exam-materials/{exam.id}", PDF)
    await upload(admin_client, "user-avatar", encoded("PNG"))
    async with unit_of_work(sessions) as db:
        other = await make_exam(db, await make_user(db, Role.TEACHER))
        sitting = await make_exam_session(db, other, await make_user(db))
        violation = await make_violation(db, sitting, ViolationKind.TAB_SWITCH)
    await upload(admin_client, f"violation-screenshot/{violation.id}", jpeg())
    mine = (await teacher_client.get(f"{FILES}/storage-stats")).json()
    assert (mine["total_files"], mine["total_bytes"], mine["disk_free_bytes"]) == (1, len(PDF), None)
    everything = (await admin_client.get(f"{FILES}/storage-stats")).json()
    assert (everything["total_files"], everything["evidence"]["files"]) == (3, 1)
    assert everything["by_purpose"]["exam_material"] == {"files": 1, "bytes": len(PDF)}
    assert everything["disk_free_bytes"] > 0
    async with sessions() as db:
        assert len(await evidence_files(await db.connection())) == 3


async def test_files_go_with_their_exam(teacher_client: httpx2.AsyncClient, exam: Exam, settings: Settings) -> None:
    await upload(teacher_client, f"exam-materials/{exam.id}", PDF)
    assert (await teacher_client.delete(f"/api/v1/exams/{exam.id}")).status_code == 200
    assert [one for one in settings.evidence_dir.rglob("*") if one.is_file()] == []
