"""Scripted stand-ins for tests in which timing must be controlled: an engine that waits, a disk that refuses."""

import asyncio
import errno
from collections.abc import Callable
from datetime import datetime

from app.ai.engine import EngineBusy, EngineCounters
from app.ai.sound_types import SoundReport, SoundRequest
from app.ai.types import FrameReport, FrameRequest
from app.domain.violations import NeutralState, Observation

Script = Callable[[FrameRequest], FrameReport]


class Clock:
    """Time that moves when told to, in seconds."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def looks_fine(request: FrameRequest) -> FrameReport:
    """A frame in which there is nothing to note."""
    return FrameReport(at=request.at, width=640, height=480)


def shows(*observations: Observation) -> Script:
    """Every frame shows this."""
    return lambda request: FrameReport(at=request.at, width=640, height=480, observations=observations)


def hides(*states: NeutralState) -> Script:
    """Nothing can be judged, for these reasons."""
    return lambda request: FrameReport(at=request.at, width=640, height=480, states=states)


class ScriptedEngine:
    """Implements app.ai.engine.Engine: answers by script, keeps frames while `go` is clear, is busy when told so."""

    def __init__(self, script: Script = looks_fine) -> None:
        self.script = script
        self.busy = False
        self.go = asyncio.Event()
        self.go.set()
        self.seen: list[FrameRequest] = []
        self.took = asyncio.Event()

    async def start(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to free."""

    async def analyze(self, request: FrameRequest) -> FrameReport:
        """What the script says, once it may."""
        if self.busy:
            raise EngineBusy
        self.seen.append(request)
        self.took.set()
        await self.go.wait()
        return self.script(request)

    async def listen(self, request: SoundRequest) -> SoundReport:
        """Silence."""
        if self.busy:
            raise EngineBusy
        return SoundReport(at=request.at, seconds=1.0, level=-90.0, floor=-90.0, speech=0.0)

    @property
    def load(self) -> float:
        """Room for everything."""
        return 0.0

    @property
    def counters(self) -> EngineCounters:
        """Only what the script has seen."""
        return EngineCounters(len(self.seen), 0, 0, 0, 0, 0, 0, 0, ())


class FullDisk:
    """Implements app.storage.EvidenceStore on a disk without space."""

    async def put(self, name: str, body: bytes) -> None:
        """Refuse."""
        raise OSError(errno.ENOSPC, "No space left on device")

    async def get(self, name: str) -> bytes:
        """Nothing was ever written."""
        raise FileNotFoundError(name)

    async def delete(self, name: str) -> None:
        """Nothing to remove."""

    async def names(self, *, older_than: datetime) -> list[str]:
        """Nothing is there."""
        return []
