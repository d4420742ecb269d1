"""How server and worker talk: length-prefixed JSON and bytes. Never pickle: the worker parses hostile input."""

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.ai.types import (
    TEMPLATE_BYTES,
    Face,
    FoundObject,
    FrameReport,
    FrameRequest,
    Gaze,
    Head,
    Memory,
    Quality,
)
from app.domain.sources import Source
from app.domain.violations import NeutralState, Observation, ViolationKind

PREFIX = struct.Struct(">II")
"""Length of the JSON head, length of the bytes behind it."""
MAX_HEAD = 1024 * 1024
MAX_BLOB = 1024 * 1024


class WireError(Exception):
    """What arrived is no message of ours; the worker that sent it is not to be trusted any more."""


def pack(head: Mapping[str, Any], blob: bytes = b"") -> bytes:
    """One message, ready to be sent."""
    text = json.dumps(head, separators=(",", ":")).encode()
    return PREFIX.pack(len(text), len(blob)) + text + blob


def lengths(prefix: bytes) -> tuple[int, int]:
    """Head and blob length of the message that begins with these 8 bytes; raises WireError beyond the limits."""
    head, blob = PREFIX.unpack(prefix)
    if head > MAX_HEAD or blob > MAX_BLOB:
        raise WireError("a message beyond the limits")
    return head, blob


def unpack(text: bytes) -> dict[str, Any]:
    """The head; raises WireError when it is no JSON object."""
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("no JSON") from error
    if not isinstance(head, dict):
        raise WireError("no JSON object")
    return head


def as_text(template: bytes | None) -> str | None:
    """Bytes in JSON."""
    return None if template is None else b64encode(template).decode()


def as_template(text: str | None) -> bytes | None:
    """The other end of as_text; raises ValueError for anything but a whole template."""
    if text is None:
        return None
    template = b64decode(text, validate=True)
    if len(template) != TEMPLATE_BYTES:
        raise ValueError("not a template")
    return template


def pack_request(request: FrameRequest) -> bytes:
    """A frame for a worker."""
    head = {
        "at": request.at,
        "memory": request.memory,
        "disabled": [str(kind) for kind in request.disabled],
        "thumbnail": request.thumbnail,
        "single": request.single,
        "reference": as_text(request.reference),
        "identity_every": request.identity_every,
        "enrol": request.enrol,
        "speech": request.speech,
        "source": str(request.source),
    }
    return pack(head, request.jpeg)


def request_from(head: Mapping[str, Any], jpeg: bytes) -> FrameRequest:
    """The other end of pack_request."""
    disabled = frozenset(ViolationKind(kind) for kind in head["disabled"])
    return FrameRequest(
        jpeg,
        head["at"],
        head["memory"],
        disabled,
        thumbnail=head["thumbnail"],
        single=head["single"],
        reference=as_template(head["reference"]),
        identity_every=head["identity_every"],
        enrol=head["enrol"],
        speech=head["speech"],
        source=Source(head["source"]),
    )


def pack_report(report: FrameReport) -> bytes:
    """A worker's answer."""
    head = {
        "at": report.at,
        "size": [report.width, report.height],
        "faces": [[list(face.box), face.score] for face in report.faces],
        "head": asdict(report.head) if report.head else None,
        "gaze": asdict(report.gaze) if report.gaze else None,
        "objects": [[thing.label, thing.score, list(thing.box)] for thing in report.objects],
        "identity": report.identity,
        "identity_problem": report.identity_problem,
        "template": as_text(report.template),
        "quality": asdict(report.quality) if report.quality else None,
        "states": [str(state) for state in report.states],
        "observations": [[str(o.kind), o.confidence, o.measured, o.threshold] for o in report.observations],
        "memory": report.memory,
        "change": report.change,
        "stages": report.stages,
        "ms": report.ms,
    }
    return pack({"report": head}, report.thumbnail or b"")


def report_from(head: Mapping[str, Any], thumbnail: bytes) -> FrameReport:
    """The other end of pack_report; every field is checked, because the sender may have been taken over."""
    try:
        return _report(head["report"], thumbnail)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise WireError("no report") from error


def _report(head: Mapping[str, Any], thumbnail: bytes) -> FrameReport:
    return FrameReport(
        at=float(head["at"]),
        width=int(head["size"][0]),
        height=int(head["size"][1]),
        faces=tuple(Face(_box(box), float(score)) for box, score in head["faces"]),
        head=Head(*_numbers(head["head"], "yaw", "pitch", "roll")) if head["head"] else None,
        gaze=Gaze(*_numbers(head["gaze"], "x", "y")) if head["gaze"] else None,
        objects=tuple(FoundObject(str(label), float(score), _box(box)) for label, score, box in head["objects"]),
        identity=None if head["identity"] is None else float(head["identity"]),
        identity_problem=None if head["identity_problem"] is None else str(head["identity_problem"])[:32],
        template=as_template(head["template"]),
        quality=Quality(*_numbers(head["quality"], "brightness", "contrast", "sharpness")) if head["quality"] else None,
        states=tuple(NeutralState(state) for state in head["states"]),
        observations=tuple(
            Observation(ViolationKind(kind), float(confidence), _floats(measured), _floats(threshold))
            for kind, confidence, measured, threshold in head["observations"]
        ),
        memory=_memory(head["memory"]),
        thumbnail=thumbnail or None,
        change=None if head["change"] is None else float(head["change"]),
        stages=_floats(head["stages"]),
        ms=float(head["ms"]),
    )


def _box(values: Any) -> tuple[int, int, int, int]:
    x, y, width, height = (int(value) for value in values)
    return x, y, width, height


def _numbers(values: Mapping[str, Any], *names: str) -> list[float]:
    return [float(values[name]) for name in names]


def _floats(values: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in values.items()}


def _memory(values: Mapping[str, Any]) -> Memory:
    memory: Memory = {}
    for name, entries in values.items():
        memory[str(name)] = dict(entries)
        if not all(entry is None or isinstance(entry, float | int | str | list) for entry in entries.values()):
            raise TypeError(name)
    return memory
