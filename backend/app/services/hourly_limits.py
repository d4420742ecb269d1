"""How often one person may do in an hour what costs much or carries much away (T16). Counted in this process alone."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from app.core.clock import monotonic
from app.core.config import Settings
from app.core.errors import TooMany

HOUR_S = 3600.0
MOST_REMEMBERED = 10_000


class Costly(StrEnum):
    """What is counted."""

    IMPORT = "import"
    """That changed something."""
    READING = "reading"
    """A file was read for an import: tried out, refused, or carried out."""
    EXPORT = "export"


class HourlyLimits:
    """When each person did what; the oldest of more than ten thousand is forgotten first."""

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._done: OrderedDict[tuple[Costly, int], deque[float]] = OrderedDict()

    def export(self, user_id: int, settings: Settings) -> None:
        """Count one; TooMany (with `seconds` to wait) where that is too many."""
        self._check(Costly.EXPORT, user_id, settings.exports_per_hour)
        self._count(Costly.EXPORT, user_id)

    @contextmanager
    def importing(self, user_id: int, settings: Settings, *, dry_run: bool) -> Iterator[None]:
        """Around one import. To try out, and what was refused, counts as reading alone: of that more is allowed."""
        self._check(Costly.READING, user_id, settings.import_readings_per_hour)
        if not dry_run:
            self._check(Costly.IMPORT, user_id, settings.imports_per_hour)
        self._count(Costly.READING, user_id)
        yield
        if not dry_run:
            self._count(Costly.IMPORT, user_id)

    def _check(self, what: Costly, user_id: int, most: int) -> None:
        done, at = self._done.get((what, user_id)), self._clock()
        while done and at - done[0] >= HOUR_S:
            done.popleft()
        if done and len(done) >= most:
            raise TooMany(seconds=int(HOUR_S - (at - done[-most])) + 1)

    def _count(self, what: Costly, user_id: int) -> None:
        self._done.setdefault((what, user_id), deque()).append(self._clock())
        self._done.move_to_end((what, user_id))
        while len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)
