"""Many students at once from one lean process: what `proctor load` and `make bench` send, and what they count."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from app.commands.rehearsal import Rehearsal, RehearsalStudent, in_turns
from app.commands.student_client import Pace, StudentClient, Tally, percentile_ms
from app.domain.violations import ViolationKind

EAGER = Pace(rate=1000.0, burst=1000.0)
UNWATCHED: Mapping[str, Any] = {
    "disabled_kinds": [str(kind) for kind in ViolationKind],
    "enable_identity_check": False,
    "enable_audio_detection": False,
}
"""Settings of an exam whose frames are decoded and measured, and in which nobody looks for anything."""


@dataclass(slots=True)
class Counts:
    """What a crowd sent and got. `skipped`: frames the client held back because the one before was unanswered."""

    seconds: float = 0.0
    frames_sent: int = 0
    frames_done: int = 0
    frames_unjudged: int = 0
    skipped: int = 0
    acked: int = 0
    reconnects: int = 0
    errors: int = 0
    frames: list[float] = field(default_factory=list)
    acks: list[float] = field(default_factory=list)

    def add(self, tally: Tally) -> None:
        """One student's part."""
        self.frames_sent += tally.frames_sent
        self.frames_done += tally.frames_done
        self.frames_unjudged += tally.frames_sent - tally.frames_done
        self.acked += len(tally.acks)
        self.reconnects += tally.reconnects
        self.frames += tally.frames
        self.acks += tally.acks

    @classmethod
    def together(cls, parts: Sequence["Counts"]) -> "Counts":
        """Several stretches of time as one."""
        whole = cls()
        for part in parts:
            for one in fields(cls):
                setattr(whole, one.name, getattr(whole, one.name) + getattr(part, one.name))
        return whole

    def frame_ms(self, share: float) -> float:
        """A percentile of sent → judged; 0 of nothing."""
        return percentile_ms(self.frames, share) or 0.0

    def ack_ms(self, share: float) -> float:
        """A percentile of said → acknowledged; 0 of nothing."""
        return percentile_ms(self.acks, share) or 0.0


class Crowd:
    """The students of a rehearsal."""

    def __init__(self, server: str, rehearsal: Rehearsal) -> None:
        self._server = server
        self._rehearsal = rehearsal
        self._clients: list[StudentClient] = []
        self.heard: Counter[str] = Counter()
        """What the server said to all of them, by type."""

    @property
    def clients(self) -> Sequence[StudentClient]:
        """Who is in it, in the order of the rehearsal's students."""
        return self._clients

    @property
    def students(self) -> Sequence[RehearsalStudent]:
        """Their accounts."""
        return self._rehearsal.students

    @property
    def exam_id(self) -> int:
        """What they sit."""
        return self._rehearsal.exam_id

    async def ask(self, path: str) -> Any:
        """A page as the administrator asks for it. Raises StudentClientError, httpx2.HTTPError."""
        return await self._rehearsal.ask("GET", path)

    def part(self, count: int) -> "Crowd":
        """The first `count` of it: the same students, counted by themselves. Whoever made the whole closes them."""
        few = Crowd(self._server, self._rehearsal)
        few._clients, few.heard = self._clients[:count], self.heard
        return few

    async def log_in(self) -> None:
        """Everybody logs in."""

        async def come(student: RehearsalStudent) -> None:
            client = StudentClient(self._server, listener=self._hear, pace=EAGER)
            self._clients.append(client)
            await client.login(student.email, student.password)

        await in_turns(come, self._rehearsal.students)

    async def connect(self) -> None:
        """Everybody starts, and opens a line who has none."""

        async def begin(client: StudentClient) -> None:
            if not client.connected.is_set():
                await client.start(self._rehearsal.exam_id)

        await in_turns(begin, self._clients)

    async def hang_up(self) -> None:
        """Everybody closes the line and may open it again."""
        await asyncio.gather(*(client.hang_up() for client in self._clients))

    async def leave(self) -> None:
        """Everybody closes the line; nobody hands in."""
        await asyncio.gather(*(client.close() for client in self._clients))
        self._clients.clear()

    async def stream(
        self, frames: Sequence[bytes], *, seconds: float, fps: float, at_once: bool = False, speak_every: float = 5.0
    ) -> Counts:
        """Everybody shows a film of `fps` frames a second for so long, and says something now and then.

        People do not type in step: each has a beginning of its own, for frames and for words.
        `at_once`: the next frame as soon as the last is judged; the film then runs faster, its own time stays.
        """
        jobs: list[Awaitable[int]] = []
        until = time.monotonic() + seconds
        for number, client in enumerate(self._clients):
            turn = number * len(frames) // len(self._clients)
            shown = [*frames[turn:], *frames[:turn]]
            if at_once:
                jobs.append(_show_at_once(client, shown, until, fps))
            else:
                jobs.append(_show_in_time(client, shown, until, fps, late=number / len(self._clients) / fps))
            jobs.append(_talk(client, until, speak_every, late=number / len(self._clients) * speak_every))
        return await self._counted(jobs)

    async def talk(self, *, seconds: float) -> Counts:
        """Everybody says the next thing when the last is acknowledged; no frames."""
        return await self._counted([_say_at_once(client, time.monotonic() + seconds) for client in self._clients])

    async def _counted(self, jobs: Sequence[Awaitable[int]]) -> Counts:
        """Do the jobs, whose results are skipped frames, and count what happened meanwhile."""
        counts, begun = Counts(), time.monotonic()
        errors = self.heard["error"]
        for client in self._clients:
            client.tally = Tally()
        counts.skipped = sum(await asyncio.gather(*jobs))
        counts.seconds = time.monotonic() - begun
        for client in self._clients:
            await client.all_acknowledged()
            counts.add(client.tally)
        counts.errors = self.heard["error"] - errors
        return counts

    def _hear(self, message: dict[str, Any]) -> None:
        self.heard[message["type"]] += 1


async def _show_at_once(client: StudentClient, frames: Sequence[bytes], until: float, fps: float) -> int:
    number, begun_ms = 0, int(time.time() * 1000)
    while time.monotonic() < until and not client.ended.is_set():
        if not await client.show(frames[number % len(frames)], begun_ms + round(1000 * number / fps)):
            await asyncio.sleep(0.05)  # busy, or the line is down
        number += 1
    return 0


async def _show_in_time(client: StudentClient, frames: Sequence[bytes], until: float, fps: float, late: float) -> int:
    """A camera does not wait: a frame that is due while the last is unanswered is skipped."""
    begun, number, skipped = time.monotonic() + late, 0, 0
    while not client.ended.is_set():
        due = begun + number / fps
        if due >= until:
            break
        behind = time.monotonic() - due
        if behind > 1 / fps:
            missed = int(behind * fps)
            skipped += missed
            number += missed
            continue
        await asyncio.sleep(max(0.0, -behind))
        await client.show(frames[number % len(frames)], int(time.time() * 1000))
        number += 1
    return skipped


async def _talk(client: StudentClient, until: float, speak_every: float, late: float) -> int:
    number, due = 0, time.monotonic() + late
    while due < until and not client.ended.is_set():
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        number += 1
        await client.say("status", number=number)
        due += speak_every
    return 0


async def _say_at_once(client: StudentClient, until: float) -> int:
    number = 0
    while time.monotonic() < until and not client.ended.is_set():
        number += 1
        await client.say("status", number=number)
        await client.all_acknowledged()
    return 0


@asynccontextmanager
async def crowd_of(
    server: str, admin: tuple[str, str], students: int, *, connected: bool = True, **exam: Any
) -> AsyncIterator[Crowd]:
    """A rehearsal with its students there; everything is removed after it. Raises StudentClientError."""
    async with Rehearsal(server, *admin, students=students, **exam) as rehearsal:
        crowd = Crowd(server, rehearsal)
        try:
            await crowd.log_in()
            if connected:
                await crowd.connect()
            yield crowd
        finally:
            await crowd.leave()
