"""How fast one socket may talk, and how long it may say nothing."""

import asyncio
from collections.abc import Callable

from app.core.clock import monotonic
from app.schemas.realtime import Close
from app.websockets.hub import Outbox


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


async def watch_silence(outbox: Outbox, heard_at: Callable[[], float], seconds: float) -> None:
    """Close a line on which nothing was heard for so long."""
    while monotonic() - heard_at() <= seconds:  # noqa: ASYNC110 - silence is nothing that could be announced
        await asyncio.sleep(min(1.0, seconds / 4))
    outbox.close(Close.IDLE)
