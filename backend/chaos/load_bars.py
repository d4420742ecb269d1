"""How each bar of load is measured: L1 steady, L2 wide, L3 seen, L4 reconnect, L5 log in, L6, L7 storms."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from app.commands import storm
from app.commands.crowd import EAGER, UNWATCHED, Counts, Crowd
from app.commands.load import drawn_room
from app.commands.rehearsal import Rehearsal, RehearsalStudent
from app.commands.server_metrics import server_usage
from app.commands.student_client import StudentClient, StudentClientError, percentile_ms
from chaos.pictures import picture
from chaos.proxy import FaultProxy
from chaos.world import looking
from tools.server_child import ADMIN, ServerChild

LOG_IN_SECONDS, STORM_SECONDS = 60.0, 10.0
ASK_EVERY = 0.5
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table."""

    id: str
    what: str
    bar: str
    measured: str
    held: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is measured. `url` is the database's own; students come through `proxy`."""

    server: ServerChild
    proxy: FaultProxy
    url: str
    var_dir: Path

    @property
    def line(self) -> str:
        """The address behind which the line can be cut."""
        return f"http://127.0.0.1:{self.proxy.port}"

    @asynccontextmanager
    async def crowd(self, students: int, *, watched: bool = False, last: bool = False) -> AsyncIterator[Crowd]:
        """Students who are logged in; no line is open yet. `watched`: every network looks at every frame, else none.

        `last`: nothing is measured after it, so its records stay where they are, and go with the whole system.
        """
        rehearsal = Rehearsal(self.server.url, *ADMIN, students=students, **({} if watched else UNWATCHED))
        await rehearsal.__aenter__()
        crowd = Crowd(self.line, rehearsal)
        try:
            await crowd.log_in()
            yield crowd
        finally:
            await crowd.leave()
            await (rehearsal.abandon() if last else rehearsal.__aexit__(None, None, None))

    async def stored_messages(self, crowd: Crowd) -> int:
        """How many numbered messages of these students are in the database."""
        keys = [client.exam_session_id for client in crowd.clients]
        async with looking(self.url) as db:
            counted = await db.fetchval("SELECT count(*) FROM client_messages WHERE exam_session_id = ANY($1)", keys)
        return int(counted or 0)

    async def stored_bytes(self) -> tuple[int, int]:
        """Bytes of the database and of the evidence on disk."""
        async with looking(self.url) as db:
            database = int(await db.fetchval("SELECT pg_database_size(current_database())") or 0)
        evidence = self.var_dir / "evidence"
        files = await asyncio.to_thread(lambda: [one.stat().st_size for one in evidence.rglob("*") if one.is_file()])
        return database, sum(files)


async def steady(made: Loaded, crowd: Crowd, students: int, *, seconds: float) -> list[Bar]:
    """L1, L9, L10: so many at one frame a second, pages that ask meanwhile, and what it left on the disk."""
    few = crowd.part(students)
    await few.connect()
    before, usage = await made.stored_bytes(), await server_usage(made.server.url)
    stored = await made.stored_messages(few)
    asking = asyncio.create_task(_ask_pages(few, seconds))
    counts = await few.stream(drawn_room(), seconds=seconds, fps=1.0)
    pages = await asking
    after, spent = await made.stored_bytes(), await server_usage(made.server.url)
    lost = counts.acked - (await made.stored_messages(few) - stored)
    await few.hang_up()
    rss, ack, ms = spent["rss"] / 2**20, counts.ack_ms(0.99), pages.ms
    cores = (spent["cpu"] - usage["cpu"]) / counts.seconds
    server = f"{rss:.0f} MB, {cores:.2f} cores"
    hours = students * counts.seconds / 3600
    database, evidence = ((b - a) / 2**20 / hours for a, b in zip(before, after, strict=True))
    return [
        Bar(
            "L1",
            f"{students} × 1 frame/s, {seconds / 60:g} min",
            "0 lost, ack p99 500 ms, 600 MB, 0 disconnects",
            f"{_frames(counts)}, {lost} lost; ack p99 {ack:.0f} ms; {counts.reconnects} cut; {server}",
            not lost and ack <= 500 and rss <= 600 and not counts.reconnects and not counts.errors,
        ),
        Bar(
            "L9",
            f"{len(pages.waits)} pages under L1",
            "p95 300 ms, p99 1 s, no errors",
            f"p95 {ms(0.95):.0f} ms, p99 {ms(0.99):.0f} ms, {pages.failed} failed",
            ms(0.95) <= 300 and ms(0.99) <= 1000 and not pages.failed,
        ),
        Bar(
            "L10",
            "footprint of a student-hour",
            "2 MB database, 30 MB evidence",
            f"{database:.2f} MB database, {evidence:.2f} MB evidence",
            database <= 2 and evidence <= 30,
        ),
    ]


async def wide(made: Loaded, crowd: Crowd, *, seconds: float) -> Bar:
    """L2: everybody, a frame every five seconds, and messages."""
    await crowd.connect()
    stored = await made.stored_messages(crowd)
    counts = await crowd.stream(drawn_room(), seconds=seconds, fps=0.2)
    lost = counts.acked - (await made.stored_messages(crowd) - stored)
    return Bar(
        "L2",
        f"{len(crowd.clients)} × 0.2 frames/s, {seconds:g} s",
        "0 lost, ack p99 1 s",
        f"{_frames(counts)}, {lost} lost; ack p99 {counts.ack_ms(0.99):.0f} ms; "
        f"{counts.reconnects} cut, {counts.errors} errors",
        not lost and counts.ack_ms(0.99) <= 1000 and not counts.errors,
    )


async def seen(made: Loaded, students: int, *, seconds: float) -> Bar:
    """L3: all networks look at every frame; a camera that finds the server busy skips one."""
    async with made.crowd(students, watched=True) as crowd:
        await crowd.connect()
        counts = await crowd.stream([picture(1, number) for number in range(60)], seconds=seconds, fps=1.0)
    return Bar(
        "L3",
        f"{students} × 1 frame/s, analysed",
        "lag p99 5 s",
        f"{_frames(counts)}; lag p99 {counts.frame_ms(0.99):.0f} ms; ack p99 {counts.ack_ms(0.99):.0f} ms",
        counts.frame_ms(0.99) <= 5000 and counts.frames_done > 0 and not counts.reconnects,
    )


async def reconnect(made: Loaded, crowd: Crowd) -> Bar:
    """L4: every line is cut in the same moment; what was said meanwhile arrives once."""
    await crowd.connect()
    for client in crowd.clients:
        await client.say("status", when="before")
    await asyncio.gather(*(client.all_acknowledged() for client in crowd.clients))
    hellos, begun = crowd.heard["hello"], time.monotonic()
    made.proxy.reset()
    for client in crowd.clients:
        await client.say("status", when="cut")
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(client.all_acknowledged() for client in crowd.clients))
    took = time.monotonic() - begun
    keys = [client.exam_session_id for client in crowd.clients]
    async with looking(made.url) as db:
        said = "SELECT count(*) FROM client_messages WHERE exam_session_id = ANY($1) AND payload->>'when' = 'cut'"
        stored = int(await db.fetchval(said, keys) or 0)
    lost, doubled, back = max(len(keys) - stored, 0), max(stored - len(keys), 0), crowd.heard["hello"] - hellos
    return Bar(
        "L4",
        f"{len(keys)} lines cut at once",
        "all back in 30 s, 0 lost, 0 doubled",
        f"all back and acknowledged in {took:.1f} s; {back} greetings; {lost} lost, {doubled} doubled",
        took <= 30 and not lost and not doubled,
    )


async def log_ins(made: Loaded, crowd: Crowd, students: int, *, sitting: int) -> Bar:
    """L5: so many from one address within a minute, while others sit and talk."""
    few = crowd.part(sitting)
    await few.connect()
    waits: list[float] = []
    failures: list[str] = []

    async def come(student: RehearsalStudent) -> None:
        await asyncio.sleep(random.uniform(0.0, LOG_IN_SECONDS))  # noqa: S311 - spreads a crowd, guards nothing
        client, begun = StudentClient(made.server.url, pace=EAGER), time.monotonic()
        try:
            await client.login(student.email, student.password)
            waits.append(time.monotonic() - begun)
        except (StudentClientError, httpx2.HTTPError, OSError) as error:
            failures.append(str(error) or type(error).__name__)
        finally:
            await client.close()

    talking = asyncio.create_task(few.stream(drawn_room(), seconds=LOG_IN_SECONDS, fps=0.1))
    await asyncio.gather(*(come(student) for student in crowd.students[-students:]))
    counts = await talking
    await few.hang_up()
    p95 = percentile_ms(waits, 0.95) or 0.0
    return Bar(
        "L5",
        f"{students} log-ins in 60 s, one address",
        "all succeed, p95 3 s, ack p99 1 s",
        f"{len(waits)} succeeded{_first(failures)}; p95 {p95:.0f} ms; "
        f"ack p99 of {len(few.clients)} sitting {counts.ack_ms(0.99):.0f} ms",
        not failures and p95 <= 3000 and counts.ack_ms(0.99) <= 1000,
    )


async def storms(made: Loaded, students: int) -> list[Bar]:
    """L6, L7: a class starts within ten seconds, and hands in within ten."""
    found = await storm.measure(made.server.url, ADMIN, students, STORM_SECONDS)
    start, end = found["start"], found["hand_in"]
    whole = "one sitting each, every last word" if not found["complaints"] else "; ".join(found["complaints"])
    return [
        Bar(
            "L6",
            f"{students} start within 10 s",
            "one attempt each, p95 2 s",
            f"{start['done']} done, p95 {start['p95_ms']} ms; line open p95 {found['connect']['p95_ms']} ms",
            start["done"] == students and start["p95_ms"] <= 2000 and not found["complaints"],
        ),
        Bar(
            "L7",
            f"{students} hand in within 10 s",
            "all stored once, p99 5 s",
            f"{end['done']} done, p99 {end['p99_ms']} ms; {whole}",
            end["done"] == students and end["p99_ms"] <= 5000 and not found["complaints"],
        ),
    ]


@dataclass(slots=True)
class Pages:
    """How long pages took, in seconds."""

    waits: list[float]
    failed: int = 0

    def ms(self, share: float) -> float:
        """A percentile; 0 of nothing."""
        return percentile_ms(self.waits, share) or 0.0


async def _ask_pages(crowd: Crowd, seconds: float) -> Pages:
    """What a teacher's browser asks, one thing after the other."""
    found, until, paths = Pages([]), time.monotonic() + seconds, _paths(crowd)
    while time.monotonic() < until:
        path, begun = paths[len(found.waits) % len(paths)], time.monotonic()
        try:
            await crowd.ask(path)
        except (StudentClientError, httpx2.HTTPError):
            found.failed += 1
        found.waits.append(time.monotonic() - begun)
        await asyncio.sleep(ASK_EVERY)
    return found


def _paths(crowd: Crowd) -> Sequence[str]:
    sitting = crowd.clients[0].exam_session_id
    return (
        "/exams/",
        f"/exams/{crowd.exam_id}",
        f"/proctoring/sessions/{crowd.exam_id}?limit=100",
        f"/exam-sessions/{sitting}",
        f"/exam-sessions/{sitting}/violations",
        f"/review/queue?exam_id={crowd.exam_id}",
        "/notifications/unread-count",
    )


def _first(failures: Sequence[str]) -> str:
    return f" ({len(failures)} not: {failures[0]})" if failures else ""


def _frames(counts: Counts) -> str:
    lost = counts.skipped + counts.frames_unjudged
    return f"{counts.frames_done} frames judged, {lost} skipped; {counts.acked} messages"
