"""What is kept of a sitting's movement, and for how long; a film of an earlier sitting is noted once it is over."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.ai.loop_match import SLOTS, Track, pack, track_of
from app.ai.types import FrameReport, FrameRequest
from app.core.config import Settings
from app.core.signing import Verifier
from app.db.models import Exam, ExamSession, FilmPiece, User, Violation
from app.db.session import unit_of_work
from app.domain.exam_sessions import SessionState
from app.domain.films import NUMBERS, slot_of
from app.domain.violations import ViolationKind
from app.services.custody_bundle import bundle_of
from app.services.custody_seal import seal_due
from app.services.custody_verify import verify_bundle
from app.services.exam_sessions import activate
from app.services.film_comparison import compare_next
from app.services.film_lane import film_of
from app.services.kept_sitting import Services
from app.services.live_exam_sessions import LiveExamSessions
from app.services.practice import practice_exam
from tests.builders import make_exam, make_exam_session, make_user
from tests.custody import Room
from tests.database_files import dump_of, on_database_disk
from tests.fakes import ScriptedEngine, looks_fine
from tests.pictures import jpeg

SECONDS = 100
LOOPED = ViolationKind.LOOPED_VIDEO


def film(seed: int) -> Track:
    """The numbers of three minutes of somebody who moves."""
    rng = np.random.default_rng(seed)
    ways, sway = rng.normal(0, 12, (3, NUMBERS)), np.zeros(3)
    rows = np.empty((360, NUMBERS), np.float32)
    for row in rows:
        sway = 0.85 * sway + rng.normal(0, 0.5, 3)
        row[:] = np.round(sway @ ways + 100)
    return rows


def plays(track: Track) -> ScriptedEngine:
    """Workers whose loop detector sees this film, and remembers it as it does."""

    def script(request: FrameRequest) -> FrameReport:
        known = track[: slot_of(request.at) + 1][-SLOTS:]
        own: dict[str, Any] = {"track": pack(known), "at": request.at}
        seen = {} if LOOPED in request.disabled else {str(LOOPED): own}
        return replace(looks_fine(request), memory=seen)

    return ScriptedEngine(script)


async def sit(
    room: Room,
    exam: Exam,
    student: User,
    track: Track,
    *,
    attempt: int = 1,
    seconds: int = SECONDS,
    restarts: bool = False,
) -> ExamSession:
    """A whole sitting in which the camera sends this film; with `restarts` the server is another after each minute."""
    async with unit_of_work(room.sessions) as db:
        taken = await make_exam_session(db, exam, student, attempt=attempt)
        await activate(db, taken)
    services = Services(room.sessions, plays(track), room.store, room.bus.publish)
    lives = LiveExamSessions(services, room.bus)
    live = await lives.enter(taken.id)
    for at in range(0, seconds * 1000, 2000):
        if restarts and at % 60_000 == 58_000:
            await live.checkpoint()
            lives = LiveExamSessions(services, room.bus)
            live, last = await lives.enter(taken.id), live.clock.at
            live.clock.restart(last)
        await live.judge(jpeg(), at)
    await lives.leave(live)
    async with unit_of_work(room.sessions) as db:
        row = await db.get_one(ExamSession, taken.id)
        row.state, row.end_time = SessionState.SUBMITTED, row.start_time + timedelta(seconds=seconds)
    await lives.settle(taken.id)
    return taken


async def pieces_of(room: Room, taken: ExamSession) -> list[FilmPiece]:
    """As they lie in the database."""
    async with room.sessions() as db:
        return list(await db.scalars(select(FilmPiece).where(FilmPiece.exam_session_id == taken.id)))


async def compared(room: Room) -> None:
    """Everything that is over has been looked at."""
    while await compare_next(room.sessions) is not None:
        pass


async def repeated(room: Room, taken: ExamSession) -> list[Violation]:
    """What was noted of it."""
    async with room.sessions() as db:
        return list(await db.scalars(select(Violation).where(Violation.exam_session_id == taken.id)))


async def test_a_film_of_an_earlier_sitting_is_noted_scored_chained_and_told(
    room: Room, exam: Exam, teacher: User, student: User, tmp_path: Path
) -> None:
    async with unit_of_work(room.sessions) as db:
        later = await make_exam(db, teacher, title="Chemistry")
    first = await sit(room, exam, student, film(1))
    again = await sit(room, later, student, film(1)[40:])
    other = await sit(room, later, student, film(2), attempt=2)
    heard: list[Any] = []
    with room.bus.listening(f"exam:{later.id}", lambda _topic, message: heard.append(message)):
        await seal_due(room.sessions, room.notary)
        await compared(room)
        await compared(room)
    assert await repeated(room, first) == await repeated(room, other) == []
    (noted,) = await repeated(room, again)
    assert (noted.kind, noted.count) == (LOOPED, 1)
    assert noted.measured["earlier_session"] == first.id
    begins = (noted.started_at - again.start_time).total_seconds()
    assert noted.measured["earlier_seconds"] == pytest.approx(20 + begins)
    assert noted.measured["alike"] >= noted.threshold["alike"]
    assert noted.seconds == noted.measured["alike_seconds"] >= noted.threshold["alike_seconds"] == 65
    page = f"/api/v1/exam-sessions/{again.id}"
    (shown,) = (await room.teacher.get(f"{page}/violations")).json()
    row = (await room.teacher.get(page)).json()
    assert (shown["id"], shown["without_this"], shown["source"]) == (noted.id, 100.0, "camera")
    assert row["trust"] < 70
    assert [one.type for one in heard if hasattr(one, "violation")] == ["violation.closed"]
    (told,) = (await room.teacher.get("/api/v1/notifications/")).json()
    assert told["exam_session_id"] == again.id
    async with unit_of_work(room.sessions) as db:
        (tmp_path / "bundle.zip").write_bytes(await bundle_of(db, again.id, room.store, room.notary))
    found = verify_bundle(tmp_path / "bundle.zip", Verifier(room.notary.signer.public_pem))
    assert (found.problems, found.manifests) == ([], 2)
    verdict = await room.teacher.post(f"/api/v1/violations/{noted.id}/verdict", json={"verdict": "dismissed"})
    assert verdict.json()["trust"] == 100


async def test_two_exams_sat_at_once_before_one_camera_are_no_film(
    room: Room, exam: Exam, teacher: User, student: User
) -> None:
    async with unit_of_work(room.sessions) as db:
        other = await make_exam(db, teacher)
    for one in (exam, other):
        taken = await sit(room, one, student, film(1))
    await compared(room)
    assert await repeated(room, taken) == []


async def test_a_loop_longer_than_two_minutes_is_noted_at_the_end(room: Room, exam: Exam, student: User) -> None:
    taken = await sit(room, exam, student, np.vstack([film(1)] * 3), seconds=450)
    await compared(room)
    (noted,) = await repeated(room, taken)
    assert noted.measured["loop_seconds"] == 180
    assert noted.seconds >= 250
    assert "earlier_session" not in noted.measured


async def test_a_server_that_starts_again_loses_nothing_of_it(room: Room, exam: Exam, student: User) -> None:
    taken = await sit(room, exam, student, film(1), restarts=True)
    async with room.sessions() as db:
        kept = track_of(await film_of(db, taken.id))
    assert len(await pieces_of(room, taken)) > 0
    assert np.array_equal(kept, film(1)[: len(kept)])
    assert len(kept) >= 2 * SECONDS - 8


async def test_a_friends_film_is_known_in_the_same_exam_until_it_is_erased(
    room: Room, exam: Exam, student: User, admin_client: httpx2.AsyncClient, settings: Settings, engine: AsyncEngine
) -> None:
    assert settings.DATABASE_URL is not None
    url = settings.DATABASE_URL.get_secret_value()
    async with unit_of_work(room.sessions) as db:
        friend, third = await make_user(db), await make_user(db)
    lent = await sit(room, exam, friend, film(1))
    borrowed = await sit(room, exam, student, film(1))
    await compared(room)
    assert [one.measured["earlier_session"] for one in await repeated(room, borrowed)] == [lent.id]
    sealed = [piece.sealed for piece in await pieces_of(room, lent)]
    plain = film(1)[10:14].astype("<i2").tobytes()
    assert sealed
    assert all(body.hex().encode() in dump_of(url) for body in sealed)
    assert plain not in b"".join(sealed)
    export = await admin_client.get(f"/api/v1/users/{friend.id}/export")
    assert export.status_code == 200
    for user in (friend, student):
        done = await admin_client.post(f"/api/v1/users/{user.id}/erase", json={"email": user.email})
        assert done.status_code == 200, done.text
    assert await pieces_of(room, lent) == []
    dump, disk = dump_of(url), await on_database_disk(engine)
    assert all(body.hex().encode() not in dump and body[40:72] not in disk for body in sealed)
    again = await sit(room, exam, third, film(1))
    await compared(room)
    assert await repeated(room, again) == []


async def test_nothing_is_kept_of_children_in_practice_and_where_nobody_looks(
    room: Room, teacher: User, student: User
) -> None:
    async with unit_of_work(room.sessions) as db:
        exams = [
            await make_exam(db, teacher, minors=True),
            await make_exam(db, teacher, disabled_kinds=[LOOPED]),
            await db.merge(await practice_exam(db)),
        ]
    for exam in exams:
        taken = await sit(room, exam, student, film(1))
        assert await pieces_of(room, taken) == []
        async with room.sessions() as db:
            assert (await db.get_one(ExamSession, taken.id)).uncompared is False


async def test_it_goes_with_the_pictures(
    room: Room, exam: Exam, student: User, admin_client: httpx2.AsyncClient
) -> None:
    taken = await sit(room, exam, student, film(1))
    await compared(room)
    due = "/api/v1/retention/preview"
    assert (await admin_client.get(due)).json()["movements"] == 0
    async with unit_of_work(room.sessions) as db:
        row, ended = await db.get_one(Exam, exam.id), await db.get_one(ExamSession, taken.id)
        row.start_time, row.end_time = row.start_time.replace(year=2020), row.start_time.replace(year=2021)
        ended.end_time = row.end_time
    shown = (await admin_client.get(due)).json()
    assert (shown["pictures"], shown["movements"], shown["exams"][0]["movements"]) == (0, 1, 1)
    assert shown["bytes"] > 1.9 * SECONDS * 20
    wanted = {"pictures": 0, "documents": 0, "movements": 2}
    assert (await admin_client.post("/api/v1/retention/run", json=wanted)).status_code == 409
    done = await admin_client.post("/api/v1/retention/run", json=wanted | {"movements": 1})
    assert (done.json()["movements"], done.json()["left"]) == (1, 0)
    async with room.sessions() as db:
        assert await db.scalar(select(func.count()).select_from(FilmPiece)) == 0
        assert await film_of(db, taken.id) == b""


async def test_a_comparison_that_cannot_be_made_stands_in_nobodys_way(
    room: Room, exam: Exam, student: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with unit_of_work(room.sessions) as db:
        friend = await make_user(db)
    await sit(room, exam, friend, film(1))
    taken = await sit(room, exam, student, film(1))
    monkeypatch.setattr("app.services.film_comparison.sys.executable", "/bin/false")
    await compared(room)
    assert await repeated(room, taken) == []
    async with room.sessions() as db:
        assert await db.scalar(select(func.count()).where(ExamSession.uncompared)) == 0
