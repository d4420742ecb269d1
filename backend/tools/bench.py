"""How fast are we? Frames per second: bare loop, engine, end to end; cost per stage; memory. `make bench`."""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import uvloop
from rich.console import Console
from rich.table import Table

from app.ai.engine import ProcessEngine
from app.ai.frame import Networks, load_networks
from app.ai.landmarks import LEFT_EYE, RIGHT_EYE
from app.ai.media import Video
from app.ai.networks import Picture
from app.ai.object_search import WANTED
from app.ai.picture import decode, encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameRequest, Memory
from tools.bench_live import LiveBench, LiveFigures

REAL_VIDEO = Path(__file__).resolve().parents[3] / "shared" / "data" / "gaze" / "center_focus.mp4"
FPS, WIDTH, HEIGHT, QUALITY = 2.0, 640, 480, 70
"""Two frames a second is what the server asks of a student; schedules count media time, so it decides what runs."""
STUDENTS_PER_WORKER = 2
Plan = tuple[bytes, tuple[int, ...]]
"""A frame, and how often each network runs on it in the pipeline: near, far, mesh, iris, each object detector.

Identity runs only where there is a reference.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One run's numbers. MB are resident; milliseconds are medians."""

    workers: int
    source: str
    bare_fps: float
    engine_fps: float
    engine_share: float
    frame_ms: float
    stages_ms: dict[str, float]
    worker_mb: list[float]
    end_to_end_fps: float
    end_to_end_share: float
    live: LiveFigures


def webcam_picture(pixels: Picture) -> Picture:
    """A 640×480 picture as a laptop's camera would give: the middle of a portrait video's frame."""
    height, width = pixels.shape[:2]
    part = min(height, width * HEIGHT // WIDTH)
    top = (height - part) // 4
    cut = pixels[top : top + part]
    return cv2.resize(cut, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def made_up_pictures() -> Iterator[Picture]:
    """A photograph that sways, where the real video is not at hand."""
    from skimage import data

    portrait: Picture = data.astronaut()[:480, :480]  # type: ignore[no-untyped-call]
    for number in range(50):
        scene = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
        left = 80 + round(15 * float(np.sin(number / 5)))
        scene[:, left : left + 480] = portrait
        yield scene


def clean_frames() -> tuple[str, list[bytes]]:
    """About ten seconds of somebody who looks at the screen, as JPEGs of 640×480."""
    if REAL_VIDEO.is_file():
        samples = [decode(sample.jpeg).pixels for sample in Video(REAL_VIDEO, FPS).samples()]
        return "center_focus.mp4", [encode(webcam_picture(pixels), QUALITY) for pixels in samples]
    return "scikit-image's portrait", [encode(picture, QUALITY) for picture in made_up_pictures()]


def measure_stages(frames: list[bytes]) -> tuple[float, dict[str, float], list[Plan]]:
    """The pipeline in this process: milliseconds per frame and stage (means), and which networks ran on what."""
    pipeline, memory = Pipeline(), {}  # type: Pipeline, Memory
    stages: dict[str, list[float]] = {}
    plans: list[Plan] = []
    total = []
    for number, jpeg in enumerate(frames * 2):
        before = runs_of(pipeline.networks)
        report = pipeline.look(FrameRequest(jpeg, number / FPS, memory))
        memory = report.memory
        if number < len(frames):
            continue  # warm up, and learn the person's rest
        plans.append((jpeg, tuple(b - a for a, b in zip(before, runs_of(pipeline.networks), strict=True))))
        total.append(report.ms)
        for stage, spent in report.stages.items():
            stages.setdefault(stage, []).append(spent)
    return statistics.median(total), {stage: statistics.fmean(times) for stage, times in stages.items()}, plans


def runs_of(networks: Networks) -> tuple[int, ...]:
    """How often each network ran."""
    return (*networks.faces.runs, networks.irises.runs, *networks.objects.runs)


def bare_worker(plans: list[Plan], seconds: float) -> float:
    """Decode and the same networks as often as the pipeline runs them, and nothing else; frames per second."""
    networks = load_networks()
    search, irises = networks.faces, networks.irises

    known = search.near.find(decode(plans[0][0]).pixels)

    def look(plan: Plan) -> None:
        jpeg, (near, far, mesh, iris, *things) = plan
        pixels = decode(jpeg).pixels
        found = [face for _ in range(near) for face in search.near.find(pixels)]
        found += [face for _ in range(far) for face in search.far.find(pixels)]
        known[:] = found or known
        meshes = [search.mesh.look(pixels, known[number % len(known)]) for number in range(mesh)]
        for number in range(iris):
            irises.look(pixels, meshes[0], (RIGHT_EYE, LEFT_EYE)[number % 2])
        for network, times in zip(networks.objects.networks, things, strict=True):
            for _ in range(times):
                network.find(pixels, WANTED, least=0.3)

    for plan in plans[:10]:
        look(plan)
    done, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        look(plans[done % len(plans)])
        done += 1
    return done / (time.perf_counter() - begin)


def bench_bare(plans: list[Plan], workers: int, seconds: float) -> float:
    """One single-thread process per core, no server; frames per second of all."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return sum(pool.map(bare_worker, [plans] * workers, [seconds] * workers))


async def bench_engine(frames: list[bytes], workers: int, seconds: float) -> tuple[float, list[float]]:
    """`ai/engine.py` with students who wait for each answer; frames per second, and MB of each worker."""
    engine = ProcessEngine(workers)
    await engine.start()
    stop = 0.0

    async def student(offset: int) -> int:
        memory: Memory = {}
        done = 0
        while time.perf_counter() < stop:
            jpeg = frames[(offset + done) % len(frames)]
            memory = (await engine.analyze(FrameRequest(jpeg, done / FPS, memory))).memory
            done += 1
        return done

    async def run(seconds: float) -> float:
        nonlocal stop
        begin = time.perf_counter()
        stop = begin + seconds
        done = await asyncio.gather(*(student(7 * n) for n in range(workers * STUDENTS_PER_WORKER)))
        return sum(done) / (time.perf_counter() - begin)

    try:
        await run(0.5)
        rate = await run(seconds)
        return rate, [round(worker.rss / 2**20, 1) for worker in engine.counters.workers]
    finally:
        await engine.close()


def bench(workers: int, seconds: float, rounds: int) -> Figures:
    """All figures in one run. Bare loop, engine and sockets take turns, so that a busy machine slows all alike."""
    source, frames = clean_frames()
    frame_ms, stages, plans = measure_stages(frames)
    bare, engine, through, memory = [], [], [], []  # type: list[float], list[float], list[float], list[float]
    with LiveBench(frames, workers=workers, fps=FPS) as live:
        for _ in range(rounds):
            bare.append(bench_bare(plans, workers, seconds))
            rate, memory = uvloop.run(bench_engine(frames, workers, seconds))  # as uvicorn does
            engine.append(rate)
            through.append(live.round(seconds))
        figures = live.figures(seconds)
    share = statistics.median(engine) / statistics.median(bare)
    return Figures(
        workers=workers,
        source=source,
        bare_fps=round(statistics.median(bare), 1),
        engine_fps=round(statistics.median(engine), 1),
        engine_share=round(share, 3),
        frame_ms=round(frame_ms, 2),
        stages_ms={stage: round(spent, 2) for stage, spent in stages.items()},
        worker_mb=memory,
        end_to_end_fps=round(statistics.median(through), 1),
        end_to_end_share=round(statistics.median(through) / statistics.median(bare), 3),
        live=figures,
    )


def show(figures: Figures) -> None:
    """For people."""
    console = Console()
    table = Table("", "frames/s", "of the bare loop", title=f"{figures.workers} workers, 640×480, {figures.source}")
    table.add_row("bare loop (decode + the same networks)", f"{figures.bare_fps:.1f}", "1.00")
    table.add_row("ai/engine.py", f"{figures.engine_fps:.1f}", f"{figures.engine_share:.2f}")
    table.add_row("through the WebSocket", f"{figures.end_to_end_fps:.1f}", f"{figures.end_to_end_share:.2f}")
    console.print(table)
    costs = Table("stage of a clean frame", "ms, mean", title=f"one frame: {figures.frame_ms} ms (median)")
    for stage, spent in figures.stages_ms.items():
        costs.add_row(stage, f"{spent:.2f}")
    console.print(costs)
    for line in figures.live.lines():
        console.print(line)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    figures = bench(options.workers, options.seconds, options.rounds)
    if options.json:
        sys.stdout.write(json.dumps(asdict(figures)) + "\n")
    else:
        show(figures)


if __name__ == "__main__":
    main()
