"""The checker of histories is itself checked: each forged history must make it complain."""

from collections.abc import Sequence

import pytest

from chaos.history import History, Row, complaints

ROWS = [Row(seq, "status", {"at": seq}) for seq in (1, 2, 3)]


def history(*, sent: int = 4, acked: int = 3) -> History:
    return History({seq: ("status", {"at": seq}) for seq in range(1, sent + 1)}, acked)


def test_a_true_history_is_not_complained_about() -> None:
    assert list(complaints(history(), ROWS, last_seq=3)) == []


def test_what_is_stored_but_not_yet_acknowledged_is_well() -> None:
    assert list(complaints(history(acked=1), ROWS, last_seq=3)) == []


@pytest.mark.parametrize(
    ("forged", "rows", "last_seq", "word"),
    [
        pytest.param(history(acked=4), ROWS, 3, "acknowledged and is not stored", id="acknowledged before the commit"),
        pytest.param(history(), ROWS[:2], 2, "acknowledged and is not stored", id="a lost row"),
        pytest.param(history(), [*ROWS, ROWS[1]], 3, "stored twice", id="no uniqueness"),
        pytest.param(history(sent=2, acked=2), ROWS, 3, "never sent", id="a phantom"),
        pytest.param(history(acked=1), [ROWS[0], ROWS[2]], 3, "gaps", id="a gap"),
        pytest.param(history(), [*ROWS[:2], Row(3, "status", {"at": 9})], 3, "as it was sent", id="another payload"),
        pytest.param(history(), [*ROWS[:2], Row(3, "event", {"at": 3})], 3, "as it was sent", id="another type"),
        pytest.param(history(), ROWS, 2, "counts to 2", id="a counter that lags"),
        pytest.param(history(acked=0), ROWS, 9, "counts to 9", id="a counter that runs ahead"),
    ],
)
def test_a_forged_history_turns_it_red(forged: History, rows: Sequence[Row], last_seq: int, word: str) -> None:
    assert any(word in complaint for complaint in complaints(forged, rows, last_seq=last_seq))
