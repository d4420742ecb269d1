"""When pictures are to go: after the results, never before a decision has been there for as long."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.retention import due_at

END = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("released", "decided", "days"),
    [
        (None, None, 365),
        (10, None, 10 + 180),
        (10, 5, 10 + 180),
        (10, 40, 40 + 180),
        (None, 300, 300 + 180),
    ],
)
def test_due(released: int | None, decided: int | None, days: int) -> None:
    def after(number: int | None) -> datetime | None:
        return None if number is None else END + timedelta(days=number)

    found = due_at(exam_ends=END, released_at=after(released), decided_at=after(decided), days=180, days_unreleased=365)
    assert found == END + timedelta(days=days)


def test_what_was_never_released_is_never_kept_shorter() -> None:
    found = due_at(exam_ends=END, released_at=None, decided_at=None, days=400, days_unreleased=30)
    assert found == END + timedelta(days=400)
