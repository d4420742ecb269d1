"""What runs when: the price of a frame, in one place. Times are seconds of media time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """Cheap looks always, dear ones by clock and by suspicion.

    `near_every`: the short-range face network looks this often while the mesh keeps hold of the only face, and in every
    frame otherwise.
    `eyes_every`: eyes that rest, in a head that does, are measured this often.
    `background_every`: the full-range face network looks for people behind the student this often, and in every frame
    as long as its last look found somebody there. `others_at_most`: faces beside the main one that are verified in a
    frame. `thorough_side`: in an independent picture without large faces, tiles of this size are searched as well.
    `objects_every`: an object network looks at the whole picture this often, twice as often on suspicion (where there
    are several they take turns, so each has looked after two of these).
    `identity_every`: the face is compared with the reference this often, every `identity_in_doubt` seconds while it
    does not fit or could not be compared, and at once after `identity_absence` seconds without a face.
    `enrol_every`: pictures for a reference are taken this far apart, so that they differ.
    `objects_ask_every`: pause between closer looks at what may be something. `objects_forget_after`: what they refuted
    is not asked about again for so long.
    `loop_every`: the movement of the last seconds is looked up in that of the minutes before. `stillness_every`: the
    face is laid over what it was like a while ago. `hands_every`: hands near the face are looked for, every
    `hands_ask_every` while there is one; a palm that was none is not asked about again for `hands_forget_after` where
    it is still there as it was (nostrils look like palms in every look). `cover_every`: the colours of the face's
    halves are compared.
    """

    near_every: float = 1.0
    eyes_every: float = 0.3
    background_every: float = 3.0
    others_at_most: int = 4
    thorough_side: int = 640
    thorough_at_most: int = 24
    objects_every: float = 4.0
    objects_ask_every: float = 0.9
    objects_forget_after: float = 30.0
    loop_every: float = 2.0
    stillness_every: float = 2.0
    identity_every: float = 45.0
    identity_in_doubt: float = 2.0
    identity_absence: float = 2.0
    enrol_every: float = 1.0
    hands_every: float = 5.0
    hands_ask_every: float = 1.0
    hands_forget_after: float = 18.0
    cover_every: float = 1.0


SCHEDULE = Schedule()
