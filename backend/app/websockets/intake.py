"""Numbered messages of one connection put into order: repeats told apart, gaps asked for, nothing stored yet."""

import json
import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.schemas.realtime import Numbered

LARGEST_TEXT = 256 * 1024
DEEPEST = 32
"""Objects within objects; a message has two or three."""
AHEAD = 256
"""How many messages beyond a gap are held until it is filled."""
REMEMBERED = 512
"""The newest messages that are known again when they come once more with another content."""
RING = REMEMBERED + 1 + AHEAD
"""Places for what they were like, 8 bytes each and all there from the start: a thousand students need no more memory
after hours than in their first minute. What is ahead of a gap overwrites nothing that is remembered."""


class NotAMessage(Exception):
    """The text is no message at all; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_text(text: str, *, largest: int = LARGEST_TEXT) -> dict[str, Any]:
    """A JSON object, strictly: no doubled keys, no NaN or infinity, no endless nesting. Raises NotAMessage."""
    if len(text) > largest:
        raise NotAMessage("message_too_large")
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise NotAMessage("not_json") from None
    if not isinstance(found, dict):
        raise NotAMessage("not_an_object")
    if _too_deep(found):
        raise NotAMessage("too_deep")
    return found


def parse_numbered(found: dict[str, Any]) -> Numbered:
    """The numbered message in an object. Raises NotAMessage."""
    try:
        return Numbered.model_validate(found)
    except ValidationError as error:
        field_names = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
        raise NotAMessage("bad_seq" if "seq" in field_names else "bad_message") from None


@dataclass(slots=True)
class Intake:
    """`next` is the seq that may be stored next; `ready` what waits to be stored, in order."""

    next: int
    ready: list[Numbered] = field(default_factory=list)
    repeats: int = 0
    _ahead: dict[int, Numbered] = field(default_factory=dict)
    _digests: "array[int]" = field(default_factory=lambda: array("q", bytes(8 * RING)))
    _first: int = 0
    _asked: int = 0

    def __post_init__(self) -> None:
        """What came over an earlier connection is known by its number alone."""
        self._first = self.next

    def take(self, message: Numbered) -> str | None:
        """Sort a message in; returns the code of what must be said about it: seq_repeated, seq_changed, seq_gap."""
        digest = hash(json.dumps(message.model_extra, sort_keys=True) + message.type)
        if message.seq < self.next or message.seq in self._ahead:
            self.repeats += 1
            return "seq_changed" if self._differs(message.seq, digest) else "seq_repeated"
        if message.seq > self.next:
            return self._hold(message, digest)
        self._digests[message.seq % RING] = digest
        self._append([message])
        return None

    def _differs(self, seq: int, digest: int) -> bool:
        """Whether a number came before with another content, as far back as that is remembered."""
        return seq >= max(self._first, self.next - REMEMBERED) and self._digests[seq % RING] != digest

    def _hold(self, message: Numbered, digest: int) -> str | None:
        if message.seq - self.next <= AHEAD:
            self._ahead[message.seq] = message
            self._digests[message.seq % RING] = digest
        if self._asked == self.next:
            return None
        self._asked = self.next
        return "seq_gap"

    def _append(self, messages: Iterable[Numbered]) -> None:
        for message in messages:
            self.ready.append(message)
            self.next = message.seq + 1
        while (following := self._ahead.pop(self.next, None)) is not None:
            self.ready.append(following)
            self.next += 1

    def take_ready(self, most: int) -> list[Numbered]:
        """Take out what may be stored now, at most so many."""
        taken, self.ready = self.ready[:most], self.ready[most:]
        return taken


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):  # 1e999: PostgreSQL's JSON knows no infinity
        raise ValueError(digits)
    return number


def _too_deep(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [child for one in level for child in _children(one)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
