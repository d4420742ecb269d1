"""Worker processes that die, hang or run out of memory: one frame suffers, nothing else."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from app.ai.engine import EngineBusy, EngineStopped, ProcessEngine
from app.ai.faults import with_fault
from app.ai.model_files import MODELS_FOLDER, ModelRefused
from app.ai.networks import Picture
from app.ai.picture import encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRefused, FrameRequest
from app.ai.wire import MAX_HEAD, WireError, lengths, pack_report, report_from, unpack
from app.ai.worker_process import environment_of


@pytest.fixture(scope="module")
def frame(webcam: Picture) -> bytes:
    """One good JPEG."""
    return encode(webcam, 80)


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[ProcessEngine]:
    """One worker that obeys fault marks, and a short limit."""
    engine = ProcessEngine(1, faults=True, frame_limit=1.0, waiting=3)
    await engine.start()
    yield engine
    await engine.close()


async def refusal(engine: ProcessEngine, jpeg: bytes) -> str:
    """The code a frame is refused with."""
    with pytest.raises(FrameRefused) as refused:
        await engine.analyze(FrameRequest(jpeg, 0.0))
    return refused.value.code


async def test_the_same_report_as_in_this_process(engine: ProcessEngine, pipeline: Pipeline, frame: bytes) -> None:
    request = FrameRequest(frame, 1.5, thumbnail=True)
    here, there = pipeline.look(request), await engine.analyze(request)
    assert there.faces == here.faces
    assert there.gaze == here.gaze
    assert there.memory == json.loads(json.dumps(here.memory))
    assert there.thumbnail == here.thumbnail


def test_a_worker_computes_as_the_server_does_and_knows_no_secrets() -> None:
    ours = {"PATH": "/bin", "OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2", "PROCTOR_SECRET_KEY": "x"}
    assert environment_of(ours) == {"PATH": "/bin", "OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1"}


async def test_hostile_bytes_never_reach_a_worker(engine: ProcessEngine) -> None:
    before = engine.counters
    assert await refusal(engine, b"\x89PNG\r\n\x1a\n" + bytes(900_000)) == "unsupported_format"
    assert engine.counters.refused == before.refused + 1
    assert engine.counters.frames == before.frames


async def test_a_frame_that_kills_twice_is_quarantined(engine: ProcessEngine, frame: bytes) -> None:
    before, poison = engine.counters, with_fault(frame, "kill")
    assert await refusal(engine, poison) == "quarantined"
    assert await refusal(engine, poison) == "quarantined"
    after = engine.counters
    assert after.restarts == before.restarts + 2
    assert after.quarantined == before.quarantined + 1
    assert len((await engine.analyze(FrameRequest(frame, 0.0))).faces) == 1


async def test_a_frame_that_hangs_is_killed_within_the_limit(engine: ProcessEngine, frame: bytes) -> None:
    before = engine.counters
    async with asyncio.timeout(10):
        assert await refusal(engine, with_fault(frame, "hang")) == "quarantined"
    assert engine.counters.timeouts == before.timeouts + 2


async def test_a_frame_that_wants_too_much_memory(engine: ProcessEngine, frame: bytes) -> None:
    before = engine.counters
    assert await refusal(engine, with_fault(frame, "memory")) == "out_of_memory"
    assert len((await engine.analyze(FrameRequest(frame, 0.0))).faces) == 1
    assert engine.counters.timeouts == before.timeouts
    assert all(worker.rss < 600 << 20 for worker in engine.counters.workers)


async def test_kill_minus_nine_in_the_middle_of_a_frame_loses_nothing(engine: ProcessEngine, frame: bytes) -> None:
    slow = with_fault(frame, "slow")
    waiting = asyncio.create_task(engine.analyze(FrameRequest(slow, 0.0)))
    while engine.counters.working == 0:  # noqa: ASYNC110 - the engine has no event for this
        await asyncio.sleep(0)
    os.kill(engine.counters.workers[0].pid, signal.SIGKILL)
    assert len((await waiting).faces) == 1


async def test_an_idle_worker_that_dies_is_replaced(engine: ProcessEngine, frame: bytes) -> None:
    await engine.analyze(FrameRequest(frame, 0.0))
    before = engine.counters
    os.kill(before.workers[0].pid, signal.SIGKILL)
    async with asyncio.timeout(5):
        while engine.counters.restarts == before.restarts or not engine.counters.workers:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert len((await engine.analyze(FrameRequest(frame, 0.0))).faces) == 1


async def test_what_is_too_much_is_refused_and_counted(engine: ProcessEngine, frame: bytes) -> None:
    before = engine.counters
    results = await asyncio.gather(
        *(engine.analyze(FrameRequest(frame, float(n))) for n in range(20)), return_exceptions=True
    )
    busy = [result for result in results if isinstance(result, EngineBusy)]
    assert len(busy) >= 15
    assert engine.counters.busy == before.busy + len(busy)
    assert engine.load == 0
    assert engine.counters.frames == before.frames + 20 - len(busy)


async def test_who_gives_up_waiting_disturbs_nobody(engine: ProcessEngine, frame: bytes) -> None:
    first = asyncio.create_task(engine.analyze(FrameRequest(with_fault(frame, "slow"), 0.0)))
    second = asyncio.create_task(engine.analyze(FrameRequest(frame, 1.0)))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).at == 1.0
    with contextlib.suppress(asyncio.CancelledError):
        await first


async def test_a_changed_model_refuses_to_start(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MODELS_FOLDER, tmp_path / "models"))
    with (folder / "iris_landmark.tflite").open("ab") as file:
        file.write(b"!")
    with pytest.raises(ModelRefused, match="model_changed"):
        await ProcessEngine(1, models=folder).start()


async def test_closing_ends_the_workers_and_whoever_waits(frame: bytes) -> None:
    engine = ProcessEngine(1, faults=True)
    with pytest.raises(EngineStopped):
        await engine.analyze(FrameRequest(frame, 0.0))
    await engine.start()
    (worker,) = engine.counters.workers
    waiting = [asyncio.create_task(engine.analyze(FrameRequest(with_fault(frame, "hang"), 0.0))) for _ in range(3)]
    await asyncio.sleep(0)
    await engine.close()
    for result in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(result, EngineStopped)
    assert not psutil.pid_exists(worker.pid)
    assert engine.counters.workers == ()


def test_workers_die_with_a_server_that_was_killed() -> None:
    program = (
        "import asyncio\nfrom app.ai.engine import ProcessEngine\n"
        "async def main():\n engine = ProcessEngine(1)\n await engine.start()\n"
        " print(engine.counters.workers[0].pid, flush=True)\n await asyncio.sleep(60)\nasyncio.run(main())"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        worker = psutil.Process(int(server.stdout.readline()))
        server.kill()
    psutil.wait_procs([worker], timeout=5)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


def test_the_server_side_loads_no_picture_library() -> None:
    program = "import sys, app.ai.engine; print([m for m in ('cv2', 'numpy', 'ai_edge_litert') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"


@pytest.mark.parametrize("prefix", [b"\xff" * 8, (MAX_HEAD + 1).to_bytes(4) + bytes(4)])
def test_a_worker_cannot_make_the_server_read_without_end(prefix: bytes) -> None:
    with pytest.raises(WireError):
        lengths(prefix)


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"report": 3}', b'{"report": {"at": "x"}}'])
def test_nonsense_from_a_worker_is_told_as_such(text: bytes) -> None:
    with pytest.raises(WireError):
        report_from(unpack(text), b"")


def test_reports_travel_whole(pipeline: Pipeline, frame: bytes) -> None:
    report = pipeline.look(FrameRequest(frame, 2.0, thumbnail=True))
    packed = pack_report(report)
    head, blob = lengths(packed[:8])
    assert report_from(unpack(packed[8 : 8 + head]), packed[8 + head :]) == report
    assert len(packed) == 8 + head + blob
