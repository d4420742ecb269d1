"""Exams, as they come in and go out (the seed's fields, then our own)."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from app.domain.exams import Enrolment, ExamStatus
from app.domain.presets import Preset
from app.domain.roles import Language
from app.domain.violations import ViolationKind
from app.schemas.base import Flag, Id, Input, Int32, Line, Moment, Output, Share, Text
from app.schemas.users import LONGEST_EMAIL

LONGEST_EXAM_MINUTES = 1440
MOST_ATTEMPTS = 100
MOST_STUDENTS = 10_000

Minutes = Annotated[Int32, Field(ge=1, le=LONGEST_EXAM_MINUTES)]
Attempts = Annotated[Int32, Field(ge=1, le=MOST_ATTEMPTS)]
Weights = Annotated[dict[ViolationKind, Share], Field(max_length=len(ViolationKind))]
Kinds = Annotated[list[ViolationKind], Field(max_length=len(ViolationKind))]
StudentReference = Id | Annotated[str, Field(min_length=1, max_length=LONGEST_EMAIL)]


class ExamCreate(Input):
    """A new exam."""

    title: Line
    description: Annotated[Text, BeforeValidator(lambda value: "" if value is None else value)] = ""
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
    warning_threshold: Share = 0.7
    critical_threshold: Share = 0.5
    enrolment: Enrolment = Enrolment.OPEN
    max_attempts: Attempts = 1
    show_trust: Flag = False
    preset: Preset = Preset.STANDARD
    disabled_kinds: Kinds = Field(default_factory=list)
    weights: Weights = Field(default_factory=dict)

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
    warning_threshold: Share | None = None
    critical_threshold: Share | None = None
    enrolment: Enrolment | None = None
    max_attempts: Attempts | None = None
    show_trust: Flag | None = None
    preset: Preset | None = None
    disabled_kinds: Kinds | None = None
    weights: Weights | None = None


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
    warning_threshold: float
    critical_threshold: float
    enrolment: Enrolment
    max_attempts: int
    show_trust: bool
    preset: Preset
    disabled_kinds: list[ViolationKind]
    weights: dict[ViolationKind, float]
    created_at: datetime
    updated_at: datetime


class EnrolmentsUpdate(Input):
    """The whole list, by id or e-mail; it replaces the old one, or nothing changes."""

    students: Annotated[list[StudentReference], Field(max_length=MOST_STUDENTS)]


class EnrolledStudent(Output):
    """A student on the list."""

    id: int
    email: str
    full_name: str
    preferred_language: Language
    is_active: bool
