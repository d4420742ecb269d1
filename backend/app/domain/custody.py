"""The chain of custody of one sitting: each thing that was acknowledged is a link, bound to the one before it. Pure.

A link holds a keyed digest of a thing, never the thing: once the sitting's key is destroyed the digests tell nothing,
and the chain still verifies.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.canonical import canonical

PURPOSE = "custody chain"
BEGINNING = "0" * 64


class Kind(StrEnum):
    """What a link stands for."""

    OPENED = "opened"
    MESSAGES = "messages"
    """Numbered messages of the student's client: browser events, answers, flags, texts."""
    VIOLATION = "violation"
    EVIDENCE = "evidence"
    DOCUMENT = "document"
    FILE = "file"
    OUTAGE = "outage"
    VERDICT = "verdict"
    DECISION = "decision"
    COMMENT = "comment"
    NOTE = "note"
    TEXT = "text"
    """What staff wrote to the student, and when the student's client had read it."""
    CONSENT = "consent"
    """What the student agreed to, with the words that were shown."""
    DEED = "deed"
    """What staff did to the running sitting: a pause, more time, an end, with reason and moment."""
    FLAG = "flag"
    MARK = "mark"
    ANSWERS = "answers"
    SCORE = "score"
    CLOSED = "closed"
    REMOVED = "removed"
    """Its time was over: there is nothing any more to compare with."""
    ERASED = "erased"
    """The whole sitting was erased, keys and all."""


OPENING = "opened:2"
"""Subject of the link that says what the whole chain stands for; chains begun as `opened` leave out LATER kinds."""
LATER = frozenset({Kind.TEXT, Kind.CONSENT, Kind.DEED, Kind.FLAG})
WITHOUT_CONTENT = frozenset({Kind.OPENED, Kind.REMOVED, Kind.ERASED})


@dataclass(frozen=True, slots=True)
class Item:
    """A thing as it is now. `subject` names it within the sitting, such as `violation:17` or `messages:4-9`."""

    kind: Kind
    subject: str
    content: Any


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the chain; `digest` and `hash` in hexadecimal."""

    seq: int
    kind: str
    subject: str
    digest: str
    at: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """How long a chain is and how it ends."""

    count: int = 0
    hash: str = BEGINNING


def digest_of(key: bytes, item: Item) -> str:
    """What stands for an item in the chain."""
    return hmac.new(key, canonical([item.kind, item.subject, item.content]), hashlib.sha256).hexdigest()


def following(exam_session_id: int, head: Head, key: bytes, item: Item, at: datetime) -> Link:
    """The link for an item, behind the head."""
    moment = canonical(at).decode().strip('"')
    seq, digest = head.count + 1, digest_of(key, item)
    mark = _hash(exam_session_id, seq, item.kind, item.subject, digest, moment, head.hash)
    return Link(seq, item.kind, item.subject, digest, moment, mark)


def broken_links(exam_session_id: int, links: Sequence[Link]) -> list[str]:
    """What is wrong with the chain itself, whatever its links stand for."""
    before = Head()
    for link in links:
        expected = _hash(exam_session_id, before.count + 1, link.kind, link.subject, link.digest, link.at, before.hash)
        if link.seq != before.count + 1 or link.hash != expected:
            return [f"the chain is broken at link {before.count + 1}"]
        before = Head(link.seq, link.hash)
    return [] if links else ["there is no chain"]


def differing_items(links: Sequence[Link], items: Iterable[Item], key: bytes) -> list[str]:
    """Where things are not what the chain says: changed, added without it, or gone without it."""
    last: dict[str, Link] = {link.subject: link for link in links}
    problems, present = list[str](), set[str]()
    for item in items:
        if item.subject in present:
            problems.append(f"{item.subject} is there twice")
        present.add(item.subject)
        link = last.get(item.subject)
        if link is None or link.kind in WITHOUT_CONTENT:
            problems.append(f"{item.subject} is in no link of the chain")
        elif link.kind != item.kind or not hmac.compare_digest(link.digest, digest_of(key, item)):
            problems.append(f"{item.subject} is not what was kept")
    missing = [link.subject for link in last.values() if link.kind not in WITHOUT_CONTENT]
    return problems + [f"{subject} is missing" for subject in missing if subject not in present]


def is_erased(links: Sequence[Link]) -> bool:
    """Whether the sitting was erased: then only its chain can be verified."""
    return bool(links) and links[-1].kind == Kind.ERASED


def ranges(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers, rising, as stretches without gaps."""
    found: list[tuple[int, int]] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found


def range_of(subject: str) -> tuple[int, int]:
    """The numbers that a link of messages stands for."""
    first, _, last = subject.partition(":")[2].partition("-")
    return int(first), int(last)


def manifest_problems(
    statements: Sequence[Mapping[str, Any]], exam_session_id: int, links: Sequence[Link]
) -> list[str]:
    """What is wrong with the signed statements about a chain, whose signatures were checked before."""
    if not statements:
        return ["nothing is signed"]
    before = ""
    for number, statement in enumerate(statements, start=1):
        count = statement.get("count")
        if statement.get("exam_session_id") != exam_session_id:
            return [f"manifest {number} is of another sitting"]
        if statement.get("number") != number or statement.get("previous") != before:
            return [f"manifest {number} is out of order"]
        if not isinstance(count, int) or not 0 < count <= len(links) or links[count - 1].hash != statement.get("head"):
            return [f"manifest {number} does not fit the chain"]
        before = hashlib.sha256(canonical(dict(statement))).hexdigest()
    unsigned = len(links) - int(statements[-1]["count"])
    return [f"{unsigned} links are not signed"] if unsigned else []


def _hash(*parts: object) -> str:
    return hashlib.sha256(b"360P link 1\0" + canonical([str(part) for part in parts])).hexdigest()
