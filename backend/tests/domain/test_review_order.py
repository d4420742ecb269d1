"""The review queue's order: uncertain and costly before sure or cheap, near a border before far from one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.review_order import BORDER, LEAST_DOUBT, gain
from app.domain.reviews import Judgement, Verdict
from app.domain.trust import Episode, trust_score
from app.domain.violations import ViolationKind

AWAY, TABS, FACES = ViolationKind.LOOKING_AWAY, ViolationKind.TAB_SWITCH, ViolationKind.MULTIPLE_FACES
judgements = st.none() | st.builds(
    Judgement, st.sampled_from(list(Verdict)), st.none() | st.sampled_from(list(ViolationKind))
)
episodes = st.lists(
    st.builds(
        Episode,
        kind=st.sampled_from(list(ViolationKind)),
        confidence=st.floats(0, 1),
        seconds=st.floats(0, 1000),
        count=st.integers(0, 50),
        judgement=judgements,
    ),
    max_size=20,
)


def away(seconds: float, confidence: float) -> Episode:
    return Episode(AWAY, confidence, seconds, 1)


def test_nothing_open_gains_nothing() -> None:
    assert gain([]) == 0.0
    confirmed = Judgement(Verdict.CONFIRMED)
    assert gain([replace(away(60, 0.5), judgement=confirmed)]) == 0.0


def test_the_formula() -> None:
    """Half-sure, it costs 17.5 points (weight 0.35, half full), and 82.5 stays in the best band: no border."""
    assert gain([away(60, 0.5)]) == pytest.approx(0.5 * 17.5)
    assert gain([away(60, 1.0)]) == pytest.approx(LEAST_DOUBT * 35.0 + BORDER * (LEAST_DOUBT * 35.0) / 5.0)


def test_the_doubtful_come_before_the_sure() -> None:
    doubtful, sure = Episode(FACES, 0.6, 20.0, 1), Episode(FACES, 1.0, 12.0, 1)
    assert trust_score([doubtful]) == trust_score([sure])
    assert gain([doubtful]) > gain([sure])


def test_near_a_border_comes_before_far_from_one() -> None:
    across = [Episode(TABS, 1.0, 0.0, 8)]  # 60: one look may lift it over 70
    within = [Episode(TABS, 1.0, 0.0, 5)]  # 75: good either way
    assert gain(across) - gain(within) > 10


def test_many_of_one_kind_are_weighed_as_one() -> None:
    """Each alone costs nothing once the kind is saturated; together they are all of it."""
    assert gain([away(60, 0.6)] * 10) == pytest.approx(gain([away(600, 0.6)]))
    assert gain([away(60, 0.6)] * 10) > 10


def test_who_was_unsure_leaves_it_open() -> None:
    unsure = replace(away(60, 0.5), judgement=Judgement(Verdict.UNSURE))
    assert gain([unsure]) == gain([away(60, 0.5)])


@given(episodes)
def test_bounded(happened: list[Episode]) -> None:
    assert -1e-9 <= gain(happened) <= 24 * 100 + BORDER


@given(episodes, st.randoms())
def test_order_does_not_matter(happened: list[Episode], random: object) -> None:
    shuffled = list(happened)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert gain(shuffled) == pytest.approx(gain(happened))
