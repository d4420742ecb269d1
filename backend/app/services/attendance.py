"""Whether the student of a live sitting is there, and since when not: opens and ends outages of the ledger."""

from datetime import datetime, timedelta

from app.db.session import Sessions, forgiving, unit_of_work
from app.domain.outages import SHORTEST, SILENCE
from app.schemas.sitting_messages import OutageTold
from app.services.outages import end_outage
from app.services.pulse import Pulse
from app.services.sitting import Sitting

UNHEARD = 6.0
"""Seconds of silence after which a second connection means that the first was lost, not that there are two pages."""
CLEAN = frozenset({1000, 1001, 1005})
"""Close codes of a client that said goodbye; else it was gone from its last word on."""


class Attendance:
    """One sitting's line. Its times are the server's own."""

    def __init__(self, sitting: Sitting, sessions: Sessions, pulse: Pulse, *, away: bool = False) -> None:
        self.online = False
        self.untold: list[OutageTold] = []
        """Ended when a connection began, for that connection to pass on."""
        self._sitting = sitting
        self._sessions = sessions
        self._pulse = pulse
        self._away = away
        self._heard_at: datetime | None = None
        self._gone_at: datetime | None = None

    def heard(self) -> None:
        """Something came."""
        self._heard_at = self._pulse.clock()

    def silent(self) -> datetime | None:
        """Since when an open line was silent for so long that it counts as down; call before `heard`."""
        at, since = self._pulse.clock(), self._heard_at
        return since if since is not None and at - since >= timedelta(seconds=SILENCE) else None

    def hung_up(self, code: int) -> None:
        """The connection ended from the other side."""
        self._gone_at = self._pulse.clock() if code in CLEAN else None

    def away_since(self) -> datetime:
        """When the line went down, as far as is known, now that it is."""
        gone, self._gone_at = self._gone_at, None
        return gone or self._heard_at or self._pulse.clock()

    async def arrived(self, *, visiting: bool = False) -> None:
        """A connection begins: what was an outage until now is over.

        `visiting`: one request alone. Between two of them is no line that could be lost, only silence.
        """
        at, since = self._pulse.clock(), self._heard_at
        lost = self.online and since is not None and at - since >= timedelta(seconds=UNHEARD)
        if lost or self._away:
            shortest = timedelta(seconds=SILENCE) if visiting else SHORTEST
            told = await self.end(at, silent_since=since if lost else None, shortest=shortest)
            self.untold += [told] if told else []
            self._away = False
        self._heard_at, self._gone_at = at, None

    async def speak_again(self, since: datetime) -> None:
        """An open line was silent and is so no longer. A database that is away costs this entry, nothing else."""
        with forgiving("outage.not_noted", exam_session_id=self._sitting.id):
            await self.end(self._pulse.clock(), silent_since=since)

    async def end(
        self, at: datetime, *, silent_since: datetime | None, shortest: timedelta = SHORTEST
    ) -> OutageTold | None:
        """Write down that an outage is over."""
        async with unit_of_work(self._sessions) as db:
            pauses = self._pulse.pauses()
            return await end_outage(db, self._sitting.id, at, pauses, silent_since=silent_since, shortest=shortest)
