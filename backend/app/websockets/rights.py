"""Who may stay: asked again and again for every open socket, for all of them together."""

import asyncio

from app.core.config import Settings
from app.db.session import Sessions, forgiving, unit_of_work
from app.schemas.realtime import Close
from app.services import tickets
from app.services.tickets import Guest
from app.websockets.hub import Outbox

GATHERED = 32
"""Whoever asks within this part of the interval is asked for with one query; a thousand sockets need no thousand."""


class Rights:
    """Closes the lines of those who may no longer be here, within little more than RECHECK_SECONDS."""

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self._sessions = sessions
        self._interval = settings.RECHECK_SECONDS
        self._waiting: set[Guest] = set()
        self._asking: asyncio.Task[set[Guest]] | None = None

    async def watch(self, outbox: Outbox, guest: Guest, *, code: int = Close.TOKEN) -> None:
        """Close the line with `code` when its owner may no longer be here; returns then, and not before."""
        while True:
            await asyncio.sleep(self._interval)
            if guest in await self._gone(guest):
                outbox.close(code)
                return

    async def _gone(self, guest: Guest) -> set[Guest]:
        self._waiting.add(guest)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)  # the line that asked first may close while the others wait

    async def _ask(self) -> set[Guest]:
        await asyncio.sleep(self._interval / GATHERED)
        guests, self._waiting, self._asking = self._waiting, set(), None
        gone = set[Guest]()
        with forgiving():  # a database that is away changes nothing
            async with unit_of_work(self._sessions) as db:
                gone = await tickets.gone(db, guests)
        return gone
