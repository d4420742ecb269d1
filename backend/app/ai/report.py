"""A FrameReport as people and clients read it: the same object in `proctor analyze` and in `frame.done`."""

from typing import Any

from app.ai.types import FrameReport


def report_json(report: FrameReport) -> dict[str, Any]:
    """JSON-able: seconds, pixels of the picture, degrees; without what is the server's own (memory, thumbnail)."""
    head, gaze, quality = report.head, report.gaze, report.quality
    return {
        "t": round(report.at, 3),
        "faces": [{"box": list(face.box), "score": face.score} for face in report.faces],
        "head": None if head is None else {"yaw": head.yaw, "pitch": head.pitch, "roll": head.roll},
        "gaze": None if gaze is None else {"x": gaze.x, "y": gaze.y},
        "objects": [{"label": one.label, "score": one.score, "box": list(one.box)} for one in report.objects],
        "identity": None if report.identity is None else {"similarity": report.identity},
        "quality": None
        if quality is None
        else {
            "brightness": round(quality.brightness, 2),
            "contrast": round(quality.contrast, 2),
            "sharpness": round(quality.sharpness, 2),
        },
        "states": [str(state) for state in report.states],
        "observations": [{"kind": str(o.kind), "confidence": round(o.confidence, 3)} for o in report.observations],
        **({} if report.change is None else {"change": report.change}),
        "ms": round(report.ms, 2),
    }
