"""Which violations a student's browser may report, and which of an exam's switches turns which kind off."""

from app.domain.violations import ViolationKind

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
    }
)
"""Everything else is for the server to see for itself: a client's word about faces is worth nothing."""
