"""Whether an answer was made within its question's time and in the allowed order. Pure; times are the server's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

LEEWAY = timedelta(seconds=5)
"""What is typed waits up to two seconds before it is on its way, and clocks agree to two more."""

Stretch = tuple[datetime, datetime]


class Outside(StrEnum):
    """Why an answer does not count by itself: it is kept beside the one that does, and a person decides."""

    LATE = "late"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True)
class Place:
    """A question on one student's paper. `order` from 0 over the whole paper; `forward`: no way back to it."""

    order: int
    section: int | None
    seconds: int | None
    section_seconds: int | None
    forward: bool

    @property
    def free(self) -> bool:
        """Nothing to hold: no time of its own, and one may always come back."""
        return self.seconds is None and self.section_seconds is None and not self.forward


def lengthened(seconds: int | None, *, minutes: int, extra: int) -> int | None:
    """A question's time for a student who has `extra` minutes beside the exam's `minutes`: longer by the same share."""
    return None if seconds is None else ceil(seconds * (minutes + extra) / minutes)


def outside(
    question_id: int,
    made_at: datetime,
    places: Mapping[int, Place],
    opened: Mapping[int, datetime],
    pauses: Sequence[Stretch] = (),
) -> Outside | None:
    """None where it counts. `opened`: when each question was first shown; one that was not has no time to be over."""
    place = places.get(question_id)
    if place is None or place.free:
        return None
    ends = [_end(opened.get(question_id), place.seconds, made_at, pauses)]
    if place.section_seconds is not None:
        first = min((at for key, at in opened.items() if key in places and _same(places[key], place)), default=None)
        ends.append(_end(first, place.section_seconds, made_at, pauses))
    if any(end is not None and made_at > end + LEEWAY for end in ends):
        return Outside.LATE
    if place.forward and any(
        key in places and places[key].order > place.order and at + LEEWAY < made_at for key, at in opened.items()
    ):
        return Outside.OUT_OF_ORDER
    return None


def _same(one: Place, other: Place) -> bool:
    return one.section == other.section


def _end(opened: datetime | None, seconds: int | None, made_at: datetime, pauses: Sequence[Stretch]) -> datetime | None:
    if opened is None or seconds is None:
        return None
    stood = sum((_overlap(opened, made_at, one) for one in pauses), timedelta())
    return opened + timedelta(seconds=seconds) + stood


def _overlap(since: datetime, until: datetime, pause: Stretch) -> timedelta:
    return max(timedelta(), min(until, pause[1]) - max(since, pause[0]))
