"""How server and worker talk about sound; the frame around it is that of `wire.py`."""

import base64
from collections.abc import Mapping
from typing import Any

from app.ai.sound_types import SoundFormat, SoundMemory, SoundReport, SoundRequest
from app.ai.wire import WireError, pack
from app.domain.incidents import Heard
from app.domain.violations import Observation, ViolationKind

SOUND = "sound"
"""Marks a request's head as one about sound."""
MAX_REST = 128 * 1024


def pack_sound(request: SoundRequest) -> bytes:
    """A chunk of sound for a worker."""
    head = {
        "task": SOUND,
        "at": request.at,
        "format": str(request.format),
        "rate": request.rate,
        "memory": _memory_head(request.memory),
        "after_gap": request.after_gap,
    }
    return pack(head, request.body)


def sound_from(head: Mapping[str, Any], body: bytes) -> SoundRequest:
    """The other end of pack_sound."""
    return SoundRequest(
        body, head["at"], SoundFormat(head["format"]), head["rate"], _memory(head["memory"]), head["after_gap"]
    )


def pack_sound_report(report: SoundReport) -> bytes:
    """A worker's answer."""
    return pack(
        {
            "report": {
                "at": report.at,
                "seconds": report.seconds,
                "level": report.level,
                "floor": report.floor,
                "speech": report.speech,
                "heard": [
                    [
                        one.started_at,
                        one.ended_at,
                        str(one.observation.kind),
                        one.observation.confidence,
                        one.observation.measured,
                        one.observation.threshold,
                    ]
                    for one in report.heard
                ],
                "memory": _memory_head(report.memory),
                "ms": report.ms,
            }
        }
    )


def sound_report_from(head: Mapping[str, Any]) -> SoundReport:
    """The other end of pack_sound_report; every field is checked, because the sender may have been taken over."""
    try:
        found = head["report"]
        return SoundReport(
            at=float(found["at"]),
            seconds=float(found["seconds"]),
            level=float(found["level"]),
            floor=float(found["floor"]),
            speech=float(found["speech"]),
            heard=tuple(_heard(*one) for one in found["heard"]),
            memory=_memory(found["memory"]),
            ms=float(found["ms"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise WireError("no report") from error


def _heard(start: Any, end: Any, kind: Any, confidence: Any, measured: Any, threshold: Any) -> Heard:
    numbers = [{str(name): float(value) for name, value in values.items()} for values in (measured, threshold)]
    return Heard(float(start), float(end), Observation(ViolationKind(kind), float(confidence), *numbers))


def _memory_head(memory: SoundMemory) -> dict[str, Any]:
    rest = base64.b64encode(memory.rest).decode()
    return {"floor": memory.floor, "track": memory.track, "channels": memory.channels, "rest": rest}


def _memory(values: Mapping[str, Any]) -> SoundMemory:
    rest = base64.b64decode(values["rest"], validate=True)
    if len(rest) > MAX_REST:
        raise ValueError("rest")
    floor = None if values["floor"] is None else float(values["floor"])
    return SoundMemory(floor, int(values["track"]), int(values["channels"]), rest)
