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
from dataclasses import asdict, dataclass, field
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
from app.ai.networks import Picture, open_model
from app.ai.object_search import WANTED
from app.ai.picture import decode, encode
from app.ai.pipeline import Pipeline
from app.ai.types import FrameReport, FrameRequest, Memory
from tools.bench_live import LiveBench, LiveFigures

REAL_VIDEO = Path(__file__).resolve().parents[3] / "shared" / "data" / "gaze" / "center_focus.mp4"
FPS, WIDTH, HEIGHT, QUALITY = 2.0, 640, 480, 70
"""Two frames a second is what the server asks of a student; schedules count media time, so it decides what runs."""
STUDENTS_PER_WORKER = 2
PASSES = 4
"""How often the film is shown to the pipeline: a schedule of seconds needs some forty of them."""
NETWORKS = ("near faces", "far faces", "mesh", "iris", "palms", "hand", "objects, first", "objects, second")
Plan = tuple[bytes, tuple[int, ...]]
"""A frame, and how often each network runs on it in the pipeline: near, far, mesh, iris, palms, hand, each object
detector.

Identity runs only where there is a reference.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One run's numbers. MB are resident; `frame_ms`: processor time of a frame, median; `schedule`: by stage its runs
    and milliseconds a second of exam, means.
    """

    workers: int
    source: str
    bare_fps: float
    engine_fps: float
    engine_share: float
    frame_ms: float
    stages_ms: dict[str, float]
    schedule: dict[str, tuple[float, float]]
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


@dataclass(slots=True)
class Costs:
    """What frames cost in this process: `total` in processor time, which others on the machine hardly change, and by
    stage by the clock, which they do; and which networks ran on what.
    """

    total: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)

    def add(self, report: FrameReport, plan: Plan, spent: float) -> None:
        """One frame more, and the milliseconds of processor time it took."""
        self.total.append(spent)
        self.plans.append(plan)
        for stage, spent in report.stages.items():
            self.stages.setdefault(stage, []).append(spent)

    def means(self) -> dict[str, float]:
        """Milliseconds by stage, mean of the frames in which it ran at all."""
        return {stage: round(statistics.fmean(times), 2) for stage, times in self.stages.items()}

    def schedule(self) -> dict[str, tuple[float, float]]:
        """By network its runs, and by stage its milliseconds, a second of exam at FPS; `all` is the whole pipeline."""
        frames = len(self.total)
        runs = zip(NETWORKS, *(counts for _, counts in self.plans), strict=False)
        found = {name: (round(FPS * sum(times) / frames, 2), 0.0) for name, *times in runs}
        for stage, spent in self.stages.items():
            found[stage] = (
                found.get(stage, (round(FPS * len(spent) / frames, 2), 0.0))[0],
                round(FPS * sum(spent) / frames, 2),
            )
        return {**found, "all": (FPS, round(FPS * sum(self.total) / frames, 2))}


def measure_stages(frames: list[bytes]) -> Costs:
    """The pipeline in this process, after a first pass that warms up and learns the person's rest."""
    pipeline, memory, costs = Pipeline(), {}, Costs()  # type: Pipeline, Memory, Costs
    for number, jpeg in enumerate(frames * (1 + PASSES)):
        before = runs_of(pipeline.networks)
        begin = time.process_time()
        report = pipeline.look(FrameRequest(jpeg, number / FPS, memory))
        spent = 1000 * (time.process_time() - begin)
        memory = report.memory
        if number >= len(frames):
            counts = tuple(b - a for a, b in zip(before, runs_of(pipeline.networks), strict=True))
            costs.add(report, (jpeg, counts), spent)
    return costs


def runs_of(networks: Networks) -> tuple[int, ...]:
    """How often each network ran."""
    return (*networks.faces.runs, networks.irises.runs, *networks.hands.runs, *networks.objects.runs)


def bare_worker(plans: list[Plan], seconds: float) -> float:
    """Decode and the same networks as often as the pipeline runs them, and nothing else; frames per second."""
    networks = load_networks()
    search, irises = networks.faces, networks.irises
    palm, hand = open_model("palm_detection_lite"), open_model("hand_landmark_lite")

    known = search.near.find(decode(plans[0][0]).pixels)

    def look(plan: Plan) -> None:
        jpeg, (near, far, mesh, iris, palms, hands, *things) = plan
        pixels = decode(jpeg).pixels
        found = [face for _ in range(near) for face in search.near.find(pixels)]
        found += [face for _ in range(far) for face in search.far.find(pixels)]
        known[:] = found or known
        meshes = [search.mesh.look(pixels, known[number % len(known)]) for number in range(mesh)]
        for number in range(iris):
            irises.look(pixels, meshes[0], (RIGHT_EYE, LEFT_EYE)[number % 2])
        for number in range(palms + hands):
            (palm if number < palms else hand).invoke()
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
    costs = measure_stages(frames)
    bare, engine, through, memory = [], [], [], []  # type: list[float], list[float], list[float], list[float]
    with LiveBench(frames, workers=workers, fps=FPS) as live:
        for _ in range(rounds):
            bare.append(bench_bare(costs.plans, workers, seconds))
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
        frame_ms=round(statistics.median(costs.total), 2),
        stages_ms=costs.means(),
        schedule=costs.schedule(),
        worker_mb=memory,
        end_to_end_fps=round(statistics.median(through), 1),
        end_to_end_share=round(statistics.median(through) / statistics.median(bare), 3),
        live=figures,
    )


def bars(figures: Figures) -> Iterator[str]:
    """What has to be reached, and what is; ratios mean something only where nothing else runs."""
    second = figures.schedule["all"][1]
    rows = (
        ("engine over the bare loop", figures.engine_share, 0.85, True),
        ("end to end over the bare loop", figures.end_to_end_share, 0.75, True),
        ("ms of a clean frame, median", figures.frame_ms, 6.0, False),
        ("ms of a second of exam, objects included", second, 15.0, False),
    )
    for name, value, bar, at_least in rows:
        met = value >= bar if at_least else value <= bar
        yield f"{'met   ' if met else 'MISSED'}  {name}: {value:.2f} (bar {'≥' if at_least else '≤'} {bar:g})"
    load = os.getloadavg()[1]
    yield f"load average of five minutes, this run included: {load:.1f}; a busy machine's ratios are no verdict"


def show(figures: Figures) -> None:
    """For people."""
    console = Console()
    table = Table("", "frames/s", "of the bare loop", title=f"{figures.workers} workers, 640×480, {figures.source}")
    table.add_row("bare loop (decode + the same networks)", f"{figures.bare_fps:.1f}", "1.00")
    table.add_row("ai/engine.py", f"{figures.engine_fps:.1f}", f"{figures.engine_share:.2f}")
    table.add_row("through the WebSocket", f"{figures.end_to_end_fps:.1f}", f"{figures.end_to_end_share:.2f}")
    console.print(table)
    costs = Table(
        "stage",
        "ms where it runs",
        "runs",
        "ms",
        title=f"a clean frame: {figures.frame_ms} ms of processor time (median)",
    )
    for name, (runs, spent) in figures.schedule.items():
        where = figures.stages_ms.get(name)
        costs.add_row(name, f"{where:.2f}" if where else "", f"{runs:.2f}", f"{spent:.2f}" if spent else "")
    costs.caption = "runs and ms (by the clock; all: processor time): a second of exam at 2 frames a second"
    console.print(costs)
    for line in bars(figures):
        console.print(line)
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
