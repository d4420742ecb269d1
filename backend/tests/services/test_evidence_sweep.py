"""Evidence leaves the disk with its exam, and what a crash left without a row goes later; nothing else goes."""

import os
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from app.core.clock import now
from app.core.config import Settings
from app.db.models import Evidence, User, Violation
from app.db.session import Sessions, unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.violations import Severity, ViolationKind
from app.services.evidence_sweep import remove_orphans
from app.storage import LocalStore
from tests.builders import make_exam, make_exam_session

SECRET = b"\xff\xd8 the face of a student \xff\xd9"


@pytest.fixture
def store(settings: Settings) -> LocalStore:
    """The test server's store."""
    return LocalStore(settings.evidence_dir)


async def kept_picture(sessions: Sessions, store: LocalStore, teacher: User, student: User) -> int:
    """An exam with one ended sitting, one violation, one picture on disk; returns the exam's id."""
    async with unit_of_work(sessions) as db:
        exam = await make_exam(db, teacher)
        taken = await make_exam_session(db, exam, student, state=SessionState.SUBMITTED, settled=True)
        violation = Violation(
            exam_session_id=taken.id,
            key=1,
            kind=ViolationKind.LOOKING_AWAY,
            severity=Severity.WARNING,
            started_at=now(),
            confidence=0.9,
        )
        db.add(violation)
        await db.flush()
        name = f"{taken.id}/picture.jpg"
        await store.put(name, SECRET)
        db.add(
            Evidence(
                exam_session_id=taken.id,
                violation_id=violation.id,
                role="best",
                captured_at=now(),
                path=name,
                sha256="0" * 64,
                size=len(SECRET),
            )
        )
    return exam.id


def bytes_on_disk(folder: Path) -> list[Path]:
    """Files that hold the picture."""
    return [path for path in folder.rglob("*") if path.is_file() and SECRET in path.read_bytes()]


async def test_deleting_an_exam_removes_the_bytes(
    sessions: Sessions, store: LocalStore, teacher: User, student: User, teacher_client: httpx2.AsyncClient
) -> None:
    gone, stays = [await kept_picture(sessions, store, teacher, student) for _ in range(2)]
    assert len(bytes_on_disk(store.root)) == 2
    assert (await teacher_client.delete(f"/api/v1/exams/{gone}")).status_code == 200
    assert len(bytes_on_disk(store.root)) == 1
    assert (await teacher_client.get(f"/api/v1/exams/{stays}")).status_code == 200


async def test_old_orphans_go_and_the_rest_stays(
    sessions: Sessions, store: LocalStore, teacher: User, student: User
) -> None:
    await kept_picture(sessions, store, teacher, student)
    await store.put("99/orphan.jpg", b"left behind by a crash")
    await store.put("99/young.jpg", b"its row is on the way")
    long_ago = (now() - timedelta(hours=2)).timestamp()
    for path in [*bytes_on_disk(store.root), store.root / "99/orphan.jpg"]:
        os.utime(path, (long_ago, long_ago))
    assert await remove_orphans(sessions, store) == 1
    assert {path.name for path in store.root.rglob("*.jpg")} == {"picture.jpg", "young.jpg"}
