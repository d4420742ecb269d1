"""What shows people lies sealed (T34): no key, no picture; keys rotate, old plain pieces are sealed, damage is told."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.core.config import Settings
from app.core.events import Bus
from app.core.master_keys import MasterKeyError, MasterKeys
from app.core.refusals import Refused
from app.core.sealing import MAGIC, Unsealable
from app.db.models import Document, Evidence, ExamSession, UploadedFile, User, WrappedKey
from app.db.session import Sessions, make_sessions, unit_of_work
from app.domain.documents import DocumentKind
from app.domain.shelves import Shelf
from app.domain.uploads import Purpose
from app.domain.violations import ViolationKind
from app.services import key_rotation
from app.services.data_keys import destroy_keys, session_key
from app.services.documents import hand_in
from app.services.evidence import keep_picture, record_evidence
from app.services.files import keep_file
from app.services.late_sealing import seal_old
from app.storage import EvidenceStore, LocalStore
from tests.builders import make_violation
from tests.pictures import jpeg

JPEG_START = b"\xff\xd8\xff"


@pytest.fixture
def store(app: FastAPI, settings: Settings) -> LocalStore:
    """The app's store."""
    app.state.store = store = LocalStore(settings.evidence_dir)
    return store


@pytest.fixture
def masters(settings: Settings) -> MasterKeys:
    """As the app's sessions have them."""
    return MasterKeys(settings.master_key_file, make=True)


async def kept(sessions: Sessions, store: EvidenceStore, taken: ExamSession, student: User, picture: bytes) -> Evidence:
    """A violation's picture, a document, an answer file and a portrait; the picture's row."""
    async with unit_of_work(sessions) as db:
        violation = await make_violation(db, taken, ViolationKind.LOOKING_AWAY)
        key = await session_key(db, taken.id, Shelf.PICTURES)
        piece = await keep_picture(
            store, key, exam_session_id=taken.id, role="best", captured_at=taken.start_time, body=picture
        )
        assert piece is not None
        row = await record_evidence(db, exam_session_id=taken.id, violation_id=violation.id, picture=piece)
        assert row is not None
        await hand_in(db, student, taken.id, DocumentKind.ROOM, picture, store)
        await keep_file(
            db, student, store, Purpose.ANSWER_FILE, name="a.txt", body=b"my own answer", exam_session_id=taken.id
        )
        await keep_file(db, student, store, Purpose.AVATAR, name="me.jpg", body=picture)
        return row


def on_disk(folder: Path) -> dict[str, bytes]:
    """Every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_no_picture_lies_on_the_disk_and_every_one_is_read_back(
    sessions: Sessions,
    store: LocalStore,
    taken: ExamSession,
    student: User,
    settings: Settings,
    teacher_client: httpx2.AsyncClient,
    student_client: httpx2.AsyncClient,
) -> None:
    picture = jpeg()
    row = await kept(sessions, store, taken, student, picture)
    files = on_disk(store.root)
    assert len(files) == 4
    for body in files.values():
        assert body.startswith(MAGIC)
        assert JPEG_START not in body
        assert b"answer" not in body
    assert (await teacher_client.get(f"/api/v1/evidence/{row.id}")).content == picture
    async with sessions() as db:
        document = (await db.scalars(select(Document))).one()
        uploads = {one.purpose: one for one in await db.scalars(select(UploadedFile))}
    assert (await teacher_client.get(f"/api/v1/documents/{document.id}")).content[:3] == JPEG_START
    answer = uploads[Purpose.ANSWER_FILE]
    assert (await student_client.get(f"/api/v1/answer-files/{answer.id}")).content == b"my own answer"
    portrait = await student_client.get(f"/api/v1/files/{uploads[Purpose.AVATAR].id}/download")
    assert portrait.content[:3] == JPEG_START
    secret = settings.master_key_file.read_bytes().strip()
    assert oct(settings.master_key_file.stat().st_mode & 0o777) == "0o600"
    assert all(secret not in body for body in files.values())


@pytest.mark.parametrize("harm", ["flipped", "swapped", "plain", "key gone", "master gone"])
async def test_what_was_changed_is_not_shown(
    sessions: Sessions,
    store: LocalStore,
    taken: ExamSession,
    student: User,
    bus: Bus,
    app: FastAPI,
    tmp_path: Path,
    teacher_client: httpx2.AsyncClient,
    harm: str,
) -> None:
    row = await kept(sessions, store, taken, student, jpeg())
    file = store.root / row.path
    body = bytearray(file.read_bytes())
    if harm == "flipped":
        body[-1] ^= 1
    elif harm == "swapped":
        body = bytearray(next(one for name, one in on_disk(store.root).items() if name != row.path))
    elif harm == "plain":
        body = bytearray(jpeg())
    elif harm == "key gone":
        async with unit_of_work(sessions) as db:
            assert await destroy_keys(db, [taken.id], Shelf.PICTURES) == 1
    else:
        other = MasterKeys(tmp_path / "another", make=True)
        app.state.sessions = make_sessions(sessions.kw["bind"], bus, other)
    file.write_bytes(body)
    answer = await teacher_client.get(f"/api/v1/evidence/{row.id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "evidence_changed")


async def test_a_rotation_that_is_cut_off_goes_on(
    sessions: Sessions,
    store: LocalStore,
    taken: ExamSession,
    student: User,
    masters: MasterKeys,
    teacher_client: httpx2.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = jpeg()
    row = await kept(sessions, store, taken, student, picture)
    old = masters.ids[0]
    new = masters.add()
    monkeypatch.setattr(key_rotation, "AT_ONCE", 1)

    class Cut(Exception):
        pass

    def cut(done: int) -> None:
        raise Cut

    with pytest.raises(Cut):
        await key_rotation.rewrap_all(sessions, masters, progress=cut)
    async with unit_of_work(sessions) as db:
        assert await key_rotation.keys_in_use(db) == {old: 2, new: 1}
        assert await key_rotation.forget_unused(db, masters) == set()
    # Between the two both are read, by a server that began before the rotation too (it has its own MasterKeys).
    assert (await teacher_client.get(f"/api/v1/evidence/{row.id}")).content == picture
    assert await key_rotation.rewrap_all(sessions, masters) == 2
    async with unit_of_work(sessions) as db:
        assert await key_rotation.keys_in_use(db) == {new: 3}
        assert await key_rotation.forget_unused(db, masters) == {old}
    assert masters.ids == [new]
    assert (await teacher_client.get(f"/api/v1/evidence/{row.id}")).content == picture
    with pytest.raises(MasterKeyError):
        masters.forget({new})


async def test_a_server_without_the_right_master_key_does_not_start(
    sessions: Sessions, taken: ExamSession, masters: MasterKeys, tmp_path: Path
) -> None:
    async with unit_of_work(sessions) as db:
        await session_key(db, taken.id, Shelf.RECORD)
    await key_rotation.refuse_without_masters(sessions, masters)
    other = MasterKeys(tmp_path / "another", make=True)
    with pytest.raises(Refused, match="lacks the master key"):
        await key_rotation.refuse_without_masters(sessions, other)
    async with sessions() as db:
        wrapped = (await db.scalars(select(WrappedKey))).one()
    with pytest.raises(Unsealable):
        other.unwrap(wrapped.wrapped, wrapped.master_id, wrapped.id)


async def test_old_plain_pieces_are_read_and_then_sealed(
    sessions: Sessions, store: LocalStore, taken: ExamSession, teacher_client: httpx2.AsyncClient
) -> None:
    picture = jpeg()
    async with unit_of_work(sessions) as db:
        violation = await make_violation(db, taken, ViolationKind.LOOKING_AWAY)
        await store.put(f"{taken.id}/old.jpg", picture)
        row = Evidence(
            exam_session_id=taken.id, violation_id=violation.id, role="best", captured_at=taken.start_time,
            path=f"{taken.id}/old.jpg", sha256=hashlib.sha256(picture).hexdigest(), size=len(picture),
        )  # fmt: skip
        db.add(row)
    assert (await teacher_client.get(f"/api/v1/evidence/{row.id}")).content == picture
    assert await seal_old(sessions, store) == (1, [])
    assert all(body.startswith(MAGIC) for body in on_disk(store.root).values())
    assert len(on_disk(store.root)) == 1
    assert (await teacher_client.get(f"/api/v1/evidence/{row.id}")).content == picture
    assert await seal_old(sessions, store) == (0, [])


async def test_the_command_makes_shows_and_rotates(
    sessions: Sessions, taken: ExamSession, settings: Settings, in_terminal: Callable[..., str]
) -> None:
    assert "made" in in_terminal("keys", "make")
    async with unit_of_work(sessions) as db:
        await session_key(db, taken.id, Shelf.RECORD)
    assert "1 data keys  newest" in in_terminal("keys", "show")
    assert "1 data keys are now wrapped" in in_terminal("keys", "rotate")
    assert "Forgotten: nothing" not in in_terminal("keys", "forget")
    assert in_terminal("keys", "show").count("\n") == 1
    key = settings.master_key_file.read_text().strip()
    assert key not in in_terminal("keys", "show")


@pytest.fixture
def in_terminal(settings: Settings) -> Callable[..., str]:
    """Runs `proctor …` with the test's settings; what it says."""
    assert settings.DATABASE_URL is not None
    environment = {
        **os.environ,
        "ENVIRONMENT": "test",
        "DATABASE_URL": settings.DATABASE_URL.get_secret_value(),
        "VAR_DIR": str(settings.VAR_DIR),
    }

    def run(*arguments: str) -> str:
        command = [sys.executable, "-c", "from app.launch import main; main()", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
