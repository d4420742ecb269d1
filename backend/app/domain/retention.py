"""When the pictures of an exam session are to be deleted. Pure: the time is an argument."""

from datetime import datetime, timedelta

LONGEST_DAYS = 3650


def due_at(
    *,
    exam_ends: datetime,
    released_at: datetime | None,
    decided_at: datetime | None,
    days: int,
    days_unreleased: int,
) -> datetime:
    """The moment from which pictures may go: so many days after the results, or the last decision if that came later.

    Where the results were never released, the longer of the two waits from the exam's end.
    """
    if released_at is None:
        due = exam_ends + timedelta(days=max(days, days_unreleased))
    else:
        due = released_at + timedelta(days=days)
    return due if decided_at is None else max(due, decided_at + timedelta(days=days))
