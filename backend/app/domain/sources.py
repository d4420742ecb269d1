"""Where pictures come from, and how what is noted of one source is told from what is noted of another."""

from enum import StrEnum

from app.domain.violations import ViolationKind


class Source(StrEnum):
    """Each source has its own clock, memory and incidents: what one does not show, another must not contradict."""

    CAMERA = "camera"
    SECOND_CAMERA = "second_camera"
    SCREEN = "screen"


KEYS_EACH = 10_000_000
"""Keys of violations set aside for each source within one exam session."""
FILM_KEY = KEYS_EACH
"""Key of what is noted after the end: the camera sent a film of an earlier sitting. The camera's last."""
CHANGED_SCREEN = 0.25
"""Share of a screen's tiles from which it shows something else, not more of the same (measured: docs/sources.md)."""
SHOWN_BY_SCREEN = frozenset(
    {
        ViolationKind.TAB_SWITCH,
        ViolationKind.WINDOW_BLUR,
        ViolationKind.COPY_PASTE,
        ViolationKind.FULLSCREEN_EXIT,
        ViolationKind.DEVTOOLS,
    }
)
"""Kinds that a still of the screen explains. A screen that changes is no violation: exams have pages."""


def first_key(source: Source) -> int:
    """The key of the first violation that a source may note."""
    return list(Source).index(source) * KEYS_EACH + 1


def source_of(key: int) -> Source:
    """The source that noted the violation with this key."""
    return list(Source)[min(max(key - 1, 0) // KEYS_EACH, len(Source) - 1)]
