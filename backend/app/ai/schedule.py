"""What runs when: the price of a frame, in one place. Times are seconds of media time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """Cheap looks always, dear ones by clock and by suspicion.

    `background_every`: the full-range face network looks for people behind the student this often, and in every frame
    as long as its last look found somebody there. `others_at_most`: faces beside the main one that are verified in a
    frame. `thorough_side`: in an independent picture without large faces, tiles of this size are searched as well.
    """

    background_every: float = 3.0
    others_at_most: int = 4
    thorough_side: int = 640
    thorough_at_most: int = 24


SCHEDULE = Schedule()
