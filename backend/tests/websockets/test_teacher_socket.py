"""The live page's socket: a snapshot, then what changes; together they are the truth; a slow reader delays nobody."""

import asyncio
import os
import random
from typing import Any

import pytest

from app.core.clock import monotonic, now
from app.db.models import Exam, ExamSession, User
from app.db.session import Sessions, unit_of_work
from app.domain.roles import Role
from app.domain.violations import NeutralState, Observation, ViolationKind
from app.schemas.realtime import SessionUpdated, Thumbnail, exam_topic
from tests.builders import make_exam, make_exam_session, make_user
from tests.fakes import ScriptedEngine, hides, looks_fine, shows
from tests.live import Line, LiveServer
from tests.pictures import jpeg

EVENTS = ("tab_switch", "copy_paste", "devtools", "right_click")
SEED = 1
MINUTES = float(os.environ.get("SNAPSHOT_MINUTES", "0"))
"""How long the random activity lasts at least: SNAPSHOT_MINUTES=10 for what the issue asks, a second by itself."""
WORDS: list[tuple[str, dict[str, Any]]] = [
    ("chat", {"text": "May I open the window?"}),
    ("hand", {"raised": True}),
    ("hand", {"raised": False}),
]
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("message", {"text": "Please do."}),
    ("warn", {"text": "Please sit upright."}),
    ("messages", {}),
    ("admit", {}),
    ("flag", {"reason": "please look"}),
    ("terminate", {"reason": "left", "delay_seconds": 60}),
    ("terminate/undo", {}),
]
SCRIPTS = (
    looks_fine,
    shows(Observation(ViolationKind.FROZEN_VIDEO, 1.0)),
    shows(Observation(ViolationKind.LOOKING_AWAY, 0.7, {"side": 20.0}, {"side": 14.0})),
    hides(NeutralState.TOO_DARK),
)


def reduce(messages: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """What a live page shows after these messages: sittings by id, their violations by id."""
    sittings: dict[int, dict[str, Any]] = {}
    for message in messages:
        match message["type"]:
            case "snapshot":
                sittings = {
                    row["id"]: {**row, "violations": {one["id"]: one for one in row["violations"]}}
                    for row in message["sessions"]
                }
            case "session.updated":
                row = message["session"]
                known = sittings.setdefault(row["id"], {"violations": {}})
                known |= row
            case "violation.opened" | "violation.updated" | "violation.closed":
                sitting = sittings[message["session_id"]]
                sitting["violations"][message["violation"]["id"]] = message["violation"]
                sitting["trust"] = message["trust"]
                for known_id, score in message["without"].items():
                    if int(known_id) in sitting["violations"]:  # two in one transaction: the second is yet to come
                        sitting["violations"][int(known_id)]["without_this"] = score
    return sittings


async def test_a_page_begins_with_a_snapshot(
    server: LiveServer, teacher: User, exam: Exam, student: User, taken: ExamSession
) -> None:
    page = await server.page(teacher, exam.id)
    snapshot = page.heard[0]
    assert snapshot["exam"]["title"] == "Physics"
    (row,) = snapshot["sessions"]
    assert (row["id"], row["student"]) == (
        taken.id,
        {"id": student.id, "full_name": student.full_name, "email": student.email},
    )
    assert (row["state"], row["online"], row["trust"], row["violations"]) == ("created", False, 100.0, [])


async def test_a_page_hears_of_a_student_who_comes_does_something_and_goes(
    server: LiveServer, teacher: User, exam: Exam, student: User, taken: ExamSession
) -> None:
    page = await server.page(teacher, exam.id)
    line = await server.student(student, taken)
    while not (await page.until("session.updated"))["session"]["online"]:
        pass
    await line.say(1, kind="devtools")
    opened = await page.until("violation.opened", session_id=taken.id)
    assert opened["violation"]["kind"] == "devtools"
    assert opened["trust"] < 100
    await line.connection.close()
    while (await page.until("session.updated"))["session"]["online"]:
        pass


async def test_a_page_hears_of_a_sitting_that_begins(
    server: LiveServer, teacher: User, exam: Exam, student: User
) -> None:
    page = await server.page(teacher, exam.id)
    async with server.browser(student) as browser:
        taken = (await browser.post("/proctoring/start-session", json={"exam_id": exam.id})).json()
    assert (await page.until("session.updated"))["session"]["id"] == taken["id"]


async def act(server: LiveServer, dice: random.Random, student: User, taken: ExamSession, teacher: User) -> None:
    """A few random minutes of one sitting, in a second."""
    captured, number, seq = int(now().timestamp() * 1000), 0, 0
    for _ in range(dice.randint(1, 3)):
        line = await server.student(student, taken)
        for _ in range(dice.randint(2, 8)):
            if dice.random() < 0.4:
                seq += 1
                kind, payload = dice.choice([*WORDS, *(("event", {"kind": one}) for one in EVENTS)])
                await line.say(seq, kind, **payload)
                await line.acknowledged(seq)
                await line.send({"type": "status", "position": dice.randint(1, 9), "kbps": dice.randint(1, 400)})
            else:
                number, captured = number + 1, captured + dice.choice((300, 1500))
                await line.show(number, jpeg(), captured)
                await line.answer_to(number)
        if dice.random() < 0.3:
            async with server.browser(teacher) as browser:
                await browser.post(f"/exam-sessions/{taken.id}/extend", json={"minutes": 5})
            await command(server, dice, teacher, taken)
        await line.connection.close()
        if dice.random() < 0.3:
            await asyncio.sleep(0.6)  # long enough for the outage ledger
    if dice.random() < 0.5:
        who, path, body = dice.choice(
            [
                (student, f"/proctoring/end-session/{taken.id}", None),
                (teacher, f"/exam-sessions/{taken.id}/terminate", {"reason": "left"}),
                (teacher, f"/exam-sessions/{taken.id}/pause", {}),
            ]
        )
        assert await asked(server, who, path, body) == 200


async def act_on(
    server: LiveServer, sessions: Sessions, dice: random.Random, taken: ExamSession, teacher: User
) -> None:
    """One sitting after the other, until the time is over."""
    until = monotonic() + 60 * MINUTES
    while True:
        async with unit_of_work(sessions) as db:
            student, exam = await db.get_one(User, taken.student_id), await db.get_one(Exam, taken.exam_id)
        await act(server, dice, student, taken, teacher)
        if monotonic() >= until:
            return
        assert await asked(server, student, f"/proctoring/end-session/{taken.id}") in (200, 409)
        await asyncio.sleep(dice.uniform(1, 20))
        async with unit_of_work(sessions) as db:
            taken = await make_exam_session(db, exam, student, attempt=taken.attempt + 1)


async def asked(server: LiveServer, who: User, path: str, body: dict[str, Any] | None = None) -> int:
    """What a server answers that has no time just now (503) is asked for again, as every client does."""
    async with server.browser(who) as browser:
        while (status := (await browser.post(path, json=body)).status_code) == 503:  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(1)
    return status


async def keep_reading(page: Line) -> None:
    """A page that is open for long takes what comes, or it is closed."""
    while True:
        await page.read(limit=3600)


async def command(server: LiveServer, dice: random.Random, teacher: User, taken: ExamSession) -> None:
    """Something that staff do to a sitting; what cannot be done just now is refused, and that is all."""
    path, body = dice.choice(COMMANDS)
    async with server.browser(teacher) as browser:
        if path == "messages":
            answer = await browser.get(f"/exam-sessions/{taken.id}/{path}")
        else:
            answer = await browser.post(f"/exam-sessions/{taken.id}/{path}", json=body)
        assert answer.status_code in (200, 409, 503)


async def viewed(server: LiveServer, dice: random.Random, teacher: User, exam: Exam, over: asyncio.Event) -> Line:
    """A page whose own line breaks now and then; the last one."""
    page = await server.page(teacher, exam.id)
    while not over.is_set():
        await asyncio.sleep(dice.uniform(0.1, 0.5))
        await page.connection.close()
        page = await server.page(teacher, exam.id)
    return page


@pytest.mark.timeout(120 + 120 * MINUTES)
async def test_snapshot_and_events_are_what_a_fresh_snapshot_says(
    server: LiveServer, sessions: Sessions, teacher: User, exam: Exam
) -> None:
    dice = random.Random(SEED)
    engine = ScriptedEngine(lambda request: dice.choice(SCRIPTS)(request))
    server.use(engine=engine)
    server.change(MAX_FPS=30)
    async with unit_of_work(sessions) as db:
        students = [await make_user(db) for _ in range(10)]
        sittings = [await make_exam_session(db, exam, student) for student in students]
    early = await server.page(teacher, exam.id)
    acting = [
        asyncio.create_task(act_on(server, sessions, random.Random(SEED * 100 + at), taken, teacher))
        for at, taken in enumerate(sittings)
    ]
    late, over = await server.page(teacher, exam.id), asyncio.Event()
    broken = asyncio.create_task(viewed(server, random.Random(SEED), teacher, exam, over))
    reading = [asyncio.create_task(keep_reading(page)) for page in (early, late)]
    await asyncio.gather(*acting)
    over.set()
    for task in reading:
        task.cancel()
    async with asyncio.timeout(5):
        while len(server.live):  # noqa: ASYNC110 - the last student's line is being closed
            await asyncio.sleep(0.01)
    fresh = reduce((await server.page(teacher, exam.id)).heard)
    for page in (early, late, await broken):
        await settled(page, fresh)
        found = differences(reduce(page.heard), fresh)
        assert not found, "\n".join(map(str, found))


def differences(shown: object, fresh: object, *path: object) -> list[tuple[object, ...]]:
    """Where, what the page shows, what is true."""
    if isinstance(shown, dict) and isinstance(fresh, dict):
        keys = shown.keys() | fresh.keys()
        return [one for key in keys for one in differences(shown.get(key), fresh.get(key), *path, key)]
    return [] if shown == fresh else [(*path, shown, fresh)]


async def settled(page: Line, fresh: dict[int, Any]) -> None:
    """Read what is on its way."""
    try:
        while reduce([*page.heard]) != fresh:
            await page.read(limit=2.0)
    except TimeoutError:
        return


async def test_a_viewer_that_stops_reading_is_closed_and_delays_nobody(
    server: LiveServer, teacher: User, exam: Exam, student: User, taken: ExamSession
) -> None:
    """L8."""
    stalled = await server.page(teacher, exam.id, max_queue=1)
    healthy = await server.page(teacher, exam.id)
    line = await server.student(student, taken)
    await healthy.until("session.updated")
    live = server.live.get(taken.id)
    assert live is not None
    view = live.view()
    large = view.model_copy(update={"student": view.student.model_copy(update={"full_name": "n" * 20_000})})
    slowest, before = 0.0, len(server.loopback.closes)
    for turn in range(1, 1500):
        begun = monotonic()
        # Of another sitting each time: of one and the same only the newest would wait.
        update = SessionUpdated(session=large.model_copy(update={"id": turn, "trust": turn / 100}))
        server.app.state.bus.publish(exam_topic(exam.id), update)
        while (await healthy.until("session.updated"))["session"]["trust"] != turn / 100:
            pass
        slowest = max(slowest, monotonic() - begun)
        if len(server.loopback.closes) > before:
            break
    assert server.loopback.closes[before:] == [1013]
    assert slowest < 2.0
    assert await stalled.code() in (1013, 1006)
    await line.say(1, kind="devtools")
    await healthy.until("violation.opened")


async def test_of_a_sitting_only_the_newest_head_waits_for_a_viewer_that_is_slow(
    server: LiveServer, teacher: User, exam: Exam, student: User, taken: ExamSession
) -> None:
    page = await server.page(teacher, exam.id)
    await server.student(student, taken)
    await page.until("session.updated")
    live = server.live.get(taken.id)
    assert live is not None
    view = live.view()
    for turn in range(1, 2001):  # far more than may wait, in one go
        update = SessionUpdated(session=view.model_copy(update={"trust": turn / 100}))
        server.app.state.bus.publish(exam_topic(exam.id), update)
    heard = 0
    while (await page.until("session.updated"))["session"]["trust"] != 20.0:
        heard += 1
    assert heard < 100


async def test_thumbnails_come_with_the_page_and_the_newest_wins(
    server: LiveServer, teacher: User, exam: Exam, student: User, taken: ExamSession
) -> None:
    line = await server.student(student, taken)
    await line.show(1, jpeg(), 1_000)
    await line.answer_to(1)
    page = await server.page(teacher, exam.id)
    while not page.pictures:
        await page.read()
    number, captured_at, body = page.pictures.pop()
    assert (number, captured_at, body[:3]) == (taken.id, 1_000, b"\xff\xd8\xff")
    assert len(body) < 20_000
    for at in range(100):  # published in one go: only the newest is still worth sending
        server.app.state.bus.publish(exam_topic(exam.id), Thumbnail(taken.id, 2_000 + at, body))
    while not page.pictures:
        await page.read()
    assert [at for _, at, _ in page.pictures] == [2_099]


async def test_who_may_open_a_live_page(
    server: LiveServer, sessions: Sessions, exam: Exam, teacher: User, student: User, admin: User
) -> None:
    async with unit_of_work(sessions) as db:
        stranger = await make_user(db, Role.TEACHER)
        elsewhere = await make_exam(db, stranger)
    await server.page(admin, exam.id)
    for user, exam_id, code in (
        (stranger, exam.id, 4403),
        (teacher, elsewhere.id, 4403),
        (student, exam.id, 4403),
        (teacher, exam.id + 10_000, 4404),
        (teacher, 0, 4404),
    ):
        line = await server.dial(f"live/{exam_id}", server.token(user))
        assert await line.code() == code
        assert line.heard == []
    for token in (None, "garbage"):
        assert await (await server.dial(f"live/{exam.id}", token)).code() == 4401


async def test_a_page_ticket_opens_once_and_no_students_door(
    server: LiveServer, exam: Exam, teacher: User, student: User, taken: ExamSession
) -> None:
    server.change(WS_ALLOW_ACCESS_TOKEN=False)
    async with server.browser(teacher) as browser:
        ticket = (await browser.post(f"/proctoring/live/{exam.id}/ticket")).json()["ticket"]
    assert await (await server.dial(f"ws/{taken.id}", ticket)).code() == 4401
    page = await server.dial(f"live/{exam.id}", ticket)
    await page.until("snapshot")
    assert await (await server.dial(f"live/{exam.id}", ticket)).code() == 4401
    assert await (await server.dial(f"live/{exam.id}", server.token(teacher))).code() == 4401


async def test_a_page_is_pinged_and_closed_with_its_account(
    server: LiveServer, exam: Exam, teacher: User, admin: User
) -> None:
    server.change(PING_SECONDS=0.2, RECHECK_SECONDS=0.2)
    page = await server.page(teacher, exam.id)
    assert (await page.until("ping"))["server_time"].endswith("Z")
    async with server.browser(admin) as browser:
        assert (await browser.put(f"/users/{teacher.id}", json={"is_active": False})).status_code == 200
    assert await page.code() == 4401
