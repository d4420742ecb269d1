"""`proctor analyze`: what the server would see in a video or in pictures, without server or database."""

import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.ai.report import report_json
from app.ai.sound_types import SoundMemory, SoundRequest
from app.ai.types import FrameRefused, FrameReport, FrameRequest, Memory
from app.commands.sound_track import SoundChunk, sound_chunks
from app.domain.coverage import Coverage
from app.domain.incidents import Change, Incidents
from app.domain.trust import Episode, trust_score

if TYPE_CHECKING:
    from app.ai.media import Sample
    from app.ai.pipeline import Pipeline
    from app.ai.sound import Listener

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
LARGEST_PICTURE = 120_000_000
"""Pixels."""
REASONS = {
    "unreadable_video": "cannot be read as a video",
    "no_face": "shows no face",
    "several_faces": "shows more than one face",
    "too_small": "shows a face that is too small",
    "turned_away": "shows a face that is turned away",
    "too_dark": "is too dark",
    "too_bright": "is too bright",
    "blurred": "is blurred",
    "unreadable_picture": "cannot be read as a picture",
    "no_pictures": "holds no pictures",
    "not_found": "does not exist",
}


@dataclass(slots=True)
class Findings:
    """What piles up over one run."""

    changes: dict[int, Change] = field(default_factory=dict)
    frames: int = 0
    judged: int = 0
    refused: int = 0

    def add(self, changes: list[Change]) -> None:
        """Keep the latest word on every violation."""
        self.changes.update({change.key: change for change in changes})

    def summary(self, coverage: float, seconds: float) -> dict[str, Any]:
        """The last object of the output."""
        changes = [self.changes[key] for key in sorted(self.changes)]
        episodes = [Episode(c.kind, c.confidence, c.seconds, c.count) for c in changes]
        return {
            "violations": [
                {
                    "kind": str(change.kind),
                    "started_at": round(change.started_at, 3),
                    "ended_at": None if change.ended_at is None else round(change.ended_at, 3),
                    "confidence": round(change.confidence, 3),
                }
                for change in changes
            ],
            "trust": round(trust_score(episodes), 2),
            "coverage": round(coverage, 4),
            "frames": self.frames,
            "fps": round(self.frames / seconds, 2) if seconds > 0 else 0.0,
        }


def in_source_pixels(report: FrameReport, scale: float) -> FrameReport:
    """Boxes in pixels of the file, whatever size was judged."""

    def scaled(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        left, top, width, height = (round(value * scale) for value in box)
        return left, top, width, height

    faces = tuple(replace(face, box=scaled(face.box)) for face in report.faces)
    return replace(report, faces=faces, objects=tuple(replace(o, box=scaled(o.box)) for o in report.objects))


def as_line(report: FrameReport, number: int) -> dict[str, Any]:
    """One frame as protocol.md §4 prints it."""
    return {"frame": number, **report_json(report)}


def say(line: dict[str, Any]) -> None:
    """One JSON object on one line."""
    typer.echo(json.dumps(line, ensure_ascii=False))


@contextmanager
def progress(label: str, total: float, *, as_json: bool) -> Iterator[Any]:
    """A bar on a terminal; yields a function that is told how far we are."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, disable=as_json, transient=True) as bar:
        task = bar.add_task(label, total=total or None)
        yield lambda done: bar.update(task, completed=done)


def look_at(
    pipeline: "Pipeline", sample: "Sample", memory: Memory, *, single: bool, reference: bytes | None
) -> FrameReport:
    """Judge one sample; with a reference every frame's face is compared with it."""
    request = FrameRequest(sample.jpeg, sample.at, memory, single=single, reference=reference, identity_every=0.0)
    return pipeline.look(request)


def read_reference(pipeline: "Pipeline", portrait: Path | None, *, as_json: bool) -> bytes | None:
    """The face to expect; ends the command when the picture does not show one face well."""
    from app.ai.media import picture_sample

    try:
        return None if portrait is None else pipeline.template_of(picture_sample(portrait).jpeg)
    except (FrameRefused, OSError) as error:
        complain(portrait or Path(), getattr(error, "code", "unreadable_picture"), as_json=as_json)
        raise typer.Exit(1) from error


class Soundtrack:
    """The sound beside a video's frames; the model is loaded when there is any."""

    def __init__(self, path: Path) -> None:
        self._chunks = sound_chunks(path)
        self._next: SoundChunk | None = next(self._chunks, None)
        self._listener: Listener | None = None
        self._memory = SoundMemory()

    def up_to(self, at: float, incidents: Incidents) -> list[Change]:
        """Listen to everything that was over by then."""
        from app.ai.sound import Listener

        changes: list[Change] = []
        while self._next is not None and self._next.until <= at:
            self._listener = self._listener or Listener()
            report = self._listener.listen(SoundRequest(self._next.pcm, self._next.at, memory=self._memory))
            self._memory = report.memory
            changes += incidents.hear(report.heard, self._next.until)
            self._next = next(self._chunks, None)
        return changes


def analyze_video(path: Path, fps: float, *, as_json: bool, portrait: Path | None = None) -> dict[str, Any]:
    """Every sampled frame through the pipeline and the rules over time."""
    from app.ai.media import Video
    from app.ai.pipeline import Pipeline

    video, pipeline, sound = Video(path, fps), Pipeline(), Soundtrack(path)
    reference = read_reference(pipeline, portrait, as_json=as_json)
    incidents, coverage, findings = Incidents(), Coverage(), Findings()
    memory: Memory = {}
    at = 0.0
    begin = time.perf_counter()
    with progress(path.name, video.seconds, as_json=as_json) as advance:
        for sample in video.samples():
            report = look_at(pipeline, sample, memory, single=False, reference=reference)
            at, memory = sample.at, report.memory
            findings.frames += 1
            findings.add(sound.up_to(at, incidents))
            if report.states:
                coverage.unseen(at, report.states[0])
                findings.add(incidents.unseen(at))
            else:
                coverage.saw(at)
                findings.add(incidents.see(report.observations, at))
            if as_json:
                say(as_line(in_source_pixels(report, sample.scale), sample.number))
            advance(at)
    findings.add(sound.up_to(math.inf, incidents))
    findings.add(incidents.finish(at))
    return findings.summary(coverage.share, time.perf_counter() - begin)


def analyze_pictures(paths: list[Path], *, as_json: bool, portrait: Path | None = None) -> tuple[dict[str, Any], int]:
    """Each picture for itself; also the number of files that could not be read."""
    from app.ai.media import picture_sample
    from app.ai.pipeline import Pipeline

    pipeline, findings = Pipeline(), Findings()
    reference = read_reference(pipeline, portrait, as_json=as_json)
    begin = time.perf_counter()
    with progress("pictures", len(paths), as_json=as_json) as advance:
        for number, path in enumerate(paths):
            try:
                sample = picture_sample(path, number)
                report = look_at(pipeline, sample, {}, single=True, reference=reference)
            except FrameRefused as refused:
                findings.refused += 1
                complain(path, refused.code, as_json=as_json)
                continue
            findings.frames += 1
            findings.judged += not report.states
            line = {"file": path.name, **as_line(in_source_pixels(report, sample.scale), number)}
            if as_json:
                say(line)
            else:
                console.print(f"{path.name}: {describe(line)}", soft_wrap=True)
            advance(number + 1)
    share = findings.judged / findings.frames if findings.frames else 0.0
    return findings.summary(share, time.perf_counter() - begin), findings.refused


def describe(line: dict[str, Any]) -> str:
    """One picture for a person."""
    found = [f"{len(line['faces'])} face{'s' if len(line['faces']) != 1 else ''}", *line["states"]]
    return ", ".join([*found, *(seen["kind"] for seen in line["observations"])])


def complain(path: Path, code: str, *, as_json: bool) -> None:
    """Name the file and what is wrong with it."""
    if as_json:
        say({"file": path.name, "error": code})
    errors.print(f"[red]{path}[/red] {REASONS.get(code, code)}", soft_wrap=True)


def show(summary: dict[str, Any]) -> None:
    """The last object as a table."""
    table = Table("violation", "from", "to", "confidence")
    for violation in summary["violations"]:
        span = (f"{violation[name]:.1f} s" for name in ("started_at", "ended_at"))
        table.add_row(violation["kind"], *span, f"{violation['confidence']:.2f}")
    if summary["violations"]:
        console.print(table)
    else:
        console.print("No violations.")
    console.print(
        f"trust {summary['trust']:.1f} of 100 · coverage {summary['coverage']:.0%} · {summary['frames']} frames"
    )


def analyze(
    path: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="A video, a picture, or a folder of pictures.")],
    *,
    fps: Annotated[float, typer.Option(min=0.1, max=60.0, help="Frames judged per second of video.")] = 5.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per frame, then one with the result.")
    ] = False,
    reference: Annotated[
        Path | None, typer.Option(metavar="FACE", help="A portrait: compare every face with this one.")
    ] = None,
) -> None:
    """Judge a video or pictures offline: the server's own pipeline and rules, no server, no database.

    In the last object `fps` is how many frames were judged per second of work.
    """
    # The user's own files, as large as cameras make them; OpenCV reads this when it is loaded, which is now.
    os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(LARGEST_PICTURE)
    from app.ai.media import is_picture

    refused = 0
    try:
        if not path.exists():
            raise FrameRefused("not_found")
        pictures = sorted(p for p in path.iterdir() if is_picture(p)) if path.is_dir() else [path]
        if not pictures:
            raise FrameRefused("no_pictures")
        if path.is_dir() or is_picture(path):
            summary, refused = analyze_pictures(pictures, as_json=as_json, portrait=reference)
        else:
            summary = analyze_video(path, fps, as_json=as_json, portrait=reference)
    except FrameRefused as error:
        complain(path, error.code, as_json=as_json)
        raise typer.Exit(1) from error
    if as_json:
        say(summary)
    else:
        show(summary)
    if refused:
        raise typer.Exit(1)
