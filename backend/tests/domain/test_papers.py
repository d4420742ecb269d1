"""A paper is drawn the same every time, takes as many as the pool says, and never shows the answer by its order."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.papers import Item, Part, draw
from app.domain.questions import QuestionType
from tests.questions import EVERY_TYPE


def part(size: int, pool: int | None = None) -> Part:
    kinds = list(QuestionType)
    items = [
        Item(number, kinds[number % len(kinds)], EVERY_TYPE[kinds[number % len(kinds)]].get("body", {}))
        for number in range(1, size + 1)
    ]
    return Part(7, pool, items)


@given(st.integers(1, 30), st.integers(1, 30), st.text(max_size=8), st.booleans())
def test_the_same_seed_draws_the_same(size: int, pool: int, seed: str, shuffle: bool) -> None:
    parts = [part(size, pool)]
    one = draw(parts, seed=seed, shuffle_questions=shuffle, shuffle_options=True)
    assert one == draw(parts, seed=seed, shuffle_questions=shuffle, shuffle_options=True)
    ids = [question.id for question in one[0].questions]
    assert len(ids) == len(set(ids)) == min(size, pool)
    assert shuffle or ids == sorted(ids)


def test_other_seeds_draw_others() -> None:
    drawn = [draw([part(20, 5)], seed=str(n), shuffle_questions=True, shuffle_options=False) for n in range(20)]
    papers = {tuple(question.id for question in paper[0].questions) for paper in drawn}
    assert len(papers) > 15


def test_order_never_gives_the_answer_away() -> None:
    for number in range(30):
        drawn = draw([part(11)], seed=str(number), shuffle_questions=False, shuffle_options=False)[0].questions
        orders = {question.id: question.orders for question in drawn}
        assert orders[7]["items"] != ["x", "y", "z"]
        assert orders[6]["targets"] != ["t1", "t2"]
        assert orders[11]["options"] == ["a", "b", "c"]
