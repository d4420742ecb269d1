"""Coverage: the share of an exam session in which we could see. Pure: the time is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.violations import NeutralState

LONGEST_GAP = 6.0
"""Two judged frames further apart than this (seconds) leave the time between them unobserved: the link was lost."""
MOST_SPANS = 200
"""Unobserved spans kept of one exam session; beyond that the shortest is taken to be part of the one before it."""
SAME_SPAN = 1.0
"""Spans of one reason that are nearer to each other than this (seconds) are one."""


@dataclass(slots=True)
class Unobserved:
    """A stretch of media time in which we could not see, and why."""

    begin: float
    end: float
    state: NeutralState


class Coverage:
    """Observed and lost media seconds of one exam session. Times never run backwards."""

    def __init__(self, longest_gap: float = LONGEST_GAP) -> None:
        self._longest_gap = longest_gap
        self._last: float | None = None
        self._anything_seen = False
        self._observed = 0.0
        self._lost: dict[NeutralState, float] = {}
        self._spans: list[Unobserved] = []
        self._pauses: list[tuple[float, float]] = []

    def begin(self, at: float) -> None:
        """The exam session starts: time from here on counts even when no frame ever comes."""
        if self._last is None:
            self._last = at

    def saw(self, at: float) -> None:
        """A frame that could be judged."""
        stretches = self._pass(at)
        self._anything_seen = True
        seconds = _seconds(stretches)
        if seconds <= self._longest_gap:
            self._observed += seconds
        else:
            self._lose(NeutralState.LINK_LOST, stretches)

    def unseen(self, at: float, state: NeutralState) -> None:
        """Nothing could be judged since the last call; `state` says why."""
        self._lose(state, self._pass(at))

    def paused(self, since: float, until: float) -> None:
        """Time in between counts for nothing, whether it is told before or after: the exam session stood still."""
        if until > since and (since, until) not in self._pauses:
            self._pauses.append((since, until))

    @property
    def observed(self) -> float:
        """Seconds in which we could see."""
        return self._observed

    @property
    def lost(self) -> dict[NeutralState, float]:
        """Seconds lost, by reason."""
        return dict(self._lost)

    @property
    def spans(self) -> list[Unobserved]:
        """The stretches in which we could not see, in the order of time."""
        return list(self._spans)

    @property
    def total(self) -> float:
        """All seconds."""
        return self._observed + sum(self._lost.values())

    @property
    def share(self) -> float:
        """Observed / total, 0..1. Without any time passed: 1 when the only frames were judged, or there are none."""
        if self.total <= 0.0:
            return 1.0 if self._anything_seen or not self._lost else 0.0
        return min(1.0, self._observed / self.total)

    def dump(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "longest_gap": self._longest_gap,
            "last": self._last,
            "anything_seen": self._anything_seen,
            "observed": self._observed,
            "lost": {str(state): seconds for state, seconds in self._lost.items()},
            "spans": [[span.begin, span.end, str(span.state)] for span in self._spans],
            "pauses": [list(pause) for pause in self._pauses],
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Coverage":
        """Go on where `dump` was taken."""
        coverage = cls(float(data["longest_gap"]))
        coverage._last = None if data["last"] is None else float(data["last"])
        coverage._anything_seen = bool(data["anything_seen"])
        coverage._observed = float(data["observed"])
        coverage._lost = {NeutralState(state): float(seconds) for state, seconds in data["lost"].items()}
        coverage._spans = [Unobserved(begin, end, NeutralState(state)) for begin, end, state in data.get("spans", ())]
        for since, until in data.get("pauses", ()):
            coverage.paused(since, until)
        return coverage

    def _pass(self, at: float) -> list[tuple[float, float]]:
        """The time since the last call, pauses left out."""
        last = at if self._last is None else self._last
        self._last = max(last, at)
        return _outside(self._pauses, last, self._last)

    def _lose(self, state: NeutralState, stretches: list[tuple[float, float]]) -> None:
        """Nothing was seen in these."""
        self._lost[state] = self._lost.get(state, 0.0) + _seconds(stretches)
        for since, until in stretches:
            begin, end = round(since, 3), round(until, 3)
            last = self._spans[-1] if self._spans else None
            if last is not None and last.state == state and begin - last.end <= SAME_SPAN:
                last.end = end
            else:
                self._spans.append(Unobserved(begin, end, state))
                self._bound_spans()

    def _bound_spans(self) -> None:
        """Never more than MOST_SPANS: the shortest one gives way to its neighbour before it."""
        if len(self._spans) > MOST_SPANS:
            shortest = min(range(1, len(self._spans)), key=lambda at: self._spans[at].end - self._spans[at].begin)
            self._spans[shortest - 1].end = self._spans.pop(shortest).end


def _seconds(stretches: list[tuple[float, float]]) -> float:
    return sum(until - since for since, until in stretches)


def _outside(pauses: list[tuple[float, float]], since: float, until: float) -> list[tuple[float, float]]:
    """What of since … until lies in no pause, in the order of time."""
    stretches, at = [], since
    for begin, end in sorted(pauses):
        if begin > at:
            stretches.append((at, min(begin, until)))
        at = max(at, end)
        if at >= until:
            break
    if at < until:
        stretches.append((at, until))
    return [(begin, end) for begin, end in stretches if end > begin]
