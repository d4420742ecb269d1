"""A random challenge: "turn your head to the left", and whether it was done. Pure: the time is an argument.

A recording cannot know what will be asked. What the camera could not see is never a failure.
"""

from dataclasses import dataclass, field
from enum import StrEnum

SECONDS = 8
"""How long the student has, by the server's clock."""
GRACE = 3.0
"""Seconds more for the question's way to the student and the pictures' way back."""
TURN = {"left": 15.0, "right": 15.0, "up": 12.0}
"""Degrees of the head from its rest that answer. The mesh shows a raised head smaller than it is."""
LEAST_FRAMES = 4
LONGEST_BLIND = 3.5
"""Seconds without a judgeable frame, and frames at least, for an unanswered challenge to count as one."""


class Direction(StrEnum):
    """What is asked; left and right are the student's own."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"


class Outcome(StrEnum):
    """How it ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_JUDGED = "not_judged"


def turned(direction: Direction, yaw: float, pitch: float) -> float:
    """Degrees in the asked direction, out of degrees from rest: yaw > 0 to the image's right, pitch > 0 up.

    The picture is not a mirror: a head turned to its own left turns to the image's right.
    """
    return {Direction.LEFT: yaw, Direction.RIGHT: -yaw, Direction.UP: pitch}[direction]


@dataclass(slots=True)
class Challenge:
    """One question on its way. `rest` is yaw and pitch at rest, None where it is not known yet; `at` in seconds since
    the exam session began. Who was turned that way before must come back first."""

    nonce: str
    direction: Direction
    asked_at: float
    rest: tuple[float, float] | None
    told: bool = False
    """Whether a connection has passed it on; older clients do not know challenges."""
    ready: bool = True
    best: float = 0.0
    passed: bool = False
    frames: int = 0
    seen_at: float = field(default=-1.0)
    blind: float = 0.0

    @property
    def limit(self) -> float:
        """Degrees that answer it."""
        return TURN[self.direction]

    @property
    def until(self) -> float:
        """When it is over."""
        return self.asked_at + SECONDS + GRACE

    def hold_against(self, head: tuple[float, float] | None) -> None:
        """How the head was held when the question was asked."""
        self.ready = head is None or self._turn(head) < self.limit / 2

    def see(self, at: float, head: tuple[float, float] | None) -> None:
        """A judgeable frame: yaw and pitch of the head, or None where nobody was there."""
        if not self.asked_at < at <= self.until:
            return
        self._no_frame_until(at)
        self.frames += 1
        if head is None:
            return
        turn = self._turn(head)
        self.ready = self.ready or turn < self.limit / 2
        if self.ready:
            self.best = max(self.best, turn)
            self.passed = self.passed or turn >= self.limit

    def outcome(self) -> Outcome:
        """What can be said of what was seen so far."""
        if self.passed:
            return Outcome.PASSED
        self._no_frame_until(max(self.seen_at, self.asked_at + SECONDS))
        enough = self.told and self.frames >= LEAST_FRAMES and self.blind <= LONGEST_BLIND
        return Outcome.FAILED if enough else Outcome.NOT_JUDGED

    def _turn(self, head: tuple[float, float]) -> float:
        if self.rest is None:
            self.rest = head
        return turned(self.direction, head[0] - self.rest[0], head[1] - self.rest[1])

    def _no_frame_until(self, at: float) -> None:
        self.blind = max(self.blind, at - max(self.seen_at, self.asked_at))
        self.seen_at = at
