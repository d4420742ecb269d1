"""Lists of people from files: all or nothing, with a report by line."""

import io
import zipfile
from typing import Any

import httpx2
import openpyxl
import pytest
from sqlalchemy import func, select

from app.db.models import Exam, ExamEnrolment, Notification, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from app.services.tables import Cell, csv_table, xlsx_table
from tests.builders import PASSWORD, make_enrolment, make_user

IMPORT = "/api/v1/users/import"
HEADER = "email,full_name,role,language\n"


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


async def upload(client: httpx2.AsyncClient, body: bytes, path: str = IMPORT, **fields: str) -> httpx2.Response:
    return await client.post(path, files={"file": ("../../list.csv", body)}, data=fields)


async def count(sessions: Sessions) -> int:
    async with sessions() as db:
        return await db.scalar(select(func.count()).select_from(User)) or 0


async def test_a_list_makes_accounts_that_can_log_in_once_the_password_is_changed(
    client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient
) -> None:
    body = f"{HEADER}Karim@Example.org,করিম,,bn\nt@example.org,Teacher,teacher,\n".encode()
    report = (await upload(admin_client, body)).json()
    assert (report["found"], report["created"], report["existing"], report["errors"]) == (2, 2, 0, [])
    karim = report["accounts"][0]
    opened = (
        await client.post("/api/v1/auth/login", json={"email": karim["email"], "password": karim["password"]})
    ).json()
    user = opened["user"]
    assert (user["email"], user["full_name"], user["role"]) == ("karim@example.org", "করিম", "student")
    assert (user["preferred_language"], user["must_change_password"]) == ("bn", True)
    again = (await upload(admin_client, body)).json()  # C14: the same file twice makes no doubles
    assert (again["created"], again["existing"], again["accounts"]) == (0, 2, [])


@pytest.mark.parametrize(
    "body",
    [
        "﻿email;name\r\na@example.org;A\r\n\r\nb@example.org;B\r\n".encode(),
        "E-Mail\tName\na@example.org\tA\rb@example.org\tB".encode("utf-16"),
        b'full_name,extra,email\n"A, Jr.",x,a@example.org\n=HYPERLINK("x"),y,b@example.org\n',
        "ই-মেইল,নাম\na@example.org,ক\nb@example.org,খ\n".encode(),
        workbook(["email", "name", None], ["a@example.org", "A"], [None, None], ["b@example.org", 2026]),
        b"a@example.org,A\nb@example.org,B\n",
    ],
    ids=["bom, semicolons", "utf-16, tabs", "columns in another order", "bangla header", "xlsx", "no header"],
)
async def test_files_of_many_kinds(admin_client: httpx2.AsyncClient, body: bytes) -> None:
    report = (await upload(admin_client, body, dry_run="true")).json()
    assert (report["found"], report["created"], report["errors"]) == (2, 2, [])


async def test_pasted_lines(admin_client: httpx2.AsyncClient, sessions: Sessions) -> None:
    text = "email\tfull_name\na@example.org\tA\nb@example.org\tB\n"
    answer = await admin_client.post(IMPORT, json={"text": text, "dry_run": True})
    assert answer.json()["created"] == 2
    assert await count(sessions) == 1
    assert (await admin_client.post(IMPORT, json={"text": text})).json()["created"] == 2
    assert await count(sessions) == 3


async def test_one_wrong_line_stores_nothing_and_every_wrong_line_is_told(
    admin_client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    lines = [f"s{number}@example.org,Student {number},,\n" for number in range(2, 500)]
    lines[10] = "not an address,X,,\n"
    lines[20] = "S2@EXAMPLE.ORG,Twice,,\n"
    lines[30] = "boss@example.org,Boss,admin,\n"
    lines[40] = "fr@example.org,F,,fr\n"
    lines[50] = "no.name@example.org,,,\n"
    body = (HEADER + "".join(lines)).encode()
    checked = (await upload(admin_client, body, dry_run="true")).json()
    assert [(one["line"], one["code"], one["column"]) for one in checked["errors"]] == [
        (12, "email_invalid", "email"),
        (22, "duplicate_line", "email"),
        (32, "role_not_importable", "role"),
        (42, "language_unknown", "language"),
        (52, "name_invalid", "full_name"),
    ]
    refused = await upload(admin_client, body)
    assert (refused.status_code, refused.json()["code"]) == (422, "enrolments_invalid")
    assert refused.json()["errors"] == checked["errors"]
    assert await count(sessions) == 1


def bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 70_000_000)
    return written.getvalue()


def laughing() -> bytes:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["email"], ["a@example.org"]))) as good,
        zipfile.ZipFile(written, "w") as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/workbook.xml":
                content = content.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook', 1)
            bad.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "table_empty"),
        (b"\n\r\n,,\n", "table_empty"),
        (HEADER.encode(), "table_empty"),
        (b"email,e-mail,name\na@example.org,b,c\n", "column_twice"),
        (b"name\nA\n", "column_missing"),
        (b'email,full_name\n"a@example.org,A\n', "table_quotes"),
        ("email,full_name\na@example.org,Zo\xeb\n".encode("latin-1"), "table_encoding"),
        (HEADER.encode() + b"a@example.org," + b"x" * 1001 + b"\n", "cell_too_long"),
        (b"email" + b",x" * 60 + b"\n", "table_too_wide"),
        (HEADER.encode() + b"a@example.org,A\n" * 5001, "table_too_long"),
        (b"PK\x03\x04 no archive at all", "table_unreadable"),
        (bomb(), "table_unreadable"),
        (laughing(), "table_unreadable"),
    ],
)
async def test_bad_files(admin_client: httpx2.AsyncClient, body: bytes, code: str) -> None:
    answer = await upload(admin_client, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_bad_uploads(admin_client: httpx2.AsyncClient) -> None:
    assert (await admin_client.post(IMPORT, data={"dry_run": "true"})).json()["code"] == "file_missing"
    assert (await admin_client.post(IMPORT, json={"dry_run": True})).json()["code"] == "file_missing"
    assert (await upload(admin_client, b"a@example.org", dry_run="perhaps")).json()["code"] == "validation_failed"
    assert (await upload(admin_client, b"a@example.org", role="admin")).json()["code"] == "validation_failed"
    assert (await upload(admin_client, b"x" * 1_100_000)).status_code == 413


async def test_enrolling_from_a_file(
    teacher_client: httpx2.AsyncClient, exam: Exam, student: User, teacher: User, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        other, leaving = await make_user(db), await make_user(db)
        await make_enrolment(db, exam, leaving)
    path = f"/api/v1/exams/{exam.id}/enrolments/import"
    body = f"email,name,group\n{student.email},Whoever,Room 1\n{other.email},,Room 2\n".encode()
    checked = (await upload(teacher_client, body, path, dry_run="true")).json()
    assert (checked["found"], checked["added"], checked["removed"]) == (2, 2, 0)
    assert (await upload(teacher_client, body, path)).json()["added"] == 2
    assert (await upload(teacher_client, body, path)).json()["added"] == 0
    groups = (await teacher_client.get(f"/api/v1/exams/{exam.id}/groups")).json()
    assert groups == [
        {"group": "", "students": 1},
        {"group": "Room 1", "students": 1},
        {"group": "Room 2", "students": 1},
    ]
    only = {"text": f"{student.email}\n", "replace": True}
    assert (await teacher_client.post(path, json=only)).json()["removed"] == 2
    async with sessions() as db:
        (left,) = await db.scalars(select(ExamEnrolment))
        assert (left.student_id, left.group) == (student.id, "Room 1")
        assert await db.scalar(select(func.count()).where(Notification.user_id == other.id)) == 1
    wrong = {"text": f"{teacher.email}\nnobody@example.org\n{student.email}\n"}
    refused = await teacher_client.post(path, json=wrong)
    assert [(one["line"], one["code"]) for one in refused.json()["errors"]] == [
        (1, "student_unknown"),
        (2, "student_unknown"),
    ]


async def test_only_administrators_make_accounts_while_enrolling(
    client: httpx2.AsyncClient, teacher_client: httpx2.AsyncClient, admin_client: httpx2.AsyncClient, exam: Exam
) -> None:
    path = f"/api/v1/exams/{exam.id}/enrolments/import"
    wanted = {"text": "email,name,group\nnew@example.org,New,Room 1\n", "create_accounts": True}
    refused = await teacher_client.post(path, json=wanted)
    assert (refused.status_code, refused.json()["code"]) == (403, "only_admins_create_accounts")
    checked = (await admin_client.post(path, json=wanted | {"dry_run": True})).json()
    assert (checked["created"], checked["added"], checked["accounts"]) == (1, 1, [])
    made = (await admin_client.post(path, json=wanted)).json()
    assert (made["created"], made["added"]) == (1, 1)
    account = {"email": "new@example.org", "password": made["accounts"][0]["password"]}
    assert (await client.post("/api/v1/auth/login", json=account)).status_code == 200
    assert made["accounts"][0]["password"] != PASSWORD


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_t26_no_written_cell_begins_a_formula(cell: str) -> None:
    rows: list[list[Cell]] = [[cell, -5, None, True]]
    by_csv = csv_table([cell], rows).decode("utf-8-sig")
    assert by_csv.startswith(("'", "\"'"))
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_table({"A": ([cell], rows)}))).worksheets[0]
    assert [one.data_type for one in sheet[2]] == ["s", "n", "n", "b"]
    assert str(sheet["A2"].value).startswith("'")
    assert str(sheet["A1"].value).startswith("'")
    assert sheet["B2"].value == -5


async def test_roles_in_lists_are_not_raised_by_case(admin_client: httpx2.AsyncClient, sessions: Sessions) -> None:
    report = (await upload(admin_client, f"{HEADER}a@example.org,A,TEACHER,BN\n".encode())).json()
    assert report["created"] == 1
    async with sessions() as db:
        assert await db.scalar(select(User.role).where(User.email == "a@example.org")) == Role.TEACHER
