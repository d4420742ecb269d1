"""The trust score: bounded, monotone, free of order, and explainable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reviews import Judgement, Verdict
from app.domain.trust import Episode, TrustBand, band_of, factors, trust_score, without
from app.domain.violations import RULES, ViolationKind

episodes = st.lists(
    st.builds(
        Episode,
        kind=st.sampled_from(list(ViolationKind)),
        confidence=st.floats(-0.5, 2),
        seconds=st.floats(-10, 10_000),
        count=st.integers(-2, 1000),
        judgement=st.none()
        | st.builds(Judgement, st.sampled_from(list(Verdict)), st.none() | st.sampled_from(list(ViolationKind))),
    ),
    max_size=30,
)


def away(seconds: float, confidence: float = 1.0) -> Episode:
    """Looking away for a while."""
    return Episode(ViolationKind.LOOKING_AWAY, confidence, seconds, 1)


def test_nothing_happened() -> None:
    assert trust_score([]) == 100.0


def test_every_kind_has_a_rule() -> None:
    assert set(RULES) == set(ViolationKind)
    assert all(0 < rule.weight <= 1 and rule.full > 0 for rule in RULES.values())


def test_the_formula() -> None:
    rule = RULES[ViolationKind.LOOKING_AWAY]
    assert trust_score([away(rule.full / 2)]) == pytest.approx(100 * (1 - rule.weight / 2))
    assert trust_score([away(rule.full / 4)] * 2) == pytest.approx(100 * (1 - rule.weight / 2))
    assert trust_score([away(rule.full * 50)]) == pytest.approx(100 * (1 - rule.weight))


def test_events_count() -> None:
    rule = RULES[ViolationKind.TAB_SWITCH]
    assert trust_score([Episode(ViolationKind.TAB_SWITCH, 1.0, 0.0, 4)]) == pytest.approx(
        100 * (1 - rule.weight * 4 / rule.full)
    )


def test_an_exam_may_weigh_otherwise() -> None:
    assert trust_score([away(600)], {ViolationKind.LOOKING_AWAY: 0.0}) == 100.0
    assert trust_score([away(600)], {ViolationKind.LOOKING_AWAY: 1.0}) == 0.0


@given(episodes)
def test_bounded(happened: list[Episode]) -> None:
    assert 0.0 <= trust_score(happened) <= 100.0


@given(episodes, st.randoms())
def test_order_does_not_matter(happened: list[Episode], random: object) -> None:
    shuffled = list(happened)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert trust_score(shuffled) == trust_score(happened)


@given(episodes, episodes)
def test_more_never_raises_it(happened: list[Episode], more: list[Episode]) -> None:
    assert trust_score(happened + more) <= trust_score(happened) + 1e-9


@given(episodes)
def test_without_each_is_the_score_of_the_others(happened: list[Episode]) -> None:
    assert without(happened) == [trust_score([*happened[:i], *happened[i + 1 :]]) for i in range(len(happened))]


@given(episodes)
def test_the_factors_multiply_to_the_score(happened: list[Episode]) -> None:
    score = 100.0
    for factor in factors(happened).values():
        score *= factor
    assert max(0.0, score) == trust_score(happened)


@given(episodes)
def test_each_explains_what_it_cost(happened: list[Episode]) -> None:
    scores = without(happened)
    assert len(scores) == len(happened)
    assert all(score >= trust_score(happened) - 1e-9 for score in scores)


def test_bands() -> None:
    assert [band_of(score) for score in (100, 70, 69.9, 50, 49.9, 0)] == [
        TrustBand.GOOD,
        TrustBand.GOOD,
        TrustBand.WATCH,
        TrustBand.WATCH,
        TrustBand.REVIEW,
        TrustBand.REVIEW,
    ]
