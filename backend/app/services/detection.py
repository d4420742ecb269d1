"""The presets with the error rates that `make accuracy` measured."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.exams import SWITCHES
from app.domain.presets import Preset, rules_for
from app.schemas.detection import KindRead, PresetRead
from app.schemas.exams import ExamCreate

MEASURED = Path(__file__).resolve().parents[1] / "ai" / "error_rates.json"
"""Written by `make accuracy`: {"measured_on": …, "hours": …, "false_alarms_per_hour": {preset: {kind: rate}}}."""

ASKED_FOR = frozenset(
    kind for name, kinds in SWITCHES.items() if ExamCreate.model_fields[name].default is False for kind in kinds
)
"""Kinds that are looked for only where an exam asks for them."""


def presets() -> list[PresetRead]:
    """All three, lenient first."""
    return [_preset(preset) for preset in Preset]


def _preset(preset: Preset) -> PresetRead:
    rates: dict[str, float] = _measured().get("false_alarms_per_hour", {}).get(preset, {})
    usual = [rate for kind, rate in rates.items() if kind not in ASKED_FOR]
    return PresetRead(
        preset=preset,
        expected_false_alarms=round(sum(usual), 3) if usual else None,
        measured_on=_measured().get("measured_on"),
        measured_hours=_measured().get("hours"),
        kinds=[
            KindRead(
                kind=kind,
                severity=rule.severity,
                weight=rule.weight,
                timed=rule.timed,
                hold_seconds=rule.hold,
                least_confidence=rule.least,
                expected_false_alarms=rates.get(kind),
            )
            for kind, rule in rules_for(preset).items()
        ],
    )


@cache
def _measured() -> dict[str, Any]:
    return dict(json.loads(MEASURED.read_text())) if MEASURED.is_file() else {}
