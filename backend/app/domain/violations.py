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
    FACE_COVERED = "face_covered"
    HAND_AT_EAR = "hand_at_ear"
    LOOKING_DOWN = "looking_down"
    VOICE_ELSEWHERE = "voice_elsewhere"
    SILENT_SPEECH = "silent_speech"


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
    seconds of confidence-weighted duration; an *event* kind saturates at `full` occurrences, each second it lasts
    counting `per_second` of one. For `cooldown` seconds after it closed, the same timed kind re-opens the old
    violation instead of a new one. Observations less sure than `least` do not count.
    """

    severity: Severity
    weight: float
    timed: bool = True
    hold: float = 2.0
    release: float = 2.0
    cooldown: float = 5.0
    full: float = 60.0
    per_second: float = 0.0
    least: float = 0.0


def _timed(
    severity: Severity, weight: float, *, hold: float, full: float, release: float = 2.0, cooldown: float = 5.0
) -> Rule:
    """A kind that lasts."""
    return Rule(severity, weight, timed=True, hold=hold, release=release, cooldown=cooldown, full=full)


def _event(severity: Severity, weight: float, *, full: float, cooldown: float = 5.0) -> Rule:
    """A kind that happens; a burst within the cool-down is one violation."""
    return Rule(severity, weight, timed=False, hold=0.0, release=0.0, cooldown=cooldown, full=full)


def _absence(severity: Severity, weight: float, *, full: float, hold: float = 0.0) -> Rule:
    """A kind that happens and lasts: half a minute away counts as much as once more."""
    return Rule(severity, weight, False, hold=hold, release=0.0, cooldown=5.0, full=full, per_second=1 / 30)


RULES: dict[ViolationKind, Rule] = {
    ViolationKind.FACE_NOT_DETECTED: _timed(Severity.WARNING, 0.45, hold=3.0, full=120.0),
    ViolationKind.MULTIPLE_FACES: _timed(Severity.CRITICAL, 0.55, hold=1.5, full=30.0, release=4.0),
    ViolationKind.LOOKING_AWAY: _timed(Severity.WARNING, 0.35, hold=2.0, full=60.0, release=1.5, cooldown=2.5),
    ViolationKind.AUDIO_DETECTED: _timed(Severity.WARNING, 0.3, hold=0.9, full=60.0, release=3.0),
    ViolationKind.TAB_SWITCH: _absence(Severity.WARNING, 0.4, full=8.0),
    ViolationKind.PHONE_DETECTED: _timed(Severity.WARNING, 0.2, hold=1.0, full=20.0, release=6.0),
    ViolationKind.OTHER: _event(Severity.INFO, 0.1, full=10.0),
    ViolationKind.WINDOW_BLUR: _absence(Severity.INFO, 0.2, full=15.0, hold=3.0),
    ViolationKind.COPY_PASTE: _event(Severity.WARNING, 0.25, full=8.0),
    ViolationKind.RIGHT_CLICK: _event(Severity.INFO, 0.05, full=20.0),
    ViolationKind.FULLSCREEN_EXIT: _absence(Severity.WARNING, 0.3, full=8.0),
    ViolationKind.KEYBOARD_SHORTCUT: _event(Severity.INFO, 0.1, full=15.0),
    ViolationKind.DEVTOOLS: _event(Severity.CRITICAL, 0.5, full=2.0),
    ViolationKind.SECOND_SCREEN: _event(Severity.WARNING, 0.3, full=2.0, cooldown=60.0),
    ViolationKind.SCREEN_SHARE_STOPPED: _absence(Severity.WARNING, 0.35, full=4.0),
    ViolationKind.BOOK_DETECTED: _timed(Severity.WARNING, 0.3, hold=2.0, full=60.0, release=6.0),
    ViolationKind.LAPTOP_DETECTED: _timed(Severity.WARNING, 0.3, hold=2.0, full=60.0, release=6.0),
    ViolationKind.UNAUTHORIZED_OBJECT: _timed(Severity.WARNING, 0.2, hold=2.0, full=60.0, release=6.0),
    ViolationKind.IDENTITY_MISMATCH: _timed(Severity.CRITICAL, 0.8, hold=2.0, full=30.0, release=10.0),
    ViolationKind.FACE_SPOOF: _timed(Severity.WARNING, 0.25, hold=0.0, full=60.0, release=6.0),
    ViolationKind.FROZEN_VIDEO: _timed(Severity.CRITICAL, 0.6, hold=0.0, full=60.0),
    ViolationKind.LOOPED_VIDEO: _timed(Severity.CRITICAL, 0.7, hold=0.0, full=60.0, release=10.0),
    ViolationKind.VIRTUAL_CAMERA: _event(Severity.INFO, 0.15, full=1.0, cooldown=60.0),
    ViolationKind.CAMERA_BLOCKED: _timed(Severity.CRITICAL, 0.5, hold=3.0, full=60.0),
    ViolationKind.FACE_COVERED: _timed(Severity.INFO, 0.1, hold=8.0, full=120.0, release=6.0),
    ViolationKind.HAND_AT_EAR: _timed(Severity.INFO, 0.1, hold=8.0, full=120.0, release=6.0),
    ViolationKind.LOOKING_DOWN: _timed(Severity.INFO, 0.1, hold=20.0, full=300.0, release=4.0),
    ViolationKind.VOICE_ELSEWHERE: _timed(Severity.INFO, 0.1, hold=4.0, full=60.0, release=6.0),
    ViolationKind.SILENT_SPEECH: _timed(Severity.INFO, 0.05, hold=10.0, full=120.0, release=6.0),
}
"""Starting points; an exam may set other weights. Holding times are media seconds."""

AUDIBLE = frozenset({ViolationKind.AUDIO_DETECTED})
"""Kinds that are heard: a picture neither confirms nor contradicts them."""
