"""Backup and restore: the same rows and files come back, and a damaged backup changes nothing."""

import hashlib
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.db.archive import DUMP, BackupError, Stage
from app.db.backup import back_up
from app.db.base import Base
from app.db.check import check
from app.db.migrate import migrate
from app.db.models import Evidence, Exam, ExamSession, User, Violation
from app.db.restore import restore
from app.domain.roles import Role
from app.domain.violations import Severity, ViolationKind

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
PICTURES = {"1/best.jpg": b"\xff\xd8 best", "1/after.jpg": b"\xff\xd8 after" * 5000}


@pytest.fixture
async def address(engine: AsyncEngine, evidence_dir: Path) -> str:
    """A database with one proctored sitting and its evidence."""
    await migrate(engine)
    async with AsyncSession(engine) as db:
        teacher = User(email="rahima@example.org", full_name="রহিমা খাতুন", hashed_password="-", role=Role.TEACHER)
        student = User(email="karim@example.org", full_name="করিম\tউদ্দিন\\N", hashed_password="-", role=Role.STUDENT)
        hours = {"start_time": START, "end_time": START + timedelta(hours=2), "duration_minutes": 60}
        exam = Exam(creator=teacher, title="গণিত", **hours)
        sitting = ExamSession(exam=exam, student=student, ends_at=START + timedelta(hours=1))
        kind = {"kind": ViolationKind.LOOKING_AWAY, "severity": Severity.WARNING, "confidence": 0.9}
        violation = Violation(exam_session=sitting, key=1, started_at=START, **kind)
        db.add(violation)
        await db.flush()
        for path, body in PICTURES.items():
            (evidence_dir / path).parent.mkdir(exist_ok=True)
            (evidence_dir / path).write_bytes(body)
            known = {"path": path, "sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
            role = Path(path).stem
            db.add(Evidence(violation=violation, exam_session_id=sitting.id, role=role, captured_at=START, **known))
        await db.commit()
    await engine.dispose()
    return engine.url.render_as_string(hide_password=False)


async def rows(engine: AsyncEngine) -> dict[str, list[str]]:
    async with engine.connect() as connection:
        found = {
            name: list((await connection.execute(text(f'SELECT t::text FROM "{name}" t ORDER BY 1'))).scalars())
            for name in Base.metadata.tables
        }
    await engine.dispose()
    return found


def files(evidence_dir: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(evidence_dir)): path.read_bytes() for path in evidence_dir.rglob("*") if path.is_file()
    }


async def wipe(engine: AsyncEngine, evidence_dir: Path) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)} CASCADE"))
    await engine.dispose()
    for path in PICTURES:
        (evidence_dir / path).unlink()
    (evidence_dir / "1").rmdir()


async def test_what_was_wiped_comes_back_identical(
    address: str, engine: AsyncEngine, evidence_dir: Path, tmp_path: Path
) -> None:
    before = await rows(engine)
    seen: list[tuple[Stage, int, int]] = []
    backup = tmp_path / "backup.tar"
    manifest = await back_up(address, evidence_dir, backup, progress=lambda *step: seen.append(step))
    assert manifest.tables["evidence"] == len(PICTURES)
    assert {stage for stage, done, total in seen if done == total} == {"database", "evidence"}

    await wipe(engine, evidence_dir)
    await restore(address, evidence_dir, backup)
    assert await rows(engine) == before
    assert files(evidence_dir) == PICTURES
    found = await check(address, evidence_dir)
    assert (found.revision, found.evidence, found.missing, found.damaged) == (found.newest, len(PICTURES), [], [])

    again = tmp_path / "again.tar"  # what was restored can be backed up and restored
    await back_up(address, evidence_dir, again)
    await restore(address, evidence_dir, again, force=True)
    assert await rows(engine) == before


async def test_restore_refuses_to_replace_anything_unless_forced(
    address: str, engine: AsyncEngine, evidence_dir: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar"
    await back_up(address, evidence_dir, backup)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE users SET full_name = 'changed'"))
    await engine.dispose()
    changed = await rows(engine)
    with pytest.raises(BackupError, match="--force"):
        await restore(address, evidence_dir, backup)
    assert await rows(engine) == changed
    await restore(address, evidence_dir, backup, force=True)
    assert await rows(engine) != changed


@pytest.mark.parametrize("part", ["dump", "picture", "manifest", "end", "missing"])
async def test_a_damaged_backup_is_refused_and_changes_nothing(
    address: str, engine: AsyncEngine, evidence_dir: Path, tmp_path: Path, part: str
) -> None:
    backup = tmp_path / "backup.tar"
    await back_up(address, evidence_dir, backup)
    damage(backup, part)
    before = await rows(engine)
    with pytest.raises(BackupError, match=r"damaged|whole"):
        await restore(address, evidence_dir, backup, force=True)
    assert await rows(engine) == before
    assert files(evidence_dir) == PICTURES


def damage(backup: Path, part: str) -> None:
    with tarfile.open(backup) as archive:
        places = {member.name: member.offset_data for member in archive}
        members = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    if part == "missing":
        with tarfile.open(backup, "w") as archive:
            for name in members:
                if name != "evidence/1/best.jpg":
                    (backup.parent / "member").write_bytes(members[name])
                    archive.add(backup.parent / "member", name)
        return
    data = bytearray(backup.read_bytes())
    names = {"dump": DUMP, "picture": "evidence/1/after.jpg", "manifest": "manifest.json"}
    if part == "end":
        del data[places["manifest.json"] :]
    else:
        data[places[names[part]] + 20] ^= 1
    backup.write_bytes(data)


async def test_a_failure_in_the_database_leaves_everything_as_it_was(
    address: str, engine: AsyncEngine, evidence_dir: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar"
    await back_up(address, evidence_dir, backup)
    before = await rows(engine)
    refusing = """
        CREATE SCHEMA watcher;
        CREATE FUNCTION watcher.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
          BEGIN IF tg_tag = 'ALTER TABLE' THEN RAISE 'the disk is full'; END IF; END $$;
        CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION watcher.refuse()"""
    async with engine.begin() as connection:
        for statement in refusing.split(";\n        CREATE"):
            await connection.execute(
                text(statement if statement.lstrip().startswith("CREATE") else "CREATE" + statement)
            )
    await engine.dispose()
    with pytest.raises(BackupError, match="the disk is full"):
        await restore(address, evidence_dir, backup, force=True)
    assert await rows(engine) == before
    assert files(evidence_dir) == PICTURES


async def test_servers_still_connected_are_in_the_way(
    address: str, engine: AsyncEngine, evidence_dir: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar"
    await back_up(address, evidence_dir, backup)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(BackupError, match="stop every server"):
            await restore(address, evidence_dir, backup, force=True)


async def test_check_names_each_evidence_file_that_is_not_what_was_stored(address: str, evidence_dir: Path) -> None:
    (evidence_dir / "1/best.jpg").write_bytes(b"something else")
    (evidence_dir / "1/after.jpg").unlink()
    found = await check(address, evidence_dir)
    assert "fsync is off" in found.problems  # of the tests' own cluster
    assert (found.damaged, found.missing, found.evidence) == (["1/best.jpg"], ["1/after.jpg"], 2)
