"""The server's side of seeing and hearing: supervised worker processes do it; no OpenCV, no model runtime here."""

import asyncio
import hashlib
import os
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app.ai.guard import check_picture
from app.ai.model_files import MODELS_FOLDER, ModelRefused, verify_all
from app.ai.sound_guard import MAX_SOUND_BYTES
from app.ai.sound_types import SoundRefused, SoundReport, SoundRequest
from app.ai.types import FrameRefused, FrameReport, FrameRequest, Refused
from app.ai.worker_process import WorkerDied, WorkerHung, WorkerProcess, WorkerSettings

FRAME_LIMIT = 2.0
MEMORY_MB = 1024
WAITING_PER_WORKER = 8
QUARANTINE_SIZE = 1024
ATTEMPTS = 2
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
"""Seconds before a worker that did not even start is tried again; doubled each time."""


class EngineBusy(Exception):
    """The queue is full: the frame is not taken. The sender should slow down; nothing is lost but this frame."""


class EngineStopped(Exception):
    """The engine is closed, or was never started."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One worker process for people and metrics; `rss` in bytes."""

    pid: int
    alive: bool
    frames: int
    rss: int


@dataclass(frozen=True, slots=True)
class EngineCounters:
    """Since the start. `frames` and `sounds` were judged, `refused` could not be, `busy` found the queue full."""

    frames: int
    refused: int
    restarts: int
    quarantined: int
    busy: int
    timeouts: int
    waiting: int
    working: int
    workers: tuple[WorkerState, ...]
    sounds: int = 0


class Engine(Protocol):
    """Anything that judges frames: worker processes here, or a cluster elsewhere."""

    async def start(self) -> None:
        """Get ready; raises when it cannot (a tampered model: ModelRefused)."""

    async def close(self) -> None:
        """Stop and free everything; waiting frames end with EngineStopped."""

    async def analyze(self, request: FrameRequest) -> FrameReport:
        """Judge one frame. Raises FrameRefused, EngineBusy or EngineStopped."""
        ...

    async def listen(self, request: SoundRequest) -> SoundReport:
        """Judge one chunk of sound. Raises SoundRefused, EngineBusy or EngineStopped."""
        ...

    @property
    def load(self) -> float:
        """Frames waiting or in work per worker: below 1 there is room."""
        ...

    @property
    def counters(self) -> EngineCounters:
        """What happened since the start."""
        ...


@dataclass(slots=True)
class Job:
    """One frame or chunk of sound on its way, and who waits for it."""

    request: FrameRequest | SoundRequest
    done: "asyncio.Future[Any]"
    failures: int = 0

    @property
    def body(self) -> bytes:
        """What came from outside."""
        return self.request.body if isinstance(self.request, SoundRequest) else self.request.jpeg

    def refusal(self, code: str) -> Refused:
        """Why it is not judged."""
        return SoundRefused(code) if isinstance(self.request, SoundRequest) else FrameRefused(code)


@dataclass(slots=True)
class Seat:
    """A place for one worker process; the process in it changes when it dies."""

    process: WorkerProcess | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    frames: int = 0
    working: bool = False


@dataclass(slots=True)
class Tally:
    """The running counters."""

    frames: int = 0
    sounds: int = 0
    refused: int = 0
    restarts: int = 0
    quarantined: int = 0
    busy: int = 0
    timeouts: int = 0


@dataclass(slots=True)
class Quarantine:
    """The newest frames that killed workers, by sha256."""

    known: OrderedDict[bytes, None] = field(default_factory=OrderedDict)

    def add(self, body: bytes) -> None:
        """Remember a frame; beyond the limit the oldest is forgotten."""
        self.known[hashlib.sha256(body).digest()] = None
        if len(self.known) > QUARANTINE_SIZE:
            self.known.popitem(last=False)

    def holds(self, body: bytes) -> bool:
        """Whether this very frame is known; costs nothing while there is none."""
        return bool(self.known) and hashlib.sha256(body).digest() in self.known


class ProcessEngine:
    """N worker processes, one frame each at a time; a bounded queue before them that refuses what is too much.

    A frame whose worker dies or hangs is tried once more elsewhere, then quarantined: FrameRefused("quarantined").
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        waiting: int | None = None,
        frame_limit: float = FRAME_LIMIT,
        memory_mb: int = MEMORY_MB,
        models: Path = MODELS_FOLDER,
        faults: bool = False,
    ) -> None:
        count = workers or os.cpu_count() or 1
        self._settings = WorkerSettings(frame_limit, memory_mb, models, faults)
        self._seats = [Seat() for _ in range(count)]
        self._room = waiting if waiting is not None else count * WAITING_PER_WORKER
        self._queue: deque[Job] = deque()
        self._ready = asyncio.Semaphore(0)
        self._tasks: list[asyncio.Task[None]] = []
        self._tally = Tally()
        self._quarantine = Quarantine()
        self._open = False

    async def start(self) -> None:
        """Check the models, start every worker; raises ModelRefused, WorkerDied, WorkerHung and leaves none behind."""
        await asyncio.to_thread(verify_all, self._settings.models)
        try:
            async with asyncio.TaskGroup() as group:
                for seat in self._seats:
                    group.create_task(self._fill(seat))
        except* (ModelRefused, WorkerDied, WorkerHung, OSError) as errors:
            await self._empty()
            raise errors.exceptions[0] from None
        self._open = True
        self._tasks = [asyncio.create_task(job(seat)) for seat in self._seats for job in (self._work, self._watch)]

    async def close(self) -> None:
        """Stop taking frames, end the workers; whoever waits gets EngineStopped."""
        self._open = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        while self._queue:
            self._fail(self._queue.popleft(), EngineStopped())
        await self._empty()

    async def analyze(self, request: FrameRequest) -> FrameReport:
        """Judge one frame. Raises FrameRefused, EngineBusy or EngineStopped."""
        report: FrameReport = await self._put(request)
        return report

    async def listen(self, request: SoundRequest) -> SoundReport:
        """Judge one chunk of sound. Raises SoundRefused, EngineBusy or EngineStopped."""
        report: SoundReport = await self._put(request)
        return report

    @property
    def load(self) -> float:
        """Frames waiting or in work per worker."""
        return (len(self._queue) + sum(seat.working for seat in self._seats)) / len(self._seats)

    @property
    def counters(self) -> EngineCounters:
        """What happened since the start, and how the workers are."""
        tally = self._tally
        return EngineCounters(
            frames=tally.frames,
            refused=tally.refused,
            restarts=tally.restarts,
            quarantined=tally.quarantined,
            busy=tally.busy,
            timeouts=tally.timeouts,
            waiting=len(self._queue),
            working=sum(seat.working for seat in self._seats),
            workers=tuple(
                WorkerState(seat.process.pid, seat.process.alive, seat.frames, seat.process.rss)
                for seat in self._seats
                if seat.process is not None
            ),
            sounds=tally.sounds,
        )

    async def _put(self, request: FrameRequest | SoundRequest) -> Any:
        """Queue a request and wait for its report."""
        if not self._open:
            raise EngineStopped
        job = Job(request, asyncio.get_running_loop().create_future())
        try:
            self._check(job)
        except Refused:
            self._tally.refused += 1
            raise
        if len(self._queue) >= self._room:
            self._tally.busy += 1
            raise EngineBusy
        self._queue.append(job)
        self._ready.release()
        return await job.done

    def _check(self, job: Job) -> None:
        if isinstance(job.request, FrameRequest):
            if not job.request.checked:
                check_picture(job.request.jpeg)
        elif not 0 < len(job.body) <= MAX_SOUND_BYTES:
            raise SoundRefused("too_large" if job.body else "empty")
        if self._quarantine.holds(job.body):
            raise job.refusal("quarantined")

    async def _work(self, seat: Seat) -> None:
        """Serve one seat for ever: a frame, the next frame; a new process when the old one is gone."""
        while True:
            await self._ready.acquire()
            job = self._queue.popleft()
            if job.done.done():
                continue
            try:
                async with seat.lock:
                    seat.working = True
                    await self._judge(seat, job)
            except asyncio.CancelledError:
                self._fail(job, EngineStopped())
                raise
            finally:
                seat.working = False

    async def _watch(self, seat: Seat) -> None:
        """Replace a worker that dies between two frames, so that the next frame need not wait for it."""
        while True:
            process = seat.process
            if process is None:
                raise EngineStopped
            await process.ended()
            async with seat.lock:
                if seat.process is process:
                    await self._replace(seat)

    async def _judge(self, seat: Seat, job: Job) -> None:
        """One frame on one worker, with everything that can go wrong."""
        if seat.process is None:
            raise EngineStopped
        if not seat.process.alive:
            await self._replace(seat)
        try:
            report: FrameReport | SoundReport
            if isinstance(job.request, SoundRequest):
                report = await seat.process.listen(job.request)
                self._tally.sounds += 1
            else:
                report = await seat.process.look(job.request)
                self._tally.frames += 1
        except Refused as refused:
            self._tally.refused += 1
            self._fail(job, refused)
        except (WorkerDied, WorkerHung) as error:
            self._tally.timeouts += isinstance(error, WorkerHung)
            self._try_again(job)
            await self._replace(seat)
        else:
            seat.frames += 1
            if not job.done.done():
                job.done.set_result(report)

    def _try_again(self, job: Job) -> None:
        """Back to the head of the queue once; after the second death the frame is the suspect."""
        job.failures += 1
        if job.failures < ATTEMPTS:
            self._queue.appendleft(job)
            self._ready.release()
            return
        self._quarantine.add(job.body)
        self._tally.quarantined += 1
        self._fail(job, job.refusal("quarantined"))

    def _fail(self, job: Job, error: Exception) -> None:
        if not job.done.done():
            job.done.set_exception(error)

    async def _replace(self, seat: Seat) -> None:
        """A new process for a seat, however long it takes; the other seats go on meanwhile."""
        self._tally.restarts += 1
        if seat.process is not None:
            await seat.process.kill()
            seat.process = None
        pause = FIRST_PAUSE
        while seat.process is None:
            try:
                await self._fill(seat)
            except (ModelRefused, WorkerDied, WorkerHung, OSError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _fill(self, seat: Seat) -> None:
        seat.process = await WorkerProcess.start(self._settings)

    async def _empty(self) -> None:
        """End every worker."""
        for seat in self._seats:
            if seat.process is not None:
                await seat.process.kill()
                seat.process = None
