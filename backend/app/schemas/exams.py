"""Exams, as they come in and go out (the seed's fields, then our own)."""

import ipaddress
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.domain.exams import Enrolment, ExamStatus, Navigation, QuestionLanguage
from app.domain.presets import Preset
from app.domain.roles import Language
from app.domain.violations import ViolationKind
from app.schemas.base import Flag, Id, Input, Int32, Line, Moment, Output, Share, Text, storable
from app.schemas.users import LONGEST_EMAIL

LONGEST_EXAM_MINUTES = 1440
MOST_ATTEMPTS = 100
MOST_STUDENTS = 10_000

MOST_NETWORKS = 100
LONGEST_PASSWORD = 200


def _network(value: str) -> str:
    """An address or a network in CIDR, in its usual spelling."""
    return str(ipaddress.ip_network(value.strip(), strict=False))


TextOrNull = Annotated[Text, BeforeValidator(lambda value: "" if value is None else value)]
"""Forms send null for a field that was left empty."""
Minutes = Annotated[Int32, Field(ge=1, le=LONGEST_EXAM_MINUTES)]
Attempts = Annotated[Int32, Field(ge=1, le=MOST_ATTEMPTS)]
Weights = Annotated[dict[ViolationKind, Share], Field(max_length=len(ViolationKind))]
Kinds = Annotated[list[ViolationKind], Field(max_length=len(ViolationKind))]
Group = Annotated[Text, Field(max_length=100)]
Percent = Annotated[float, Field(ge=0, le=100)]
Switches = Annotated[Int32, Field(ge=0, le=1000)]
CreditMinutes = Annotated[Int32, Field(ge=0, le=600)]
SyncMinutes = Annotated[Int32, Field(ge=0, le=7 * 1440)]
Password = Annotated[str, Field(max_length=LONGEST_PASSWORD), AfterValidator(storable)]
"""Of an exam: said aloud in a room, so no rules about its strength; empty removes it."""
Networks = Annotated[list[Annotated[str, AfterValidator(_network)]], Field(max_length=MOST_NETWORKS)]
StudentReference = Id | Annotated[str, Field(min_length=1, max_length=LONGEST_EMAIL)]


class ExamCreate(Input):
    """A new exam."""

    title: Line
    description: TextOrNull = ""
    start_time: Moment
    end_time: Moment
    duration_minutes: Minutes
    status: ExamStatus = ExamStatus.DRAFT
    enable_face_detection: Flag = True
    enable_multiple_face_detection: Flag = True
    enable_eye_tracking: Flag = True
    enable_audio_detection: Flag = True
    enable_tab_switch_detection: Flag = True
    enable_phone_detection: Flag = True
    enable_identity_check: Flag = True
    enable_covered_face_detection: Flag = True
    enable_hand_at_ear_detection: Flag = False
    enable_looking_down_detection: Flag = False
    enable_mouth_detection: Flag = False
    warning_threshold: Share = 0.7
    critical_threshold: Share = 0.5
    enrolment: Enrolment = Enrolment.OPEN
    max_attempts: Attempts = 1
    show_trust: Flag = False
    minors: Flag = False
    preset: Preset = Preset.STANDARD
    disabled_kinds: Kinds = Field(default_factory=list)
    weights: Weights = Field(default_factory=dict)
    instructions: TextOrNull = ""
    group: Group = ""
    passing_score: Percent | None = None
    randomize_questions: Flag = False
    randomize_options: Flag = False
    navigation: Navigation = Navigation.FREE
    question_language: QuestionLanguage = QuestionLanguage.BOTH
    allow_calculator: Flag = False
    show_results_immediately: Flag = False
    allow_review: Flag = True
    anonymous_grading: Flag = False
    exam_password: Password | None = None
    ip_restrictions: Networks = Field(default_factory=list)
    browser_lockdown: Flag = False
    require_fullscreen: Flag = False
    block_clipboard: Flag = False
    block_right_click: Flag = False
    block_shortcuts: Flag = False
    max_tab_switches: Switches | None = None
    enable_screen_recording: Flag = False
    waiting_room: Flag = False
    require_id_document: Flag = False
    require_room_view: Flag = False
    time_credit_minutes: CreditMinutes = 0
    late_sync_minutes: SyncMinutes = 1440

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_time <= self.start_time:
            raise ValueError("end_time must be after start_time")
        if self.critical_threshold > self.warning_threshold:
            raise ValueError("critical_threshold must not be above warning_threshold")
        return self


class ExamUpdate(Input):
    """What changes; fields left out stay. Times and thresholds are compared with what stays in the service."""

    title: Line | None = None
    description: Text | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None
    duration_minutes: Minutes | None = None
    status: ExamStatus | None = None
    enable_face_detection: Flag | None = None
    enable_multiple_face_detection: Flag | None = None
    enable_eye_tracking: Flag | None = None
    enable_audio_detection: Flag | None = None
    enable_tab_switch_detection: Flag | None = None
    enable_phone_detection: Flag | None = None
    enable_identity_check: Flag | None = None
    enable_covered_face_detection: Flag | None = None
    enable_hand_at_ear_detection: Flag | None = None
    enable_looking_down_detection: Flag | None = None
    enable_mouth_detection: Flag | None = None
    warning_threshold: Share | None = None
    critical_threshold: Share | None = None
    enrolment: Enrolment | None = None
    max_attempts: Attempts | None = None
    show_trust: Flag | None = None
    minors: Flag | None = None
    preset: Preset | None = None
    disabled_kinds: Kinds | None = None
    weights: Weights | None = None
    instructions: Text | None = None
    group: Group | None = None
    passing_score: Percent | None = None
    randomize_questions: Flag | None = None
    randomize_options: Flag | None = None
    navigation: Navigation | None = None
    question_language: QuestionLanguage | None = None
    allow_calculator: Flag | None = None
    show_results_immediately: Flag | None = None
    allow_review: Flag | None = None
    anonymous_grading: Flag | None = None
    exam_password: Password | None = None
    ip_restrictions: Networks | None = None
    browser_lockdown: Flag | None = None
    require_fullscreen: Flag | None = None
    block_clipboard: Flag | None = None
    block_right_click: Flag | None = None
    block_shortcuts: Flag | None = None
    max_tab_switches: Switches | None = None
    enable_screen_recording: Flag | None = None
    waiting_room: Flag | None = None
    require_id_document: Flag | None = None
    require_room_view: Flag | None = None
    time_credit_minutes: CreditMinutes | None = None
    late_sync_minutes: SyncMinutes | None = None


class ExamRead(Output):
    """An exam."""

    id: int
    creator_id: int
    title: str
    description: str
    start_time: datetime
    end_time: datetime
    duration_minutes: int
    status: ExamStatus
    enable_face_detection: bool
    enable_multiple_face_detection: bool
    enable_eye_tracking: bool
    enable_audio_detection: bool
    enable_tab_switch_detection: bool
    enable_phone_detection: bool
    enable_identity_check: bool
    enable_covered_face_detection: bool
    enable_hand_at_ear_detection: bool
    enable_looking_down_detection: bool
    enable_mouth_detection: bool
    warning_threshold: float
    critical_threshold: float
    enrolment: Enrolment
    max_attempts: int
    minors: bool
    show_trust: bool
    preset: Preset
    disabled_kinds: list[ViolationKind]
    weights: dict[ViolationKind, float]
    instructions: str
    group: str
    passing_score: float | None
    randomize_questions: bool
    randomize_options: bool
    navigation: Navigation
    question_language: QuestionLanguage
    allow_calculator: bool
    show_results_immediately: bool
    allow_review: bool
    anonymous_grading: bool
    has_password: bool
    ip_restrictions: list[str]
    browser_lockdown: bool
    require_fullscreen: bool
    block_clipboard: bool
    block_right_click: bool
    block_shortcuts: bool
    max_tab_switches: int | None
    enable_screen_recording: bool
    waiting_room: bool
    require_id_document: bool
    require_room_view: bool
    time_credit_minutes: int
    late_sync_minutes: int
    results_released_at: datetime | None
    demo_data: bool
    """Made for demonstration."""
    created_at: datetime
    updated_at: datetime


class EnrolmentWrite(Input):
    """One student and the group."""

    student: StudentReference
    group: Group = ""


class EnrolmentsUpdate(Input):
    """The whole list, by id or e-mail (with a group or without); it replaces the old one, or nothing changes."""

    students: Annotated[list[StudentReference | EnrolmentWrite], Field(max_length=MOST_STUDENTS)]


class EnrolledStudent(Output):
    """A student on the list."""

    id: int
    email: str
    full_name: str
    preferred_language: Language
    is_active: bool
    group: str


class GroupCount(Output):
    """A group of an exam's list; the empty name is for those in none."""

    group: str
    students: int
