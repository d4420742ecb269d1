"""Slows down password guessing without locking anybody out (T23).

Failures are counted per account *and* network, so an attacker elsewhere cannot close an account on exam day; the wait
stays under a minute, so neither can a classmate behind the same campus address. Counted in this process alone.
"""

import contextlib
import hashlib
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.clock import monotonic
from app.core.config import Settings
from app.core.errors import TooMany, Unauthenticated

FREE_IN_PRODUCTION = 5
FREE_ELSEWHERE = 50
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 60.0
FORGOTTEN_AFTER_S = 3600.0
MOST_REMEMBERED = 10_000


@dataclass(slots=True)
class Failures:
    """Consecutive wrong logins of one account from one network."""

    count: int
    last: float


class LoginGuard:
    """Remembers failures; the oldest of more than ten thousand is forgotten first."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = monotonic) -> None:
        default = FREE_IN_PRODUCTION if settings.production else FREE_ELSEWHERE
        self._free = settings.LOGIN_FREE_FAILURES or default
        self._clock = clock
        self._failures: OrderedDict[str, Failures] = OrderedDict()

    @contextlib.contextmanager
    def attempt(self, *, email: str, peer: str) -> Iterator[None]:
        """Around one login: TooMany (with `seconds` to wait) before it, if the last failures are too fresh."""
        key = _key(email, peer)
        known = self._failures.get(key)
        at = self._clock()
        if known and at - known.last > FORGOTTEN_AFTER_S:
            del self._failures[key]
            known = None
        wait = self._wait(known.count) - (at - known.last) if known else 0.0
        if wait > 0:
            raise TooMany(seconds=int(wait) + 1)
        # Counted before it is known to fail: else a hundred guesses sent at once would all be the first.
        self._failed(key)
        try:
            yield
        except Unauthenticated:
            raise
        except BaseException:
            self._not_failed(key)
            raise
        self._failures.pop(key, None)

    def _wait(self, count: int) -> float:
        beyond = count - self._free
        return 0.0 if beyond < 0 else min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(beyond, 10))

    def _failed(self, key: str) -> None:
        known = self._failures.setdefault(key, Failures(0, 0.0))
        known.count += 1
        known.last = self._clock()
        self._failures.move_to_end(key)
        while len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)

    def _not_failed(self, key: str) -> None:
        """It ended for another reason, such as the database being away."""
        known = self._failures.get(key)
        if known:
            known.count -= 1


def _key(email: str, peer: str) -> str:
    """A digest, so that no list of who tried to log in lies in memory."""
    return hashlib.sha256(f"{email}\n{_network(peer)}".encode("utf-8", "surrogatepass")).hexdigest()


def _network(peer: str) -> str:
    """An IPv4 address, or the /64 an IPv6 one is in: one subscriber has all of it."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
