"""The trust score: a pure function of the violations and the weights, so that it can be recomputed and explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.reviews import Judgement, Verdict
from app.domain.violations import RULES, ViolationKind

FULL_TRUST = 100.0


class TrustBand(StrEnum):
    """Where a score lies against the exam's two thresholds."""

    GOOD = "good"
    WATCH = "watch"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Episode:
    """What the score needs of one violation: confidence 0..1, seconds (timed kinds), count (event kinds).

    `judgement` is what a person said of it, if anybody did.
    """

    kind: ViolationKind
    confidence: float
    seconds: float
    count: int
    judgement: Judgement | None = None

    @property
    def counts(self) -> bool:
        """Whether it costs trust: what a person dismissed does not."""
        return self.judgement is None or self.judgement.verdict is not Verdict.DISMISSED

    @property
    def counted_as(self) -> ViolationKind:
        """The kind whose weight it has: the one a person found, or else the detector's."""
        return self.kind if self.judgement is None else self.judgement.kind or self.kind


def amount(episode: Episode) -> float:
    """Confidence-weighted seconds or occurrences; bad numbers count as none, never as a gain."""
    confidence = min(1.0, max(0.0, episode.confidence))
    rule = RULES[episode.counted_as]
    seconds = max(0.0, episode.seconds)
    return confidence * (seconds if rule.timed else max(0, episode.count) + rule.per_second * seconds)


def weight_of(kind: ViolationKind, weights: Mapping[ViolationKind, float] | None) -> float:
    """The exam's own weight for a kind, or the rule's; 0..1."""
    weight = RULES[kind].weight if weights is None else weights.get(kind, RULES[kind].weight)
    return min(1.0, max(0.0, weight))


def trust_score(episodes: Sequence[Episode], weights: Mapping[ViolationKind, float] | None = None) -> float:
    """100 · Π (1 − w · s) over kinds, 0..100; `s` is the kind's amount over its rule's `full`, at most 1.

    What a person dismissed is left out, what a person found to be of another kind counts as that.
    """
    return _product(factors(episodes, weights))


def factors(
    episodes: Sequence[Episode], weights: Mapping[ViolationKind, float] | None = None
) -> dict[ViolationKind, float]:
    """What each kind multiplies the score by, 0..1, in the order of multiplication."""
    amounts = _amounts(episodes)
    return {kind: _factor(kind, amounts[kind], weights) for kind in sorted(amounts)}


def without(episodes: Sequence[Episode], weights: Mapping[ViolationKind, float] | None = None) -> list[float]:
    """For each episode the score if it had not happened ("without me the score would be N"), in the same order.

    Exactly `trust_score` of the others, in less time: only the factor of its own kind is computed anew.
    """
    amounts, all_factors = _amounts(episodes), factors(episodes, weights)
    scores = []
    for episode in episodes:
        left = all_factors
        if episode.counts:
            kind = episode.counted_as
            others = list(amounts[kind])
            others.remove(amount(episode))
            left = {**all_factors, kind: _factor(kind, others, weights)}
        scores.append(_product(left))
    return scores


def _amounts(episodes: Sequence[Episode]) -> dict[ViolationKind, list[float]]:
    """What counts of each kind, sorted: the same violations give the same score to the last digit, in any order."""
    amounts: dict[ViolationKind, list[float]] = {}
    for episode in episodes:
        if episode.counts:
            amounts.setdefault(episode.counted_as, []).append(amount(episode))
    return {kind: sorted(found) for kind, found in amounts.items()}


def _factor(kind: ViolationKind, amounts: Sequence[float], weights: Mapping[ViolationKind, float] | None) -> float:
    return 1.0 - weight_of(kind, weights) * min(1.0, sum(amounts) / RULES[kind].full)


def _product(found: Mapping[ViolationKind, float]) -> float:
    score = FULL_TRUST
    for factor in found.values():
        score *= factor
    return max(0.0, score)


def measured_score(episodes: Sequence[Episode], weights: Mapping[ViolationKind, float] | None = None) -> float:
    """The score as the detectors left it, before anybody looked (T17: both values stay visible)."""
    return trust_score([replace(episode, judgement=None) for episode in episodes], weights)


def band_of(score: float, *, warning: float = 70.0, critical: float = 50.0) -> TrustBand:
    """The band of a score 0..100; the thresholds are the exam's two, times 100."""
    if score < critical:
        return TrustBand.REVIEW
    return TrustBand.WATCH if score < warning else TrustBand.GOOD
