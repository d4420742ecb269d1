"""Who may stay: asked again and again for every open socket, for all of them together."""

import asyncio

from app.db.session import Sessions, forgiving, unit_of_work
from app.schemas.realtime import Close
from app.services import tickets
from app.services.tickets import Guest
from app.websockets.hub import Outbox

GATHERED = 32
"""Whoever asks within this part of the interval is asked for with one query; a thousand sockets need no thousand."""


class Rights:
    """Closes the lines of those who may no longer be here, within little more than the interval of their check."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._waiting: set[Guest] = set()
        self._asking: asyncio.Task[set[Guest]] | None = None

    async def watch(self, outbox: Outbox, guest: Guest, every: float, *, code: int = Close.TOKEN) -> None:
        """Close the line with `code` when its owner may no longer be here; returns then, and not before.

        `every`: seconds.
        """
        while True:
            await asyncio.sleep(every)
            if guest in await self._gone(guest, every / GATHERED):
                outbox.close(code)
                return

    async def _gone(self, guest: Guest, soon: float) -> set[Guest]:
        self._waiting.add(guest)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(soon))
        return await asyncio.shield(self._asking)  # the line that asked first may close while the others wait

    async def _ask(self, soon: float) -> set[Guest]:
        await asyncio.sleep(soon)
        guests, self._waiting, self._asking = self._waiting, set(), None
        gone = set[Guest]()
        with forgiving():  # a database that is away changes nothing
            async with unit_of_work(self._sessions) as db:
                gone = await tickets.gone(db, guests)
        return gone
