"""A place for one frame: the newest wins, what it replaced is counted."""

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """One reader, any writers, never a queue: an old picture is worth less than a new one."""

    def __init__(self) -> None:
        self._item: T | None = None
        self._filled = asyncio.Event()
        self.dropped = 0

    def put(self, item: T) -> None:
        """Leave an item, over whatever lies there."""
        self.dropped += self._item is not None
        self._item = item
        self._filled.set()

    async def take(self) -> T:
        """Wait for an item and take it out."""
        await self._filled.wait()
        item, self._item = self._item, None
        self._filled.clear()
        if item is None:
            raise RuntimeError("two readers at one mailbox")
        return item
