"""Places for what may be lost: one for a frame, a few for sound; the newest wins, what it replaced is counted."""

import asyncio
from collections import deque
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


class Tray(Generic[T]):
    """A few places, one reader, any writers: what is taken is the oldest, and the oldest makes room for the newest."""

    def __init__(self, places: int) -> None:
        self._items: deque[T] = deque()
        self._places = places
        self._filled = asyncio.Event()
        self.dropped = 0

    def put(self, item: T) -> None:
        """Add an item; where there is no room, the oldest goes."""
        if len(self._items) >= self._places:
            self._items.popleft()
            self.dropped += 1
        self._items.append(item)
        self._filled.set()

    async def take(self) -> T:
        """Wait for an item and take out the oldest."""
        await self._filled.wait()
        item = self._items.popleft()
        if not self._items:
            self._filled.clear()
        return item
