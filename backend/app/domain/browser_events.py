"""Which violations a student's browser may report, and which of an exam's switches turns which kind off."""

import hashlib

from app.domain.violations import Observation, ViolationKind

REPORTABLE = frozenset(
    {
        ViolationKind.TAB_SWITCH,
        ViolationKind.WINDOW_BLUR,
        ViolationKind.COPY_PASTE,
        ViolationKind.RIGHT_CLICK,
        ViolationKind.FULLSCREEN_EXIT,
        ViolationKind.KEYBOARD_SHORTCUT,
        ViolationKind.DEVTOOLS,
        ViolationKind.SECOND_SCREEN,
        ViolationKind.SCREEN_SHARE_STOPPED,
        ViolationKind.VIRTUAL_CAMERA,
    }
)
"""Everything else is for the server to see for itself: a client's word about faces is worth nothing."""

CLAIMED = {ViolationKind.VIRTUAL_CAMERA: 0.3}
"""How sure a browser's claim is where it is not 1: anybody can give a camera a name, and some cameras have odd ones."""

CAMERA_PROGRAMS = (
    "obs",
    "manycam",
    "snap camera",
    "xsplit",
    "droidcam",
    "iriun",
    "epoccam",
    "e2esoft",
    "vcam",
    "mmhmm",
    "camo",
    "splitcam",
    "youcam",
    "webcamoid",
    "v4l2loopback",
    "nvidia broadcast",
)
"""Words in the names of cameras that are programs."""


def claim(kind: ViolationKind) -> Observation:
    """What a browser's word about itself is worth."""
    if kind in CLAIMED:
        return Observation(kind, CLAIMED[kind], {"claimed": 1.0})
    return Observation(kind, confidence=1.0)


def camera_name(label: str) -> str:
    """A camera's name without what may tell about a person or a device: a known program's, or a short hash."""
    found = next((name for name in CAMERA_PROGRAMS if name in label.lower()), None)
    return found or "sha256:" + hashlib.sha256(label.encode(errors="replace")).hexdigest()[:16]


def without_labels(payload: dict[str, object]) -> dict[str, object]:
    """An event as it may be stored: `label`, wherever the client has put it, is made a camera_name."""
    kept: dict[str, object] = {}
    for key, value in payload.items():
        if key == "label":
            kept[key] = camera_name(str(value))
        else:
            kept[key] = without_labels(value) if isinstance(value, dict) else value
    return kept
