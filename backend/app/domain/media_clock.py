"""When a frame was taken, in seconds since its exam session began, without trusting the client's clock."""


class MediaClock:
    """The client's clock gives the distance between frames, the server's keeps it honest.

    Only differences of `captured_ms` count, so a wrong date does no harm. A client that claims that no time passes
    (to make a violation too short) is carried along by the server's clock, at most `slack` seconds behind. A jump
    forward counts as at most `slack` seconds more than the server saw; a recording replayed faster than real time
    still gets its own time, because each step is small.
    """

    def __init__(self, *, slack: float = 2.0) -> None:
        self._slack = slack
        self._arrived: float | None = None
        self._captured_ms = 0
        self._at = 0.0

    def tick(self, arrived: float, captured_ms: int) -> float:
        """Media time of a frame that reached us `arrived` seconds after the start; never runs backwards."""
        if self._arrived is None:
            self._at = max(self._at, arrived)
        else:
            passed = max(0.0, arrived - self._arrived)
            claimed = (captured_ms - self._captured_ms) / 1000
            step = min(max(claimed, 0.0), passed + self._slack)
            self._at = max(self._at + step, arrived - self._slack)
        self._arrived = arrived
        self._captured_ms = captured_ms
        return self._at

    @property
    def at(self) -> float:
        """Time of the newest frame."""
        return self._at

    def restart(self, at: float) -> None:
        """A new connection: time goes on from `at` at the earliest, and differences start afresh."""
        self._at = max(self._at, at)
        self._arrived = None
