"""How strict an exam is: the same observations under other holding times and other certainty."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import StrEnum

from app.domain.violations import RULES, Rule, ViolationKind


class Preset(StrEnum):
    """Three ways to read the same video."""

    LENIENT = "lenient"
    STANDARD = "standard"
    STRICT = "strict"


HOLD = {Preset.LENIENT: 2.0, Preset.STANDARD: 1.0, Preset.STRICT: 0.6}
"""Factor on a timed kind's holding time."""

LEAST = {
    Preset.LENIENT: {ViolationKind.LOOKING_AWAY: 0.75, ViolationKind.PHONE_DETECTED: 0.6},
    Preset.STANDARD: {},
    Preset.STRICT: {},
}
"""Observations less sure than this do not count, by kind."""


def rules_for(preset: Preset) -> Mapping[ViolationKind, Rule]:
    """Every kind's rule under a preset. Weights stay: how grave a thing is does not depend on how early it is noted."""
    return {
        kind: replace(
            rule,
            hold=rule.hold * HOLD[preset] if rule.timed else rule.hold,
            least=max(rule.least, LEAST[preset].get(kind, 0.0)),
        )
        for kind, rule in RULES.items()
    }


def switched_off(*lists: Collection[str]) -> frozenset[ViolationKind]:
    """Kinds that nobody looks for, from the exam's and the student's lists together."""
    return frozenset(ViolationKind(kind) for kinds in lists for kind in kinds)
