"""Which exam session a person should look at next: the one where a look would change most. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.reviews import Judgement, Verdict
from app.domain.trust import Episode, amount, band_of, trust_score
from app.domain.violations import ViolationKind

LEAST_DOUBT = 0.1
"""How much of anything is doubted, however sure its detector: what was seen may still be innocent."""
BORDER = 25.0
"""Points that a crossing into another band is worth beside the points of trust themselves."""


def is_open(episode: Episode) -> bool:
    """Whether nobody has decided on it yet; who was unsure leaves it open."""
    return episode.judgement is None or episode.judgement.verdict is Verdict.UNSURE


def gain(
    episodes: Sequence[Episode],
    weights: Mapping[ViolationKind, float] | None = None,
    *,
    warning: float = 70.0,
    critical: float = 50.0,
) -> float:
    """How much a look at what is open could change, in points of trust; 0 where nothing is open.

    A detector that errs about a student tends to err the same way again (a lamp, a poster), so each kind is weighed as
    one: the points that would come back if all of its open violations were dismissed, times the doubt in them, which
    is 1 − their confidence (the mean, weighted by what each contributes), at least LEAST_DOUBT. To the sum over the
    kinds comes up to BORDER where dismissing everything open would lift the score into a better band: in full if the
    expected points alone reach the border, in proportion if they go only part of the way.
    """
    trust = trust_score(episodes, weights)
    moved = sum(doubt(episodes, kind) * (_without(episodes, weights, kind) - trust) for kind in open_kinds(episodes))
    best = _without(episodes, weights, None)
    border = _next_border(trust, best, warning=warning, critical=critical)
    if border is None:
        return moved
    return moved + BORDER * min(1.0, moved / max(border - trust, 1e-9))


def open_kinds(episodes: Sequence[Episode]) -> list[ViolationKind]:
    """The kinds of what nobody has decided on, each once."""
    return sorted({episode.counted_as for episode in episodes if is_open(episode)})


def doubt(episodes: Sequence[Episode], kind: ViolationKind) -> float:
    """How unsure the detectors are of the open violations of one kind, LEAST_DOUBT..1."""
    found = [(amount(one), min(1.0, max(0.0, one.confidence))) for one in episodes if _belongs(one, kind)]
    total = sum(part for part, _ in found)
    sure = sum(part * confidence for part, confidence in found) / total if total > 0 else 1.0
    return max(LEAST_DOUBT, 1.0 - sure)


def _belongs(episode: Episode, kind: ViolationKind | None) -> bool:
    return is_open(episode) and kind in (None, episode.counted_as)


def _without(
    episodes: Sequence[Episode], weights: Mapping[ViolationKind, float] | None, kind: ViolationKind | None
) -> float:
    """The score if everything open of a kind (None: of every kind) were dismissed."""
    dismissed = Judgement(Verdict.DISMISSED)
    return trust_score([replace(one, judgement=dismissed) if _belongs(one, kind) else one for one in episodes], weights)


def _next_border(trust: float, best: float, *, warning: float, critical: float) -> float | None:
    """The threshold that `best` clears and `trust` does not, the nearer one; None where both lie in one band."""
    if band_of(trust, warning=warning, critical=critical) == band_of(best, warning=warning, critical=critical):
        return None
    return critical if trust < critical <= best else warning
