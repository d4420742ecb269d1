"""Plain data that crosses the border between the server and its analysis processes."""

from dataclasses import dataclass, field
from typing import TypeAlias

from app.domain.sources import Source
from app.domain.violations import NeutralState, Observation, ViolationKind

Memory: TypeAlias = dict[str, dict[str, float | int | str | list[float] | None]]
"""What detectors remember of one exam session between frames, by detector name; JSON-able and small (a few KB).

Workers keep nothing: the server sends the memory with each frame, gets the new one back in the report and stores it
with the exam session now and then, so that a restarted server goes on where it was.
"""

TEMPLATE_BYTES = 2048
"""A face template: 1024 numbers in float16."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face. `box` is x, y, width, height in pixels of the input picture; `score` 0..1."""

    box: tuple[int, int, int, int]
    score: float


@dataclass(frozen=True, slots=True)
class Head:
    """Head turn in degrees: yaw < 0 towards the image's left, pitch < 0 down, roll clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Gaze:
    """Where the eyes point against the person's own resting gaze: x −1 image's left … +1 right, y −1 up … +1 down."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Mean grey level 0..255, its standard deviation, and variance of the Laplacian at the working size."""

    brightness: float
    contrast: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One thing found in the picture; `box` as in Face, `label` in COCO's words."""

    label: str
    score: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FrameRequest:
    """One encoded picture to be judged. `at` is media time in seconds since the exam session's start."""

    jpeg: bytes
    at: float
    memory: Memory = field(default_factory=dict)
    disabled: frozenset[ViolationKind] = frozenset()
    thumbnail: bool = False
    single: bool = False
    """True for an independent picture: no rule over time may fire."""
    reference: bytes | None = None
    """The face to expect: TEMPLATE_BYTES of float16. Personal data: never logged, kept by nobody on the way."""
    identity_every: float | None = None
    """Seconds between comparisons with the reference; None: by the schedule."""
    checked: bool = False
    """True where the sender has looked at the header already (guard.py); the worker looks again. Not on the wire."""
    enrol: bool = False
    """True to get a template of the only face back, when it is good enough."""
    speech: float | None = None
    """Share of the last seconds in which somebody spoke, 0..1; None where nobody listened."""
    source: Source = Source.CAMERA
    """Which detectors look at it; the memory must be that of the same source."""


@dataclass(frozen=True, slots=True)
class FrameReport:
    """Everything the pipeline measured in one frame. `stages` maps stage → milliseconds; `ms` is their wall total."""

    at: float
    width: int
    height: int
    faces: tuple[Face, ...] = ()
    head: Head | None = None
    gaze: Gaze | None = None
    objects: tuple[FoundObject, ...] = ()
    identity: float | None = None
    identity_problem: str | None = None
    """Why the face could not be compared or enrolled in this frame; not a sign of another person."""
    template: bytes | None = None
    quality: Quality | None = None
    states: tuple[NeutralState, ...] = ()
    observations: tuple[Observation, ...] = ()
    memory: Memory = field(default_factory=dict)
    thumbnail: bytes | None = None
    change: float | None = None
    """Share of a screen's tiles that differ from its last frame, 0..1; None for cameras and a first frame."""
    stages: dict[str, float] = field(default_factory=dict)
    ms: float = 0.0


class Refused(Exception):
    """What was sent cannot be judged; the sender's fault, and `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FrameRefused(Refused):
    """The picture cannot be judged; `code` is stable (not_an_image, too_large, too_many_pixels, undecodable, …)."""
