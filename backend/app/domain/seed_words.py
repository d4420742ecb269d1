"""What the seed family calls kinds and priorities, understood on input everywhere."""

from app.domain.notifications import Priority
from app.domain.violations import ViolationKind

SYNONYMS = {
    "tab_switching": ViolationKind.TAB_SWITCH,
    "visibility_change": ViolationKind.TAB_SWITCH,
    "focus_lost": ViolationKind.WINDOW_BLUR,
    "copy_paste_attempt": ViolationKind.COPY_PASTE,
    "copy": ViolationKind.COPY_PASTE,
    "paste": ViolationKind.COPY_PASTE,
    "cut": ViolationKind.COPY_PASTE,
    "context_menu": ViolationKind.RIGHT_CLICK,
    "suspicious_audio": ViolationKind.AUDIO_DETECTED,
    "unusual_behavior": ViolationKind.OTHER,
}
PRIORITIES = {"medium": Priority.NORMAL, "critical": Priority.URGENT}
KINDS = {str(kind): kind for kind in ViolationKind}


def kind_of(word: object) -> ViolationKind | None:
    """A violation kind in the family's words; None where it means nothing to us."""
    name = str(word).strip().lower()
    return SYNONYMS.get(name) or (KINDS.get(name))


def priority_of(word: object) -> object:
    """A priority of ours for the family's word; anything else as it is."""
    return PRIORITIES.get(word, word) if isinstance(word, str) else word
