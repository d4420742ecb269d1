"""`proctor replay`: a student in a terminal; a video takes the place of the camera."""

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.ai.types import FrameRefused
from app.commands.complaints import complain
from app.commands.sound_track import can_read_sound, sound_chunks
from app.commands.student_client import StudentClient, StudentClientError, percentile_ms
from app.domain.demo_accounts import DEMO_ACCOUNTS

STATUS_SECONDS = 1.0
DEMO_STUDENT = DEMO_ACCOUNTS[-1]
console = Console(highlight=False, stderr=True)


def replay(
    video: Annotated[Path, typer.Argument(help="The video the camera shows.")],
    server: Annotated[str, typer.Option(help="Address of the server.")] = "http://localhost:8000",
    email: Annotated[str, typer.Option(help="The student's e-mail.")] = DEMO_STUDENT.email,
    password: Annotated[str, typer.Option(help="The student's password.")] = DEMO_STUDENT.password,
    exam: Annotated[int | None, typer.Option(help="The exam to sit; else the one that ends first.")] = None,
    fps: Annotated[float, typer.Option(min=0.1, max=30, help="Frames a second of the video.")] = 2.0,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="How much faster than real time.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines only.")] = False,
) -> None:
    """Sit an exam with a video for a camera, over the real protocol; survives outages of the server."""
    if not video.is_file():
        complain("not_found", f"{video} does not exist.", as_json=as_json)
        raise typer.Exit(2)
    try:
        result = asyncio.run(
            Replay(video, fps=fps, speed=speed, as_json=as_json).run(server, email, password, exam_id=exam)
        )
    except FrameRefused as refused:
        complain(refused.code, f"{video} cannot be read as a video.", as_json=as_json)
        raise typer.Exit(2) from None
    except (StudentClientError, httpx2.HTTPError, OSError) as error:
        complain("server_refused", str(error) or type(error).__name__, as_json=as_json)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        _show(result)


class Replay:
    """One sitting."""

    def __init__(self, video: Path, *, fps: float, speed: float, as_json: bool) -> None:
        self._path = video
        self._fps = fps
        self._speed = speed
        self._as_json = as_json
        self._began: datetime | None = None

    async def run(self, server: str, email: str, password: str, *, exam_id: int | None) -> dict[str, Any]:
        """The last line of the output."""
        from app.ai.media import Video

        video = Video(self._path, self._fps)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, disable=self._as_json, transient=True) as bar:
            frames = bar.add_task(self._path.name, total=max(1, int(video.seconds * self._fps)))
            async with StudentClient(server, listener=self._on_message) as student:
                await student.login(email, password)
                await student.start(exam_id if exam_id is not None else await student.find_exam())
                await student.say("consent", given=True)
                async with asyncio.TaskGroup() as playing:
                    playing.create_task(self._play(video, student, lambda: bar.advance(frames)))
                    playing.create_task(self._play_sound(student))
                ended = await student.finish()
                return self._result(student, ended, await student.violations())

    async def _play_sound(self, student: StudentClient) -> None:
        if not can_read_sound() and not self._as_json:
            console.print("The sound is left out: the ffmpeg program is not installed.")
        begun, begun_ms = time.monotonic(), int(time.time() * 1000)
        chunks = sound_chunks(self._path)
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            await asyncio.sleep(max(0.0, begun + chunk.until / self._speed - time.monotonic()))
            if student.ended.is_set():
                break
            if student.connected.is_set():
                await student.sound(chunk.pcm, begun_ms + round(chunk.at * 1000))
        chunks.close()

    async def _play(self, video: Any, student: StudentClient, advance: Any) -> None:
        begun, begun_ms = time.monotonic(), int(time.time() * 1000)
        told = -STATUS_SECONDS
        for sample in video.samples():
            await asyncio.sleep(max(0.0, begun + sample.at / self._speed - time.monotonic()))
            if student.ended.is_set():
                break
            if sample.at - told >= STATUS_SECONDS:
                told = sample.at
                await student.say("status", at=round(sample.at, 3), frames=student.tally.frames_done)
            if student.connected.is_set():  # a camera does not stand still while the line is down
                if self._began is None:
                    server_time = datetime.fromisoformat(student.hello["server_time"])
                    since = timedelta(seconds=time.monotonic() - student.hello_at - sample.at)
                    self._began = server_time + since
                await student.show(sample.jpeg, begun_ms + round(sample.at * 1000))
            advance()

    def _result(
        self, student: StudentClient, ended: dict[str, Any], violations: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        tally = student.tally
        return {
            "session_id": student.exam_session_id,
            "frames_sent": tally.frames_sent,
            "frames_done": tally.frames_done,
            "violations": [
                {
                    "id": one["id"],
                    "kind": one["kind"],
                    "started_at": self._seconds(one["started_at"]),
                    "ended_at": self._seconds(one["ended_at"]),
                    "confidence": round(one["confidence"], 3),
                }
                for one in violations
            ],
            "trust": round(100 * ended["final_trust_score"], 2),
            "coverage": ended["coverage"],
            "ack_p50_ms": percentile_ms(tally.acks, 0.5),
            "ack_p99_ms": percentile_ms(tally.acks, 0.99),
            "frame_p50_ms": percentile_ms(tally.frames, 0.5),
            "frame_p99_ms": percentile_ms(tally.frames, 0.99),
            "reconnects": tally.reconnects,
        }

    def _seconds(self, moment: str | None) -> float | None:
        """Seconds from the video's start."""
        if moment is None or self._began is None:
            return None
        return round((datetime.fromisoformat(moment) - self._began).total_seconds(), 2)

    def _on_message(self, message: dict[str, Any]) -> None:
        if message["type"] in {"hello", "frame.done", "ack"}:
            return
        if self._as_json:
            typer.echo(json.dumps(message, ensure_ascii=False))
        elif message["type"].startswith("violation."):
            one = message["violation"]
            console.print(
                f"{message['type'][10:]:8} {one['kind']}  {one['seconds']:.1f} s  trust {message['trust']:.0f}"
            )
        else:
            console.print(f"{message['type']}: {message.get('code') or message.get('reason') or ''}")


def _show(result: dict[str, Any]) -> None:
    out = Console(highlight=False)
    out.print(
        f"Exam session {result['session_id']}: {result['frames_done']} of {result['frames_sent']} frames judged, "
        f"trust {result['trust']:.0f}, coverage {100 * (result['coverage'] or 0):.0f} %"
    )
    for one in result["violations"]:
        out.print(f"  {one['kind']}: {one['started_at']} s to {one['ended_at']} s, confidence {one['confidence']}")
    out.print(f"  acknowledged in {result['ack_p50_ms']} ms (median), {result['ack_p99_ms']} ms (99 %)")
