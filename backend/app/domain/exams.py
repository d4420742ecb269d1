"""An exam's life and who is enrolled."""

from enum import StrEnum

from app.domain.violations import ViolationKind


class ExamStatus(StrEnum):
    """The seed's five."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Enrolment(StrEnum):
    """Who may sit the exam."""

    OPEN = "open"
    LIST = "list"


class Navigation(StrEnum):
    """How a student may move between questions."""

    FREE = "free"
    FORWARD = "forward"


class QuestionLanguage(StrEnum):
    """In which languages questions are shown."""

    BOTH = "both"
    ENGLISH = "en"
    BANGLA = "bn"


LOCKDOWN = ("require_fullscreen", "block_clipboard", "block_right_click", "block_shortcuts")
"""Fields of the exam that `browser_lockdown` switches on together."""


SITTABLE = frozenset({ExamStatus.PUBLISHED, ExamStatus.ACTIVE})
"""Statuses in which students see the exam and may start."""


SWITCHES: dict[str, frozenset[ViolationKind]] = {
    "enable_face_detection": frozenset({ViolationKind.FACE_NOT_DETECTED}),
    "enable_multiple_face_detection": frozenset({ViolationKind.MULTIPLE_FACES}),
    "enable_eye_tracking": frozenset({ViolationKind.LOOKING_AWAY}),
    "enable_audio_detection": frozenset({ViolationKind.AUDIO_DETECTED}),
    "enable_tab_switch_detection": frozenset({ViolationKind.TAB_SWITCH, ViolationKind.WINDOW_BLUR}),
    "enable_phone_detection": frozenset({ViolationKind.PHONE_DETECTED}),
    "enable_identity_check": frozenset({ViolationKind.IDENTITY_MISMATCH}),
    "enable_covered_face_detection": frozenset({ViolationKind.FACE_COVERED}),
    "enable_hand_at_ear_detection": frozenset({ViolationKind.HAND_AT_EAR}),
    "enable_looking_down_detection": frozenset({ViolationKind.LOOKING_DOWN}),
    "enable_mouth_detection": frozenset({ViolationKind.VOICE_ELSEWHERE, ViolationKind.SILENT_SPEECH}),
}
"""Field of the exam → kinds that are not noted while it is off."""


FOLLOWING: dict[ExamStatus, frozenset[ExamStatus]] = {
    ExamStatus.DRAFT: frozenset({ExamStatus.PUBLISHED, ExamStatus.ACTIVE, ExamStatus.CANCELLED}),
    ExamStatus.PUBLISHED: frozenset({ExamStatus.DRAFT, ExamStatus.ACTIVE, ExamStatus.COMPLETED, ExamStatus.CANCELLED}),
    ExamStatus.ACTIVE: frozenset({ExamStatus.PUBLISHED, ExamStatus.COMPLETED, ExamStatus.CANCELLED}),
    ExamStatus.COMPLETED: frozenset(),
    ExamStatus.CANCELLED: frozenset({ExamStatus.DRAFT}),
}
"""What may follow what; a completed exam stays so, because results were read from it."""
