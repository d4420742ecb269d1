"""A story as detectors would have told it, through the rules that judge real sittings. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.browser_events import REPORTABLE
from app.domain.coverage import Coverage
from app.domain.incidents import Change, Heard, Incidents
from app.domain.violations import AUDIBLE, NeutralState, Observation, Rule, ViolationKind
from app.services.demo_data.content import Happening

STEP = 0.5
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sitting's row remembers of it, and each violation as it ended."""

    analysis: dict[str, Any]
    coverage: float
    changes: tuple[Change, ...]


def seen_in(happenings: Sequence[Happening], seconds: float, rules: Mapping[ViolationKind, Rule]) -> Seen:
    """Look at the whole sitting, twice a second."""
    incidents, coverage, changes = Incidents(rules), Coverage(), dict[int, Change]()
    coverage.begin(0.0)
    for step in range(1, int(seconds / STEP) + 1):
        at = step * STEP
        now = [one for one in happenings if one.begins <= at < one.ends]
        dark = next((one for one in now if one.observation is None), None)
        found = [] if dark else incidents.see([one for one in map(_visible, now) if one], at)
        if dark is None:
            coverage.saw(at)
        elif dark.state is not NeutralState.LINK_LOST:  # without a line nothing comes at all
            coverage.unseen(at, dark.state)
            found = incidents.unseen(at)
        for one in happenings:
            found += _told(incidents, one, at)
        changes |= {change.key: change for change in found}
    changes |= {change.key: change for change in incidents.finish(seconds)}
    analysis = {"memory": {}, "incidents": incidents.dump(), "coverage": coverage.dump(), "sides": {}}
    return Seen(analysis, coverage.share, tuple(changes[key] for key in sorted(changes)))


def _visible(one: Happening) -> Observation | None:
    kind = one.observation.kind if one.observation else None
    return None if kind is None or kind in REPORTABLE or kind in AUDIBLE else one.observation


def _told(incidents: Incidents, one: Happening, at: float) -> list[Change]:
    """What the browser reports at this moment, and sound once it is over."""
    if one.observation is None:
        return []
    kind, begins, ends = one.observation.kind, at - STEP < one.begins <= at, at - STEP < one.ends <= at
    if kind in AUDIBLE:
        return incidents.hear([Heard(one.begins, one.ends, one.observation)], one.ends) if ends else []
    if kind not in REPORTABLE:
        return []
    if one.begins == one.ends:
        return incidents.event(one.observation, one.begins) if begins else []
    found = incidents.begin(one.observation, one.begins) if begins else []
    return found + (incidents.end(kind, one.ends) if ends else [])
