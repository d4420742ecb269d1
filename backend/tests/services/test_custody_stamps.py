"""An outside authority dates what was signed (RFC 3161): really asked, checked anywhere, never waited for."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.signing import Verifier
from app.core.time_stamps import TimeStampAuthority, TimeStampError, authority_certificates, read_stamp
from app.db.models import CustodyManifest, CustodyStamp, Exam, ExamSession, User
from app.db.session import unit_of_work
from app.schemas.administration import TimeStampsRead
from app.services.custody_stamps import keep_stamping, stamp_due, undated
from app.services.custody_verify import Verified, verify_bundle
from tests.custody import Room, whole_sitting
from tests.time_stamp_authority import Authority, authority


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Authority]:
    """The authority."""
    async with authority(tmp_path / "tsa") as outside:
        yield outside


def asked_at(outside: Authority) -> TimeStampAuthority:
    return TimeStampAuthority(outside.url, authority_certificates(outside.certificates))


async def verified(room: Room, taken: ExamSession, folder: Path, certificates: Path | None) -> Verified:
    """What somebody says who has the bundle, the public key and the authority's certificates."""
    answer = await room.teacher.get(f"/api/v1/exam-sessions/{taken.id}/bundle")
    assert answer.status_code == 200, answer.text
    (folder / "bundle.zip").write_bytes(answer.content)
    verifier = Verifier(room.notary.signer.public_pem)
    return verify_bundle(folder / "bundle.zip", verifier, authority_certificates(certificates))


async def test_what_was_signed_last_is_dated_and_anybody_can_check_it(
    room: Room, exam: Exam, taken: ExamSession, student: User, outside: Authority, tmp_path: Path
) -> None:
    await whole_sitting(room, exam, taken, student)
    found = await verified(room, taken, tmp_path, outside.certificates)
    assert found.problems == ["no outside authority has dated it"]
    assert await stamp_due(room.sessions, asked_at(outside)) == 1
    assert await stamp_due(room.sessions, asked_at(outside)) == 0
    async with room.sessions() as db:
        [stamp] = await db.scalars(select(CustodyStamp))
        newest = await db.scalar(select(CustodyManifest).order_by(CustodyManifest.number.desc()).limit(1))
    assert newest is not None
    assert (stamp.number, stamp.exam_session_id) == (newest.number, taken.id)
    assert abs((stamp.at - newest.created_at).total_seconds()) < 120
    found = await verified(room, taken, tmp_path, outside.certificates)
    assert (found.problems, found.stamps, found.stamped_at) == ([], 1, stamp.at.isoformat())
    found = await verified(room, taken, tmp_path, None)
    assert (found.problems, found.stamps, found.stamped_at) == ([], 1, None)
    # Another authority of the same name is not the one.
    other = Authority(tmp_path / "other").certificates
    assert any("time-stamp" in one for one in (await verified(room, taken, tmp_path, other)).problems)


async def test_an_authority_that_is_away_or_lies_stops_nothing_and_is_asked_again(
    room: Room, exam: Exam, taken: ExamSession, student: User, outside: Authority, tmp_path: Path
) -> None:
    outside.behaves = "away"
    begun = time.monotonic()
    away = asyncio.create_task(keep_stamping(room.sessions, asked_at(outside)))
    await whole_sitting(room, exam, taken, student)  # ends, is signed, judged, all the same
    found = await verified(room, taken, tmp_path, None)
    assert (found.problems, found.stamps) == ([], 0)
    away.cancel()
    lies = {"away": "503", "huge": "too large", "forges": "signature", "repeats": "another question"}
    for behaviour, why in lies.items():
        outside.behaves = behaviour
        with pytest.raises(TimeStampError, match=why):
            await stamp_due(room.sessions, asked_at(outside))
    with pytest.raises(TimeStampError, match="away"):
        await stamp_due(room.sessions, TimeStampAuthority("http://127.0.0.1:9/"))
    async with room.sessions() as db:
        assert list(await db.scalars(select(CustodyStamp))) == []
        signed_at = await db.scalar(select(func.max(CustodyManifest.created_at)))
        assert await undated(db) == TimeStampsRead(waiting=1, since=signed_at)
    outside.behaves = "well"
    assert await stamp_due(room.sessions, asked_at(outside)) == 1
    async with room.sessions() as db:
        assert await undated(db) == TimeStampsRead(waiting=0, since=None)
    assert (await verified(room, taken, tmp_path, outside.certificates)).stamps == 1
    assert time.monotonic() - begun < 60


async def test_a_stamp_of_something_else_and_a_changed_one_are_found(
    room: Room, exam: Exam, taken: ExamSession, student: User, engine: AsyncEngine, outside: Authority, tmp_path: Path
) -> None:
    await whole_sitting(room, exam, taken, student, judged=False)
    await stamp_due(room.sessions, asked_at(outside))
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with unit_of_work(room.sessions) as db:
            await db.execute(text("UPDATE custody_stamps SET at = now()"))
    other = await asked_at(outside).stamp(b"something else")
    async with engine.begin() as connection:  # as the owner of the database, who may do everything
        await connection.execute(text("UPDATE custody_stamps SET answer = :answer"), {"answer": other.answer})
    for certificates in (outside.certificates, None):
        found = await verified(room, taken, tmp_path, certificates)
        assert found.problems == ["the time-stamp of manifest 1 does not hold: it is of something else"]
    trusted = authority_certificates(outside.certificates)
    for place in range(0, len(other.answer), 3):
        changed = bytearray(other.answer)
        changed[place] ^= 0x10
        try:
            assert read_stamp(bytes(changed), b"something else", trusted).at == other.at, place
        except TimeStampError:
            continue


async def test_the_command_says_when_it_was_dated(
    room: Room, exam: Exam, taken: ExamSession, student: User, outside: Authority, tmp_path: Path
) -> None:
    await whole_sitting(room, exam, taken, student, judged=False)
    await stamp_due(room.sessions, asked_at(outside))
    await verified(room, taken, tmp_path, None)
    (tmp_path / "proctor.pem").write_text(room.notary.signer.public_pem)

    files = ("bundle.zip", "--public-key", "proctor.pem", "--time-stamps", str(outside.certificates), "--json")
    process = await asyncio.create_subprocess_exec(
        "proctor", "verify", *files, cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    said = json.loads((await process.communicate())[0])
    assert (process.returncode, said["ok"], said["stamps"]) == (0, True, 1)
    assert said["stamped_at"]
