"""Exams of children: no face is measured or remembered, and nothing that is noted lowers a score. Pure."""

from typing import Final

from app.domain.exams import SWITCHES
from app.domain.violations import RULES, ViolationKind

FACES: Final = frozenset(
    {
        ViolationKind.LOOKING_AWAY,
        ViolationKind.LOOKING_DOWN,
        ViolationKind.IDENTITY_MISMATCH,
        ViolationKind.FACE_SPOOF,
        ViolationKind.FACE_COVERED,
        ViolationKind.HAND_AT_EAR,
    }
)
"""What needs a face, a gaze or a posture to be measured: nobody looks for it."""
SWITCHED_OFF: Final = tuple(name for name, kinds in SWITCHES.items() if kinds <= FACES)
UNSCORED: Final[dict[str, float]] = {str(kind): 0.0 for kind in RULES}
"""Weights with which whatever is noted costs nothing."""


def disabled_for_minors(disabled: list[str]) -> list[str]:
    """The exam's own list, and what is never looked for in children."""
    return sorted({*disabled, *(str(kind) for kind in FACES)})
