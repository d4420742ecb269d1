"""What the seed family calls kinds and severities, understood on input everywhere."""

from app.domain.violations import Severity, ViolationKind

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
SEVERITIES = {
    "low": Severity.INFO,
    "medium": Severity.WARNING,
    "high": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "info": Severity.INFO,
    "warning": Severity.WARNING,
}
"""The family's severities, as ours; what a client calls grave is not graver for that."""


KINDS = {str(kind): kind for kind in ViolationKind}


def kind_of(word: object) -> ViolationKind | None:
    """A violation kind in the family's words; None where it means nothing to us."""
    name = str(word).strip().lower()
    return SYNONYMS.get(name) or (KINDS.get(name))


def severity_of(word: object) -> Severity | None:
    """A severity in the family's words."""
    return SEVERITIES.get(str(word).strip().lower())
