"""Questions in files over HTTP: all or nothing with the line named, no doubles, the same file out again."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from app.db.models import Exam, User
from app.db.session import Sessions, unit_of_work
from app.schemas.questions import QuestionWrite, plain
from app.services.question_formats import FORMATS, Content, QuestionFormat, Sheet
from tests.builders import make_exam, make_question
from tests.conftest import Login
from tests.questions import CHOICE, EVERY_TYPE

MANY = 500
BAD = 250
EVERY_FORMAT = list(QuestionFormat)


def numbered(place: int) -> Content:
    """A question that every format carries."""
    text = f"Question {place:03}, no more?" if place % 2 else f"প্রশ্ন {place:03}, কোনটি ঠিক?"
    options = [{"id": name, "text": {"bn": f"উত্তর {name}"}} for name in "abc"]
    content = {"type": "single_choice", "text": {"en" if place % 2 else "bn": text}, "body": {"options": options}}
    return plain(QuestionWrite.model_validate({**content, "key": {"option": "b"}})) | {"seconds": None, "section": None}


def many() -> Sheet:
    return Sheet([numbered(place) for place in range(1, MANY + 1)])


def in_zip(body: bytes, name: str, change: Callable[[str], str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            content = old.read(one)
            new.writestr(one, change(content.decode()).encode() if one == name else content)
    return made.getvalue()


def broken(name: QuestionFormat, body: bytes) -> tuple[bytes, int, str]:
    """The file with its 250th question made wrong, the line to be named and the code."""
    mark = f"প্রশ্ন {BAD:03}"
    if name is QuestionFormat.QTI:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            manifest = package.read("imsmanifest.xml").decode().split("\n")
        line = next(place for place, one in enumerate(manifest, start=1) if f'href="items/q{BAD:04}.xml"' in one)
        wrong = in_zip(
            body, f"items/q{BAD:04}.xml", lambda xml: xml.replace("<value>C_b</value>", "<value>C_x</value>")
        )
        return wrong, line, "question_key_unknown"
    lines = body.decode().split("\n")
    at = next(place for place, one in enumerate(lines) if mark in one)
    before, after = "\n".join(lines[:at]), "\n".join(lines[at:])
    replace, by, line, code = {
        QuestionFormat.JSON: ('"option": "b"', '"option": "x"', at + 1, "question_key_unknown"),
        QuestionFormat.CSV: (",b,", ",x,", at + 1, "question_key_unknown"),
        QuestionFormat.GIFT: ("}", "", at + 1, "gift_answer_block"),
        QuestionFormat.AIKEN: ("ANSWER: B\n", "", at + 4, "aiken_no_answer"),
        QuestionFormat.MOODLE_XML: ('fraction="100"', 'fraction="60"', at, "weights_not_carried"),
    }[name]
    assert replace in after
    return "\n".join([before, after.replace(replace, by, 1)]).encode(), line, code


async def upload(
    client: httpx2.AsyncClient, headers: dict[str, str], exam: Exam, body: bytes, **fields: str
) -> httpx2.Response:
    path = f"/api/v1/exams/{exam.id}/questions/import"
    return await client.post(path, files={"file": ("../../x.exe", body)}, data=fields, headers=headers)


async def count(client: httpx2.AsyncClient, headers: dict[str, str], exam: Exam) -> int:
    return len((await client.get(f"/api/v1/exams/{exam.id}/questions", headers=headers)).json())


@pytest.mark.parametrize("name", EVERY_FORMAT)
async def test_one_bad_line_of_500_stores_nothing_and_the_same_file_twice_makes_no_doubles(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, name: QuestionFormat
) -> None:
    headers = login(teacher)
    body = FORMATS[name].write(many())
    wrong, line, code = broken(name, body)
    refused = await upload(client, headers, exam, wrong, format=name.value)
    assert (refused.status_code, refused.json()["code"]) == (422, "question_import_refused")
    report = refused.json()["report"]
    assert [(one["line"], one["code"]) for one in report["errors"]][:1] == [(line, code)]
    assert (report["format"], report["imported"]) == (name.value, 0)
    assert await count(client, headers, exam) == 0
    tried = (await upload(client, headers, exam, wrong, dry_run="true")).json()
    assert tried["errors"] == report["errors"]

    tried = (await upload(client, headers, exam, body, dry_run="true")).json()
    assert (tried["format"], tried["found"], tried["imported"]) == (name.value, MANY, MANY)
    assert await count(client, headers, exam) == 0
    stored = (await upload(client, headers, exam, body)).json()
    assert (stored["imported"], stored["skipped_doubles"], stored["errors"]) == (MANY, 0, [])
    again = (await upload(client, headers, exam, body)).json()
    assert (again["found"], again["imported"], again["skipped_doubles"]) == (MANY, 0, MANY)
    assert await count(client, headers, exam) == MANY


@pytest.mark.parametrize("name", EVERY_FORMAT)
async def test_export_import_export_is_identical(
    client: httpx2.AsyncClient, login: Login, sessions: Sessions, teacher: User, exam: Exam, name: QuestionFormat
) -> None:
    headers = login(teacher)
    async with unit_of_work(sessions) as db:
        for content in [*EVERY_TYPE.values(), numbered(7) | {"section": None}]:
            await make_question(db, exam, {key: value for key, value in content.items() if key != "section"})
        other = await make_exam(db, teacher, title=exam.title)
    path = "/api/v1/exams/{}/questions/export"
    first = await client.get(path.format(exam.id), params={"format": name.value}, headers=headers)
    if first.status_code == 409:
        assert first.json()["code"] == "format_cannot_carry"
        assert name in (QuestionFormat.GIFT, QuestionFormat.AIKEN, QuestionFormat.MOODLE_XML, QuestionFormat.QTI)
        first = await client.get(path.format(exam.id), params={"format": name.value, "leave_out": "1"}, headers=headers)
    assert first.headers["content-disposition"].startswith("attachment")
    report = (await upload(client, headers, other, first.content)).json()
    assert (report["format"], report["errors"]) == (name.value, [])
    second = await client.get(path.format(other.id), params={"format": name.value}, headers=headers)
    assert second.content == first.content


JSON_HEAD = '{"format": "360proctor-questions", "version": 1, "questions": ['
ONE = json.dumps(CHOICE)
WRONG = json.dumps(CHOICE | {"key": {"option": "z"}})
CSV_HEAD = "type,text_en,choices_en,answer\n"
QUIZ = '<quiz><question type="{}"><questiontext><text>{}</text></questiontext>{}</question></quiz>'
BOMB = '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><quiz>&b;</quiz>'
OUTSIDE = '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'


def package(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("body", "line", "code"),
    [
        (b"", 1, "file_empty"),  # C01
        (b" \n\n", 1, "file_empty"),
        (CSV_HEAD.encode(), 1, "file_empty"),  # C02
        (b"[]", 1, "file_empty"),
        (b"<quiz></quiz>", 1, "file_empty"),
        (b"type,answer\nshort_text,x\n", 1, "column_missing"),  # C03
        (b"type,text_en,text_en\nessay,x,y\n", 1, "column_twice"),
        (b"type,text_en\nessay,a,b\n", 2, "csv_too_many_cells"),
        (b"type,text_en\nessay,ok\n" + b'essay,"' + b"x" * 140_000 + b'"\n', 3, "csv_quotes"),  # C05
        (b'type,text_en\nessay,ok\nessay,"open\n', 3, "csv_quotes"),  # C06
        (b"type,text_en\nessay,ok\nessay,caf\xe9\n", 3, "file_encoding"),  # C07
        ((CSV_HEAD + "single_choice,Q?,a) x\n").encode(), 2, "question_needs_more"),
        ((CSV_HEAD + 'single_choice,Q?,"x\ny",c\n').encode(), 2, "question_key_unknown"),  # C15
        (b"type,text_en,points\nessay,Q,-1\n", 2, "question_field_invalid"),  # C15
        (b"type,text_en,points\nessay,Q,lots\n", 2, "number_unreadable"),
        (b"type,text_en\nnovel,Q\n", 2, "question_field_invalid"),
        (b"text_en,type\nQ\n", 2, "question_field_invalid"),  # a line that ends early: found by `make fuzz`
        (
            (JSON_HEAD + ONE + ",\n" + WRONG + "]}").encode(),
            2,
            "question_key_unknown",
        ),
        ((JSON_HEAD + ONE + ",\n{]}").encode(), 2, "json_syntax"),
        ((JSON_HEAD + ONE + ",\n7]}").encode(), 2, "question_not_an_object"),
        ((JSON_HEAD + ONE[:-1] + ', "points": NaN}]}').encode(), 1, "json_syntax"),
        (b'{"format": "other", "questions": []}', 1, "json_other_format"),
        (b'{"a": 1, "a": 2}', 1, "json_key_twice"),
        (b"[" * 100_000, 1, "json_syntax"),
        (BOMB.encode(), 1, "xml_forbidden"),  # C11
        (OUTSIDE.encode(), 1, "xml_forbidden"),
        (b"<quiz>" + b"<a>" * 100_000, 1, "xml_too_much"),
        (b"<quiz>\n<question>\n</quiz>", 3, "xml_syntax"),
        (b"<rss></rss>", 1, "xml_other_root"),
        (QUIZ.format("stack", "Q", "").encode(), 1, "type_not_carried"),
        (QUIZ.format("essay", '&lt;img src="@@PLUGINFILE@@/a.png"&gt;', "").encode(), 1, "picture_missing"),
        (b"PK\x03\x04 no archive", 1, "package_unreadable"),  # C10
        (package(a__xml=b"<a/>"), 1, "qti_no_manifest"),
        (package(**{"../evil__xml": b"<a/>"}), 1, "package_forbidden"),
        (package(imsmanifest__xml=b"<a>" + b" " * 9_000_000 + b"</a>"), 1, "package_too_much"),
        (package(**{f"f{place}": b"" for place in range(5001)}), 1, "package_too_much"),
        (b"What?\nA. x\nB. y\nANSWER: C\n", 1, "question_key_unknown"),
        (b"What?\nA. x\nC. y\nANSWER: A\n", 3, "aiken_letter"),
        (b"What? {=a ~b} and {=c ~d}\n", 1, "gift_answer_block"),
        (b"First {=a}\n\nWhat? {~%70%a ~%30%b}\n", 3, "weights_not_carried"),
    ],
)
async def test_c_list_what_is_wrong_is_named_and_nothing_is_stored(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, body: bytes, line: int, code: str
) -> None:
    headers = login(teacher)
    answer = await upload(client, headers, exam, body)
    assert answer.status_code == 422, answer.text
    errors = answer.json()["report"]["errors"]
    assert (errors[0]["line"], errors[0]["code"]) == (line, code)
    assert await count(client, headers, exam) == 0


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("\ufefftype;text_bn;points\r\nessay;কেন?;২\r\n", ("essay", {"bn": "কেন?"}, 2.0)),
        ("text_en\ttype\textra\nWhy?\tessay\t\n", ("essay", {"en": "Why?"}, 1.0)),
        ("What?{}\n// a comment\n", ("essay", {"en": "What?"}, 1.0)),
        ("::t::[html]<p>2 &lt; <b>3</b>?</p>{T}\n", ("true_false", {"en": "2 < **3**?"}, 1.0)),
        ("আম কি ফল?\nA) হ্যাঁ\nB) না\nANSWER: A\n", ("single_choice", {"bn": "আম কি ফল?"}, 1.0)),
        (
            QUIZ.format("essay", "&lt;p&gt;\\(x\\)&lt;/p&gt;", "<defaultgrade>3</defaultgrade>"),
            ("essay", {"en": "$x$"}, 3.0),
        ),
    ],
)
async def test_files_of_many_kinds(
    client: httpx2.AsyncClient, login: Login, teacher: User, exam: Exam, body: str, wanted: tuple[Any, ...]
) -> None:
    headers = login(teacher)
    report = (await upload(client, headers, exam, body.encode())).json()
    assert report["errors"] == []
    [found] = (await client.get(f"/api/v1/exams/{exam.id}/questions", headers=headers)).json()
    assert (found["type"], found["text"], found["points"]) == wanted
    assert (await upload(client, headers, exam, body.lstrip("\ufeff").encode("utf-16"))).json().get(
        "skipped_doubles"
    ) == 1 or "<" in body


async def test_c08_no_cell_of_a_csv_is_a_formula(
    client: httpx2.AsyncClient, login: Login, sessions: Sessions, teacher: User, exam: Exam
) -> None:
    headers = login(teacher)
    async with unit_of_work(sessions) as db:
        for text in ("=HYPERLINK(1)", "+cmd", "@SUM(1)", "-2+3", "'=1", "''x"):
            await make_question(db, exam, {"type": "essay", "text": {"en": text}})
        other = await make_exam(db, teacher)
    path = "/api/v1/exams/{}/questions/export?format=csv"
    body = (await client.get(path.format(exam.id), headers=headers)).content
    assert not re.search(rb'(^|[,"])[=+@-]', body, re.MULTILINE)
    await upload(client, headers, other, body)
    listed = (await client.get(f"/api/v1/exams/{other.id}/questions", headers=headers)).json()
    assert [one["text"]["en"] for one in listed] == ["=HYPERLINK(1)", "+cmd", "@SUM(1)", "-2+3", "'=1", "''x"]


async def test_sections_come_along(
    client: httpx2.AsyncClient, login: Login, sessions: Sessions, teacher: User, exam: Exam
) -> None:
    headers, path = login(teacher), f"/api/v1/exams/{exam.id}"
    section = {"title": {"en": "Part", "bn": "অংশ"}, "pool": 1, "navigation": "forward"}
    made = (await client.post(f"{path}/sections", json=section, headers=headers)).json()
    await client.post(f"{path}/questions", json=CHOICE | {"section_id": made["id"]}, headers=headers)
    async with unit_of_work(sessions) as db:
        other = await make_exam(db, teacher)
    body = (await client.get(f"{path}/questions/export?format=json", headers=headers)).content
    await upload(client, headers, other, body)
    await upload(client, headers, other, body)
    [copied] = (await client.get(f"/api/v1/exams/{other.id}/sections", headers=headers)).json()
    assert {name: copied[name] for name in section} == section
    assert (await client.get(f"/api/v1/exams/{other.id}/questions/export?format=json", headers=headers)).content == body
