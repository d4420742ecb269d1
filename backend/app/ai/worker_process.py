"""The server's end of one worker process: start it, hand it frames one at a time, kill it."""

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.ai.model_files import ModelRefused
from app.ai.sound_types import SoundRefused, SoundReport, SoundRequest
from app.ai.sound_wire import pack_sound, sound_report_from
from app.ai.types import FrameRefused, FrameReport, FrameRequest
from app.ai.wire import PREFIX, WireError, lengths, pack_request, report_from, unpack

KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
"""All a worker gets of the environment: it reads pictures from strangers and has no business with secrets."""
ARITHMETIC = "OPENBLAS_"
"""And what chooses the kernels NumPy computes with: others round differently, so worker and server would disagree."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""A worker owns one core; products are far too small to be shared anyway."""
START_LIMIT = 60.0
STARVED = 5.0
"""A worker that gets no processor is not to blame; after so many times its limit it is replaced all the same."""


class WorkerDied(Exception):
    """The process ended, or answered nonsense, in the middle of something."""


class WorkerHung(Exception):
    """No answer within the limit."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What every worker is started with: seconds of computing a frame may take, address space in MB, models."""

    frame_limit: float
    memory_mb: int
    models: Path
    faults: bool


def environment_of(ours: Mapping[str, str]) -> dict[str, str]:
    """The variables a worker is started with, out of the server's own."""
    kept = {name: value for name, value in ours.items() if name in KEPT_VARIABLES or name.startswith(ARITHMETIC)}
    return {**kept, **ONE_THREAD}


class WorkerProcess:
    """A running worker. Not for use by two tasks at once."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        settings: WorkerSettings,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._settings = settings
        self.pid = process.pid
        self._seen = psutil.Process(process.pid)

    @classmethod
    async def start(cls, settings: WorkerSettings) -> "WorkerProcess":
        """Start a process and wait until its models are loaded. Raises ModelRefused, WorkerDied or WorkerHung."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "app.ai.worker", "--fd", str(theirs.fileno())]
            command += ["--memory-mb", str(settings.memory_mb), "--limit", str(settings.frame_limit)]
            command += ["--models", str(settings.models), *(["--faults"] if settings.faults else [])]
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                env=environment_of(os.environ),
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        ours.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=ours)
        worker = cls(process, reader, writer, settings)
        try:
            head, _ = await worker._message(START_LIMIT)
            if "failed" in head:
                raise ModelRefused(str(head["failed"]), str(head.get("model")))
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def look(self, request: FrameRequest) -> FrameReport:
        """One frame. Raises FrameRefused (the worker is well), WorkerDied or WorkerHung (it must be killed)."""
        head, blob = await self._ask(pack_request(request))
        if "refused" in head:
            raise FrameRefused(str(head["refused"]))
        try:
            return report_from(head, blob)
        except WireError as error:
            raise WorkerDied from error

    async def listen(self, request: SoundRequest) -> SoundReport:
        """One chunk of sound. Raises SoundRefused (the worker is well), WorkerDied or WorkerHung."""
        head, _ = await self._ask(pack_sound(request))
        if "refused" in head:
            raise SoundRefused(str(head["refused"]))
        try:
            return sound_report_from(head)
        except WireError as error:
            raise WorkerDied from error

    async def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
        await self._process.wait()

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._process.wait()

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.returncode is None

    @property
    def rss(self) -> int:
        """Resident bytes; 0 when it is gone."""
        try:
            return int(self._seen.memory_info().rss)
        except psutil.Error:
            return 0

    async def _ask(self, question: bytes) -> tuple[dict[str, object], bytes]:
        try:
            self._writer.write(question)
        except (ConnectionError, RuntimeError) as error:
            raise WorkerDied from error
        return await self._message(self._settings.frame_limit)

    async def _message(self, limit: float) -> tuple[dict[str, object], bytes]:
        """The next message; `limit` in seconds of the worker's own work, at most STARVED times that by the clock."""
        reading = asyncio.create_task(self._read())
        begun, spent = time.monotonic(), None
        try:
            while not (await asyncio.wait({reading}, timeout=limit))[0]:
                # Asked only of the late: for each frame it would cost more than the rest of the bookkeeping.
                spent = self._cpu_seconds() if spent is None else spent
                late = time.monotonic() - begun >= STARVED * limit
                if late or not self._is_busy() or self._cpu_seconds() - spent >= limit:
                    raise WorkerHung
            return reading.result()
        except (asyncio.IncompleteReadError, ConnectionError, WireError) as error:
            raise WorkerDied from error
        finally:
            reading.cancel()

    async def _read(self) -> tuple[dict[str, object], bytes]:
        head, blob = lengths(await self._reader.readexactly(PREFIX.size))
        text = await self._reader.readexactly(head)
        return unpack(text), await self._reader.readexactly(blob) if blob else b""

    def _cpu_seconds(self) -> float:
        """What the process has computed so far; 0 when it is gone."""
        try:
            times = self._seen.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def _is_busy(self) -> bool:
        """Whether it computes, or would if the machine let it: one that waits for something in mid-frame never ends."""
        try:
            return bool(self._seen.status() == psutil.STATUS_RUNNING)
        except psutil.Error:
            return False
