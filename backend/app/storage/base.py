"""What an evidence store can do."""

from datetime import datetime
from typing import Protocol


class EvidenceStore(Protocol):
    """Named immutable pieces of bytes. Names are made by us and contain no user text."""

    async def put(self, name: str, body: bytes) -> None:
        """Store; when it returns the bytes survive a crash. Raises OSError."""

    async def get(self, name: str) -> bytes:
        """Read. Raises FileNotFoundError."""

    async def delete(self, name: str) -> None:
        """Remove; nothing happens where it is not there."""

    async def names(self, *, older_than: datetime) -> list[str]:
        """What was stored before `older_than`."""
        ...
