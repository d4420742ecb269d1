"""Violation kinds, neutral states and the rule that governs each kind."""

from dataclasses import dataclass, field
from enum import StrEnum


class ViolationKind(StrEnum):
    """Everything that can be noted against an exam session (protocol.md §2; texts on the wire and in the database)."""

    FACE_NOT_DETECTED = "face_not_detected"
    MULTIPLE_FACES = "multiple_faces"
    LOOKING_AWAY = "looking_away"
    AUDIO_DETECTED = "audio_detected"
    TAB_SWITCH = "tab_switch"
    PHONE_DETECTED = "phone_detected"
    OTHER = "other"
    WINDOW_BLUR = "window_blur"
    COPY_PASTE = "copy_paste"
    RIGHT_CLICK = "right_click"
    FULLSCREEN_EXIT = "fullscreen_exit"
    KEYBOARD_SHORTCUT = "keyboard_shortcut"
    DEVTOOLS = "devtools"
    SECOND_SCREEN = "second_screen"
    SCREEN_SHARE_STOPPED = "screen_share_stopped"
    BOOK_DETECTED = "book_detected"
    LAPTOP_DETECTED = "laptop_detected"
    UNAUTHORIZED_OBJECT = "unauthorized_object"
    IDENTITY_MISMATCH = "identity_mismatch"
    FACE_SPOOF = "face_spoof"
    FROZEN_VIDEO = "frozen_video"
    LOOPED_VIDEO = "looped_video"
    VIRTUAL_CAMERA = "virtual_camera"
    CAMERA_BLOCKED = "camera_blocked"


class NeutralState(StrEnum):
    """Why we could not see. Never a violation: each lowers coverage and nothing else."""

    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    LINK_LOST = "link_lost"
    SERVER_BUSY = "server_busy"
    CAMERA_PERMISSION_LOST = "camera_permission_lost"


class Severity(StrEnum):
    """The seed's three steps."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one detector saw in one frame. `measured` and `threshold` explain it; both use the detector's own units."""

    kind: ViolationKind
    confidence: float
    measured: dict[str, float] = field(default_factory=dict)
    threshold: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind becomes a violation and what it costs.

    `weight` is the largest share of trust one kind can take (0..1). A *timed* kind (`hold` > 0 or `timed`) is
    opened after `hold` seconds of observations, survives gaps up to `release` seconds and saturates at `full`
    seconds of confidence-weighted duration; an *event* kind saturates at `full` occurrences. For `cooldown`
    seconds after it closed, the same kind re-opens the old violation instead of a new one.
    """

    severity: Severity
    weight: float
    timed: bool = True
    hold: float = 2.0
    release: float = 2.0
    cooldown: float = 5.0
    full: float = 60.0
