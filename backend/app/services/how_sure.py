"""The last page of every report: what the detectors notice well and badly, and how often they err."""

from typing import Any

from app.domain.presets import Preset
from app.services.detection import presets
from app.services.report_words import Words

PARAGRAPHS = ("notes", "well", "badly", "cannot", "never", "student")
RULE_OF_THREE = 3.0
"""Nothing seen in n hours: with 95 % certainty it happens less than 3/n times an hour."""


def how_sure(words: Words, preset: Preset) -> dict[str, Any]:
    """As `report.typ` wants it."""
    measured = next(one for one in presets() if one.preset == preset)
    rows = [
        [words.kind(one.kind), words.number(one.hold_seconds, 1), words.number(one.expected_false_alarms, 1)]
        for one in measured.kinds
        if one.expected_false_alarms is not None
    ]
    return {
        "paragraphs": [
            {"title": words(f"how_sure.{name}.title"), "text": words(f"how_sure.{name}.text")} for name in PARAGRAPHS
        ],
        "head": [words("kind"), words("how_sure.hold"), words("how_sure.false_alarms")],
        "rows": rows,
        "measured": _measured(words, measured.measured_hours) if rows else words("how_sure.not_measured"),
    }


def _measured(words: Words, hours: float | None) -> str:
    if not hours:
        return words("how_sure.not_measured")
    return words("how_sure.measured", hours=words.number(hours, 2), upper=words.number(RULE_OF_THREE / hours, 1))
