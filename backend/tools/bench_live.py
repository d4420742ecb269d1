"""Frames per second end to end: students' sockets → a real server → its workers → back, on this machine alone.

python tools/bench_live.py    # this part of `make bench` alone
"""

import asyncio
import resource
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import uvloop

from app.commands.crowd import Counts, crowd_of
from tools.server_child import ADMIN, ServerChild

WARM_SECONDS = 1.0
IDLE_SOCKETS = 200
STUDENTS_PER_WORKER = 4
MESSAGE_STUDENTS = 20
FASTEST = {"MAX_FPS": "30", "MESSAGES_PER_SECOND": "10000", "MESSAGE_BURST": "10000"}


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """What one run measured. Memory in bytes; `…_cpu_ms`: processor time for one frame, whoever else is busy."""

    workers: int
    students: int
    fps: float
    frame_ms: tuple[float, float, float]
    unjudged: int
    messages_per_second: float
    ack_ms: tuple[float, float]
    server_rss: int
    worker_rss: int
    idle_socket: float
    worker_cpu_ms: float
    server_cpu_ms: float
    generator_cpu_ms: float

    @property
    def seeing(self) -> float:
        """Share of all processor time that the workers had: what end to end could reach of them at best."""
        return self.worker_cpu_ms / (self.worker_cpu_ms + self.server_cpu_ms + self.generator_cpu_ms)

    def lines(self) -> list[str]:
        """For people."""
        p50, p95, p99 = self.frame_ms
        return [
            f"end to end      {self.fps:7.1f} frames/s through {self.students} sockets, {self.workers} workers"
            + (f"; {self.unjudged} not judged" if self.unjudged else ""),
            f"  frame         {p50:7.1f} ms median, {p95:.1f} ms 95 %, {p99:.1f} ms 99 % (sent → judged)",
            f"  processor     {self.worker_cpu_ms:7.2f} ms a frame in workers, {self.server_cpu_ms:.2f} in the server, "
            f"{self.generator_cpu_ms:.2f} in the load generator; {100 * self.seeing:.0f} % is seeing",
            f"messages        {self.messages_per_second:7.0f} /s acknowledged after COMMIT; "
            f"{self.ack_ms[0]:.1f} ms median, {self.ack_ms[1]:.1f} ms 99 %",
            f"memory          {self.server_rss / 2**20:7.0f} MiB server, {self.worker_rss / 2**20:.0f} MiB a worker, "
            f"{self.idle_socket / 1024:.0f} KiB an idle socket",
        ]


class LiveBench:
    """A server of its own and its students, for as long as the measurement lasts.

    `frames`: JPEGs as a browser would send them, `fps` a second of film. Rounds may be far apart: what else is
    measured on this machine takes turns with them, so that whatever slows it slows everything alike.
    """

    def __init__(self, frames: Sequence[bytes], *, workers: int, fps: float) -> None:
        self._frames = frames
        self._fps = fps
        self._workers = workers
        self._rounds: list[Round] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="proctor-bench-"))
            var_dir = Path(folder) / "var"
            var_dir.mkdir()
            environment = {**FASTEST, "ANALYSIS_WORKERS": str(self._workers)}
            self._server = stack.enter_context(ServerChild(var_dir, environment=environment))
            self._process = psutil.Process(self._server.process.pid)
            self._runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def round(self, seconds: float) -> float:
        """Frames per second, end to end."""
        self._rounds.append(self._runner.run(self._stream(seconds)))
        return self._rounds[-1].counts.frames_done / self._rounds[-1].counts.seconds

    def figures(self, seconds: float) -> LiveFigures:
        """All rounds together, then messages alone, then sockets that only exist."""
        server_rss = self._process.memory_info().rss
        messages = self._runner.run(self._messages(seconds))
        idle = self._runner.run(self._idle())
        rounds, counts = self._rounds, Counts.together([one.counts for one in self._rounds])
        return LiveFigures(
            workers=self._workers,
            students=STUDENTS_PER_WORKER * self._workers,
            fps=counts.frames_done / counts.seconds,
            frame_ms=(counts.frame_ms(0.5), counts.frame_ms(0.95), counts.frame_ms(0.99)),
            unjudged=counts.frames_unjudged,
            messages_per_second=messages.acked / messages.seconds,
            ack_ms=(messages.ack_ms(0.5), messages.ack_ms(0.99)),
            server_rss=server_rss,
            worker_rss=max(one.worker_rss for one in rounds),
            idle_socket=idle,
            generator_cpu_ms=1000 * sum(one.cpu[0] for one in rounds) / counts.frames_done,
            server_cpu_ms=1000 * sum(one.cpu[1] for one in rounds) / counts.frames_done,
            worker_cpu_ms=1000 * sum(one.cpu[2] for one in rounds) / counts.frames_done,
        )

    async def _stream(self, seconds: float) -> "Round":
        async with crowd_of(self._server.url, ADMIN, STUDENTS_PER_WORKER * self._workers) as crowd:
            await crowd.stream(self._frames, seconds=WARM_SECONDS, fps=self._fps, at_once=True)
            before = _cpu(self._process)
            counts = await crowd.stream(self._frames, seconds=seconds, fps=self._fps, at_once=True)
            spent = [after - then for after, then in zip(_cpu(self._process), before, strict=True)]
            memory = max(worker.memory_info().rss for worker in _workers(self._process))
            return Round(counts, (spent[0], spent[1], spent[2]), memory)

    async def _messages(self, seconds: float) -> Counts:
        """Numbered messages alone: each student says the next when the last is acknowledged."""
        async with crowd_of(self._server.url, ADMIN, MESSAGE_STUDENTS) as crowd:
            return await crowd.talk(seconds=seconds)

    async def _idle(self) -> float:
        """Bytes of the server for each socket that only exists."""
        async with crowd_of(self._server.url, ADMIN, IDLE_SOCKETS, connected=False) as crowd:
            before = self._process.memory_info().rss
            await crowd.connect()
            return (self._process.memory_info().rss - before) / IDLE_SOCKETS


@dataclass(frozen=True, slots=True)
class Round:
    """One stretch of frames; `cpu` in seconds: ourselves, the server, its workers."""

    counts: Counts
    cpu: tuple[float, float, float]
    worker_rss: int


def _cpu(process: psutil.Process) -> tuple[float, float, float]:
    """CPU seconds so far: ourselves, the server, its workers (those it had to replace included)."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    server = process.cpu_times()
    working = server.children_user + server.children_system
    for worker in _workers(process):
        spent = worker.cpu_times()
        working += spent.user + spent.system
    return own.ru_utime + own.ru_stime, server.user + server.system, working


def _workers(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children() if "app.ai.worker" in child.cmdline()]


def main() -> None:
    """Measure with the frames `make bench` uses."""
    from tools.bench import FPS, clean_frames

    _, frames = clean_frames()
    workers = len(psutil.Process().cpu_affinity())
    with LiveBench(frames, workers=workers, fps=FPS) as live:
        for _ in range(3):
            live.round(4.0)
        sys.stdout.write("\n".join([*live.figures(4.0).lines(), ""]))


if __name__ == "__main__":
    main()
