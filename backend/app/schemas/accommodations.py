"""What is different for one student in one exam."""

from typing import Annotated

from pydantic import Field

from app.domain.presets import Preset
from app.domain.violations import ViolationKind
from app.schemas.base import Input, Int32, Output
from app.schemas.exams import Kinds


class AccommodationWrite(Input):
    """Kinds nobody looks for, another preset, more minutes. There is no field for the reason, on purpose."""

    disabled_kinds: Kinds = Field(default_factory=list)
    preset: Preset | None = None
    extra_minutes: Annotated[Int32, Field(ge=0, le=1440)] = 0


class AccommodatedStudent(Output):
    """Whose it is."""

    id: int
    full_name: str
    email: str


class AccommodationRead(Output):
    """As it stands."""

    student: AccommodatedStudent
    disabled_kinds: list[ViolationKind]
    preset: Preset | None
    extra_minutes: int
