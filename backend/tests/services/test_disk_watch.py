"""Disks that fill up: administrators hear of it, new sittings wait, and answers still go in (F10, F11)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.core.config import Settings
from app.db.models import Exam, ExamSession, Notification, User
from app.db.session import Sessions, unit_of_work
from app.domain.disk import GIB, DiskLevel, DiskUse, level_of
from app.domain.violations import Observation, ViolationKind
from app.services.disk_watch import DiskWatch, SparingStore, disk_use
from app.storage import LocalStore
from chaos.resources import can_mount, small_disk
from tests.builders import make_user
from tests.fakes import ScriptedEngine, shows
from tests.live import LiveServer
from tests.pictures import jpeg

MEGABYTES = 8


@pytest.mark.parametrize(
    ("percent", "before", "level"),
    [
        (84, "ok", "ok"),
        (85, "ok", "low"),
        (94, "low", "low"),
        (95, "low", "full"),
        (100, "ok", "full"),
        (94.5, "full", "full"),
        (93, "full", "low"),
        (84.5, "low", "low"),
        (50, "full", "ok"),
    ],
)
def test_levels(percent: float, before: str, level: str) -> None:
    use = DiskUse(used=round(percent * 1000), free=round((100 - percent) * 1000))
    assert level_of(use, DiskLevel(before)) == level


def test_where_much_is_free_a_share_means_nothing() -> None:
    assert level_of(DiskUse(used=8000 * GIB, free=100 * GIB)) is DiskLevel.OK
    assert level_of(DiskUse(used=400 * GIB, free=6 * GIB)) is DiskLevel.LOW


@pytest.fixture
async def small(settings: Settings, server: LiveServer) -> AsyncIterator[Path]:
    """Evidence on a real disk of 8 MB; the server's store spares it as in `main.py`."""
    if not can_mount():
        pytest.skip("this machine lets us mount no tmpfs")
    with small_disk(settings.evidence_dir, MEGABYTES):
        disk = server.app.state.disk = DiskWatch(settings.model_copy(update={"DATABASE_URL": None}))
        engine = ScriptedEngine(shows(Observation(ViolationKind.MULTIPLE_FACES, 1.0)))
        server.use(engine=engine, store=SparingStore(LocalStore(settings.evidence_dir), disk))
        yield settings.evidence_dir
        server.use(store=LocalStore(settings.evidence_dir))


def fill_to(folder: Path, percent: int) -> None:
    """So much of the disk is used then."""
    ballast = folder / "ballast"
    ballast.unlink(missing_ok=True)
    use = disk_use(folder)
    ballast.write_bytes(b"\0" * max(0, (use.used + use.free) * percent // 100 - use.used))


async def test_at_85_percent_administrators_are_told_once(
    server: LiveServer, small: Path, sessions: Sessions, admin: User, teacher: User
) -> None:
    disk: DiskWatch = server.app.state.disk
    fill_to(small, 90)
    assert await disk.look() is DiskLevel.LOW
    for _ in range(2):
        await disk.tell(sessions, disk.level, now())
    async with sessions() as db:
        (told,) = await db.scalars(select(Notification))
    assert (told.user_id, told.template, told.params) == (admin.id, "disk_low", {"percent": 90})
    async with server.browser(admin) as browser:
        assert (await browser.get("/system")).json()["storage"]["disk_level"] == "low"


async def test_at_95_percent_nothing_new_begins_and_what_runs_goes_on(
    server: LiveServer, small: Path, sessions: Sessions, exam: Exam, student: User, taken: ExamSession
) -> None:
    async with unit_of_work(sessions) as db:
        late = await make_user(db)
    line = await server.student(student, taken)
    fill_to(small, 96)
    await server.app.state.disk.look()
    async with server.browser(late) as browser:
        for path in ("/proctoring/start-session", f"/proctoring/sessions/{exam.id}/start", "/practice"):
            refused = await browser.post(path, json={"exam_id": exam.id} if path.endswith("session") else None)
            assert (refused.status_code, refused.json()["code"]) == (503, "disk_full"), path
    async with server.browser(student) as browser:
        again = await browser.post("/proctoring/start-session", json={"exam_id": exam.id})
        assert (again.status_code, again.json()["id"]) == (200, taken.id)
    await line.say(1, "answer", value="there is room for this")
    await line.acknowledged(1)
    begun = int(now().timestamp() * 1000)
    for number in range(1, 9):
        await line.show(number, jpeg(), begun + number * 500)
        await line.answer_to(number)
    assert [one.kind for one in await server.violations(taken)] == ["multiple_faces"]
    assert await server.evidence(taken) == []
    assert disk_use(small).share < 0.97, "the last room was used up for pictures"

    (small / "ballast").unlink()
    async with server.browser(late) as browser:
        assert (await browser.post("/proctoring/start-session", json={"exam_id": exam.id})).status_code == 200
