"""One frame's way: bytes → guard → decode → quality → faces → detectors → report. Keeps nothing between frames."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.ai.attention import GAZE_RANGE
from app.ai.face_identity import COMPARABLE
from app.ai.frame import Frame, load_networks
from app.ai.identity_check import enrol
from app.ai.model_files import MODELS_FOLDER, verify_all
from app.ai.picture import decode, thumbnail
from app.ai.registry import DETECTORS_OF, Detector
from app.ai.types import Face, FoundObject, FrameRefused, FrameReport, FrameRequest, Gaze, Head
from app.domain.sources import Source
from app.domain.violations import Observation, ViolationKind

SEEN_AS_THINGS = frozenset(
    {
        ViolationKind.PHONE_DETECTED,
        ViolationKind.BOOK_DETECTED,
        ViolationKind.LAPTOP_DETECTED,
        ViolationKind.UNAUTHORIZED_OBJECT,
        ViolationKind.MULTIPLE_FACES,
    }
)
"""While all of these are switched off, nobody looks for things."""


def faces_of(frame: Frame) -> tuple[Face, ...]:
    """Boxes in pixels of the input picture, cut at its edges."""
    faces = []
    for face in frame.faces:
        left, top, width, height = (round(value * frame.scale) for value in face.found.box)
        right, bottom = min(left + width, frame.width), min(top + height, frame.height)
        left, top = max(left, 0), max(top, 0)
        faces.append(Face((left, top, max(right - left, 0), max(bottom - top, 0)), round(face.found.score, 3)))
    return tuple(faces)


def head_of(frame: Frame) -> Head | None:
    """The main face's turn."""
    if frame.head is None:
        return None
    yaw, pitch, roll = frame.head
    return Head(round(yaw, 1), round(pitch, 1), round(roll, 1))


def gaze_of(frame: Frame) -> Gaze | None:
    """The eyes' own turn against their rest, −1..1."""
    seen = frame.attention
    if seen is None:
        return None
    x, y = (min(1.0, max(-1.0, value / GAZE_RANGE)) for value in (seen.eye_side, seen.eye_height))
    return Gaze(round(x, 3), round(y, 3))


def objects_of(frame: Frame) -> tuple[FoundObject, ...]:
    """What is believed to be there, boxes in pixels of the input picture."""
    found = []
    for thing in frame.things:
        x, y, width, height = thing.box
        left, top = round(x * frame.width), round(y * frame.height)
        size = (
            min(round(width * frame.width), frame.width - left),
            min(round(height * frame.height), frame.height - top),
        )
        found.append(FoundObject(thing.label, round(thing.score, 3), (left, top, *size)))
    return tuple(found)


class Pipeline:
    """Loaded models and each source's list of detectors; one per process and thread."""

    def __init__(
        self, folder: Path = MODELS_FOLDER, detectors: Mapping[Source, Sequence[Detector]] = DETECTORS_OF
    ) -> None:
        verify_all(folder)
        self.networks = load_networks(folder)
        self._detectors = {source: tuple(those) for source, those in detectors.items()}

    def look(self, request: FrameRequest) -> FrameReport:
        """Judge one frame. Raises FrameRefused for a picture that cannot be judged at all."""
        begin = time.perf_counter()
        stages: dict[str, float] = {}
        decoded = decode(request.jpeg, full=request.single)
        stages["decode"] = (time.perf_counter() - begin) * 1000
        frame = Frame(decoded, request, self.networks, stages)
        observations = self._observe(frame, request)
        small = None
        if request.thumbnail:
            with frame.timed("thumbnail"):
                small = thumbnail(frame.pixels)
        check = frame.identity if request.reference or request.enrol else None
        return FrameReport(
            at=request.at,
            width=frame.width,
            height=frame.height,
            faces=faces_of(frame),
            head=head_of(frame),
            gaze=gaze_of(frame),
            objects=() if request.disabled >= SEEN_AS_THINGS else objects_of(frame),
            identity=check.similarity if check else None,
            identity_problem=check.problem if check else None,
            template=check.template if check else None,
            quality=frame.quality,
            states=frame.states,
            observations=observations,
            memory=frame.memory,
            thumbnail=small,
            change=frame.change,
            stages=stages,
            ms=(time.perf_counter() - begin) * 1000,
        )

    def template_of(self, jpeg: bytes) -> bytes:
        """The face of a portrait, to compare others with. Raises FrameRefused with the reason there is none."""
        request = FrameRequest(jpeg, 0.0, single=True)
        frame = Frame(decode(jpeg, full=True), request, self.networks, {})
        check = enrol(frame.pixels, frame.faces, self.networks.embedder, COMPARABLE)
        if check.template is None:
            raise FrameRefused(check.problem or "no_face")
        return check.template

    def _observe(self, frame: Frame, request: FrameRequest) -> tuple[Observation, ...]:
        """What the detectors see; nothing in a frame that cannot be judged."""
        if frame.states:
            return ()
        observations: list[Observation] = []
        for detector in self._detectors[request.source]:
            if detector.kind not in request.disabled:
                observations += detector.look(frame, frame.recall(str(detector.kind)))
        return tuple(observations)
