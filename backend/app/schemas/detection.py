"""What the presets mean: limits per kind, and how often each would be wrong."""

from app.domain.presets import Preset
from app.domain.violations import Severity, ViolationKind
from app.schemas.base import Output


class KindRead(Output):
    """One kind under one preset. `expected_false_alarms` per exam-hour as measured; null where not measured."""

    kind: ViolationKind
    severity: Severity
    weight: float
    timed: bool
    hold_seconds: float
    least_confidence: float
    expected_false_alarms: float | None


class PresetRead(Output):
    """One preset; `expected_false_alarms` per exam-hour is the sum over the kinds an exam looks for by default."""

    preset: Preset
    expected_false_alarms: float | None
    measured_on: str | None
    measured_hours: float | None
    """Hours watched: no alarm in few hours proves little."""
    kinds: list[KindRead]
