"""`proctor load`: many students at once against a server of this machine; what it can carry, in one line."""

import ipaddress
import json
import resource
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx2
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.ai.types import FrameRefused
from app.commands.complaints import complain
from app.commands.crowd import UNWATCHED, Counts, crowd_of
from app.commands.server_metrics import server_usage
from app.commands.student_client import StudentClientError
from app.domain.demo_accounts import DEMO_ACCOUNTS

MOST_FRAMES = 100
DEMO_ADMIN = DEMO_ACCOUNTS[0]
console = Console(highlight=False, stderr=True)


def load(
    students: Annotated[int, typer.Option(min=1, max=2000, help="Students at once.")],
    fps: Annotated[float, typer.Option(min=0.1, max=30, help="Frames a second of each.")] = 1.0,
    seconds: Annotated[float, typer.Option(min=1, max=7200, help="How long they sit.")] = 30.0,
    server: Annotated[str, typer.Option(help="Address of the server; only of this machine.")] = "http://localhost:8000",
    video: Annotated[Path | None, typer.Option(help="The video all cameras show; else a drawn room.")] = None,
    watched: Annotated[bool, typer.Option(help="Look for everything in the frames; else for nothing.")] = False,
    admin_email: Annotated[str, typer.Option(help="Who makes the exam and the accounts.")] = DEMO_ADMIN.email,
    admin_password: Annotated[str, typer.Option(help="That person's password.")] = DEMO_ADMIN.password,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line only.")] = False,
) -> None:
    """Let many students sit an exam made for this; it and their accounts are removed afterwards."""
    if not is_this_machine(server):
        complain(
            "not_this_machine",
            f"{server} is not this machine: a load test belongs to the machine it loads.",
            as_json=as_json,
        )
        raise typer.Exit(2)
    try:
        frames = film(video, fps)
        result = uvloop.run(
            measure(
                server, (admin_email, admin_password), students, fps, seconds, frames, watched=watched, quiet=as_json
            )
        )
    except FrameRefused as refused:
        complain(refused.code, f"{video} cannot be read as a video.", as_json=as_json)
        raise typer.Exit(2) from None
    except (StudentClientError, httpx2.HTTPError, OSError) as error:
        complain("server_refused", str(error) or type(error).__name__, as_json=as_json)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(result))
    else:
        show(result)


def is_this_machine(server: str) -> bool:
    """Whether an address names this machine's loopback, and nothing else."""
    host = urlsplit(server).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def film(video: Path | None, fps: float) -> list[bytes]:
    """What the cameras show, as JPEGs. Raises FrameRefused."""
    if video is None:
        return drawn_room()
    from app.ai.media import Video

    return [sample.jpeg for sample in islice(Video(video, fps).samples(), MOST_FRAMES)]


def drawn_room() -> list[bytes]:
    """An empty room with a lamp that moves: lit and sharp enough to be judged, and nobody in it."""
    import numpy as np

    from app.ai.picture import encode

    x, y = np.meshgrid(np.arange(640), np.arange(480))
    wall = 110 + 40 * np.sin(x / 37) + 30 * np.sin(y / 23) + 24 * ((x // 32 + y // 32) % 2)
    frames = []
    for number in range(30):
        lamp = 60 * np.exp(-((x - 20 * number) ** 2 + (y - 120) ** 2) / 5000)
        grey = np.clip(wall + lamp, 0, 255).astype(np.uint8)
        frames.append(encode(np.repeat(grey[:, :, None], 3, axis=2), 70))
    return frames


async def measure(
    server: str,
    admin: tuple[str, str],
    students: int,
    fps: float,
    seconds: float,
    frames: Sequence[bytes],
    *,
    watched: bool,
    quiet: bool,
) -> dict[str, Any]:
    """The last line of the output. Raises StudentClientError, httpx2.HTTPError."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, disable=quiet
    ) as bar:
        task = bar.add_task(f"{students} students come in", total=None)
        async with crowd_of(server, admin, students, **({} if watched else UNWATCHED)) as crowd:
            bar.update(task, description=f"{students} students sit {seconds:.0f} s")
            before, spent = await server_usage(server), _own_cpu()
            counts = await crowd.stream(frames, seconds=seconds, fps=fps)
            after, spent = await server_usage(server), _own_cpu() - spent
    return {
        "students": students,
        "watched": watched,
        **figures(counts),
        "server_rss_mb": round(after["rss"] / 2**20, 1),
        "server_cpu": round((after["cpu"] - before["cpu"]) / counts.seconds, 3),
        "workers_rss_mb": round(after["workers_rss"] / 2**20, 1),
        "workers_cpu": round((after["workers_cpu"] - before["workers_cpu"]) / counts.seconds, 3),
        "own_cpu": round(spent / counts.seconds, 3),
    }


def figures(counts: Counts) -> dict[str, Any]:
    """What the students saw. `drops`: frames that were due and never judged; cores and milliseconds elsewhere."""
    return {
        "seconds": round(counts.seconds, 2),
        "frames_sent": counts.frames_sent,
        "frames_done": counts.frames_done,
        "frames_per_second": round(counts.frames_done / counts.seconds, 2),
        "frame_p50_ms": counts.frame_ms(0.5),
        "frame_p95_ms": counts.frame_ms(0.95),
        "frame_p99_ms": counts.frame_ms(0.99),
        "drops": counts.skipped + counts.frames_unjudged,
        "acked": counts.acked,
        "ack_p50_ms": counts.ack_ms(0.5),
        "ack_p95_ms": counts.ack_ms(0.95),
        "ack_p99_ms": counts.ack_ms(0.99),
        "reconnects": counts.reconnects,
        "errors": counts.errors,
    }


def show(result: dict[str, Any]) -> None:
    """For people."""
    out = Console(highlight=False)
    out.print(
        f"{result['students']} students, looked for {'everything' if result['watched'] else 'nothing'}, "
        f"{result['seconds']:.0f} s: {result['frames_per_second']} frames/s judged, "
        f"{result['drops']} dropped, {result['errors']} errors, {result['reconnects']} reconnects"
    )
    for what, word in (("frame", "a frame was judged in"), ("ack", "a message was committed in")):
        p50, p95, p99 = (result[f"{what}_{share}_ms"] for share in ("p50", "p95", "p99"))
        out.print(f"  {word} {p50} ms (median), {p95} ms (95 %), {p99} ms (99 %)")
    out.print(f"  server: {result['server_cpu']} cores, {result['server_rss_mb']:.0f} MB")
    out.print(f"  workers: {result['workers_cpu']} cores, {result['workers_rss_mb']:.0f} MB")
    out.print(f"  this load generator: {result['own_cpu']} cores")


def _own_cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime
