"""Erasing (T33): nothing of a person is left on the disk or in a dump, and the chain goes on to verify."""

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import asyncpg
import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.config import Settings
from app.core.events import Bus
from app.core.signing import Verifier
from app.db.backup import back_up
from app.db.models import Exam, ExamSession, User, WrappedKey
from app.db.restore import restore
from app.db.session import Sessions, make_engine, make_sessions, unit_of_work
from app.domain.roles import Role
from app.services.custody_bundle import bundle_of
from app.services.custody_verify import Verified, verify_bundle
from app.services.erasure import erase_again
from app.services.retention import run as run_retention
from app.services.scrub import scrub
from app.services.sound_lane import record_sound
from app.storage import LocalStore
from tests.builders import make_exam, make_exam_session, make_user
from tests.custody import TOLD, Room, whole_sitting
from tests.database_files import dump_of, on_database_disk

NAME, EMAIL = "Zyxwina Qrstovka", "zyxwina.qrstovka@example.org"
WORDS = "Because আকাশ 1e300"
SAID = "May I open the window?"
OBJECTS = "I wear a veil."
TRACES = (NAME, EMAIL, WORDS, SAID, TOLD, OBJECTS)


@pytest.fixture
async def named(sessions: Sessions, student: User) -> User:
    """The student, with a name that is nowhere else."""
    async with unit_of_work(sessions) as db:
        row = await db.get_one(User, student.id)
        row.full_name, row.email = NAME, EMAIL
        return row


async def verified(room: Room, exam_session_id: int, folder: Path) -> Verified:
    """As `proctor verify <number>` finds it."""
    async with unit_of_work(room.sessions) as db:
        body = await bundle_of(db, exam_session_id, room.store, room.notary)
    (folder / "bundle.zip").write_bytes(body)
    return verify_bundle(folder / "bundle.zip", Verifier(room.notary.signer.public_pem))


def traces(body: bytes) -> list[str]:
    """What of the person is in it."""
    return [one for one in TRACES if one.encode() in body]


async def test_nothing_of_an_erased_person_is_left_and_the_chain_verifies(
    room: Room, exam: Exam, taken: ExamSession, named: User, admin_client: httpx2.AsyncClient, engine: AsyncEngine,
    sessions: Sessions, settings: Settings, tmp_path: Path,
) -> None:  # fmt: skip
    async with unit_of_work(sessions) as db:
        other = await make_exam_session(db, exam, await make_user(db, Role.STUDENT))
    await whole_sitting(room, exam, taken, named)
    assert settings.DATABASE_URL is not None
    url = settings.DATABASE_URL.get_secret_value()
    assert set(traces(dump_of(url))) == set(TRACES)
    assert traces(await on_database_disk(engine))
    pieces = [path for path in room.store.root.rglob("*") if path.is_file()]
    kept = [path.read_bytes() for path in pieces]
    assert len(pieces) > 2

    path = f"/api/v1/users/{named.id}/erase"
    wrong = await admin_client.post(path, json={"email": "other@example.org"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "email_does_not_fit")
    done = await admin_client.post(path, json={"email": EMAIL})
    assert (done.status_code, done.json()) == (200, {"exam_sessions": 1, "files": len(pieces)})

    assert [path for path in room.store.root.rglob("*") if path.is_file()] == []
    assert traces(dump_of(url)) == []
    assert traces(await on_database_disk(engine)) == []
    async with sessions() as db:
        theirs = select(WrappedKey.id).where(WrappedKey.exam_session_id.is_distinct_from(other.id))
        assert await db.scalar(theirs) is None  # what an older copy of a piece would need
        assert await db.get(ExamSession, other.id) is not None
        assert await db.get(User, named.id) is None
    assert all(body not in dump_of(url) for body in kept)
    found = await verified(room, taken.id, tmp_path)
    assert (found.problems, found.erased, found.items) == ([], True, 0)


async def test_who_has_judged_cannot_erase_and_nobody_is_erased_in_mid_exam(
    room: Room, exam: Exam, taken: ExamSession, named: User, admin: User, admin_client: httpx2.AsyncClient
) -> None:
    path = f"/api/v1/users/{named.id}/erase"
    sits = await admin_client.post(path, json={"email": EMAIL})
    assert (sits.status_code, sits.json()["code"]) == (409, "person_sits_exam")
    await whole_sitting(room, exam, taken, named)
    await admin_client.post(f"/api/v1/exam-sessions/{taken.id}/decision", json={"decision": "clean"})
    judge = await admin_client.post(path, json={"email": EMAIL})
    assert (judge.status_code, judge.json()["code"]) == (403, "second_person_needed")


async def test_retention_destroys_the_key_of_the_pictures_and_the_chain_verifies(
    room: Room, exam: Exam, taken: ExamSession, named: User, sessions: Sessions, tmp_path: Path
) -> None:
    await whole_sitting(room, exam, taken, named, judged=False)
    async with unit_of_work(sessions) as db:
        row = await db.get_one(Exam, exam.id)
        row.start_time, row.end_time = row.start_time.replace(year=2020), row.start_time.replace(year=2021)
        ended = await db.get_one(ExamSession, taken.id)
        before = ended.end_time
        ended.end_time = row.end_time
    async with unit_of_work(sessions) as db:
        done, names = await run_retention(db, None)
        (await db.get_one(ExamSession, taken.id)).end_time = before
    assert done.pictures >= 1
    assert done.documents == 1
    assert len(names) == done.pictures + done.documents
    async with sessions() as db:
        assert set(await db.scalars(select(WrappedKey.shelf))) == {"record"}
    found = await verified(room, taken.id, tmp_path)
    assert found.problems == []
    assert found.pieces == 1  # the answer file


async def test_an_old_backup_does_not_bring_back_who_was_erased(
    room: Room, exam: Exam, taken: ExamSession, named: User, admin_client: httpx2.AsyncClient, tmp_path: Path,
    settings: Settings, empty_copy: str,
) -> None:  # fmt: skip
    await whole_sitting(room, exam, taken, named)
    assert settings.DATABASE_URL is not None
    backup = tmp_path / "backup.tar"
    await back_up(settings.DATABASE_URL.get_secret_value(), settings.evidence_dir, backup)
    await admin_client.post(f"/api/v1/users/{named.id}/erase", json={"email": EMAIL})
    elsewhere = tmp_path / "elsewhere"
    await restore(empty_copy, elsewhere, backup)
    assert [path for path in elsewhere.rglob("*") if path.is_file()]
    engine = make_engine(empty_copy)
    sessions = make_sessions(engine, Bus(), room.sessions.kw["info"]["masters"])
    assert await erase_again(sessions, LocalStore(elsewhere), room.notary) == 1
    async with unit_of_work(sessions) as db:
        assert await db.get(User, named.id) is None
        assert await db.get(ExamSession, taken.id) is None
        made = await make_exam_session(db, await make_exam(db, await make_user(db, Role.TEACHER)), await make_user(db))
        assert made.id > taken.id
    await engine.dispose()
    assert [path for path in elsewhere.rglob("*") if path.is_file()] == []
    with tarfile.open(backup) as archive:  # the old backup still has the sealed pieces, and needs the old master key
        assert len(archive.getnames()) > 3


@pytest.fixture
async def empty_copy(cluster_url: str) -> str:
    """A database beside the test's own."""
    host = str(make_url(cluster_url).query["host"])
    connection = await asyncpg.connect(host=host, user="proctor", database="postgres")
    await connection.execute("DROP DATABASE IF EXISTS erased_again")
    await connection.execute("CREATE DATABASE erased_again")
    await connection.close()
    return make_url(cluster_url).set(database="erased_again").render_as_string(hide_password=False)


async def test_the_scrub_finds_a_flipped_byte_and_tells_the_administrators(
    room: Room, exam: Exam, taken: ExamSession, named: User, admin: User, admin_client: httpx2.AsyncClient,
    sessions: Sessions,
) -> None:  # fmt: skip
    await whole_sitting(room, exam, taken, named)
    whole = await scrub(sessions, room.store, bytes_per_second=10**9)
    assert whole is not None
    assert (whole.missing, whole.changed) == ([], [])
    assert (await admin_client.get("/api/v1/notifications/")).json() == []
    first, second, *_ = sorted(path for path in room.store.root.rglob("*") if path.is_file())
    body = bytearray(first.read_bytes())
    body[len(body) // 2] ^= 1
    first.write_bytes(body)
    second.unlink()
    found = await scrub(sessions, room.store, bytes_per_second=10**9)
    assert found is not None
    names = [path.relative_to(room.store.root).as_posix() for path in (first, second)]
    assert (found.changed, found.missing) == ([names[0]], [names[1]])
    (told,) = (await admin_client.get("/api/v1/notifications/")).json()
    assert (told["priority"], "2" in told["title"]) == ("urgent", True)
    entries = (await admin_client.get("/api/v1/audit?action=evidence.scrub")).json()
    assert len(entries if isinstance(entries, list) else entries["entries"]) == 2


async def test_a_person_takes_everything_away(
    room: Room, exam: Exam, taken: ExamSession, named: User, admin_client: httpx2.AsyncClient
) -> None:
    await whole_sitting(room, exam, taken, named)
    async with unit_of_work(room.sessions) as db:
        await record_sound(db, taken.id, {0: bytes((100, 20))})
    path = f"/api/v1/users/{named.id}/export"
    own = zipfile.ZipFile(io.BytesIO((await room.student.get(path)).content))
    data = json.loads(own.read("data.json"))
    assert data["account"]["full_name"] == NAME
    (sitting,) = data["exam_sessions"]
    assert WORDS in [one["value"] for one in sitting["answers"]]
    assert sitting["violations"]
    assert sitting["sound"] == [{"from": 0.0, "to": 5.0, "level": 0.5, "speech": 0.1}]
    assert sitting["decisions"][0]["text"] == "All well."
    pictures = [name for name in own.namelist() if name.endswith(".jpg")]
    assert len(pictures) == len(sitting["evidence"]) + len(sitting["documents"])
    assert all(own.read(name)[:3] == b"\xff\xd8\xff" for name in pictures)
    manifest = own.read("manifest.json")
    hashes = json.loads(manifest)["files"]
    assert {name: hashlib.sha256(own.read(name)).hexdigest() for name in hashes} == hashes
    signature, signer = own.read("manifest.signature").decode(), room.notary.signer
    assert Verifier(signer.public_pem).holds("person export", manifest, signature, signer.key_id)
    for secret in ("hashed_password", "There was a bird.", "Bird"):
        assert secret not in own.read("data.json").decode()
    whole = zipfile.ZipFile(io.BytesIO((await admin_client.get(path)).content))
    assert "There was a bird." in whole.read("data.json").decode()
