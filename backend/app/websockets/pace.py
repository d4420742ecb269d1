"""How fast one socket may talk."""

from app.core.clock import monotonic


class TokenBucket:
    """`rate` tokens a second, at most `burst` saved up."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = monotonic()

    def take(self, tokens: float = 1.0) -> bool:
        """Whether so many tokens were there; if so they are gone."""
        at = monotonic()
        self._left = min(self._burst, self._left + (at - self._at) * self._rate)
        self._at = at
        if self._left < tokens:
            return False
        self._left -= tokens
        return True
