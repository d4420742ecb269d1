"""What a student's client said and heard against what the database holds: is the promise of the protocol kept?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A numbered message as it is stored."""

    seq: int
    type: str
    payload: dict[str, Any]


@dataclass(slots=True)
class History:
    """`sent`: what was said, by number (first version). `acked`: the highest number the server called committed."""

    sent: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    acked: int = 0

    def says(self, seq: int, kind: str, payload: dict[str, Any]) -> None:
        """The client says something."""
        self.sent.setdefault(seq, (kind, payload))

    def hears(self, message: dict[str, Any]) -> None:
        """The server says something."""
        if message["type"] == "ack":
            self.acked = max(self.acked, message["upto"])


def complaints(history: History, rows: Sequence[Row], *, last_seq: int) -> Iterator[str]:
    """Every broken promise (I1 acked ⊆ stored exactly once, I2 stored ⊆ sent, I3 contiguous). None: all is well."""
    stored: dict[int, Row] = {}
    for row in rows:
        if row.seq in stored:
            yield f"{row.seq} is stored twice"
        stored[row.seq] = row
    for seq in range(1, history.acked + 1):
        if seq not in stored:
            yield f"{seq} was acknowledged and is not stored"
    for seq, row in stored.items():
        if seq not in history.sent:
            yield f"{seq} is stored and was never sent"
        elif (row.type, row.payload) != history.sent[seq]:
            yield f"{seq} is not stored as it was sent"
    if sorted(stored) != list(range(1, len(stored) + 1)):
        yield "the stored numbers have gaps"
    if last_seq != max(stored, default=0):
        yield f"the exam session counts to {last_seq}, its messages to {max(stored, default=0)}"
