"""The bus: announcements made in a transaction reach the listeners only after its commit."""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

Listener = Callable[[str, Any], None]
"""Called with topic and message, at once and in order; it must not block and must not fail."""


class Bus:
    """Topics within this process. Messages are frozen pydantic models, so a bus over the network can carry them too."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, list[Listener]] = defaultdict(list)

    @contextlib.contextmanager
    def listening(self, topic: str, listener: Listener) -> Iterator[None]:
        """While inside, `listener` hears what is published on `topic`; the empty topic hears everything."""
        self._listeners[topic].append(listener)
        try:
            yield
        finally:
            self._listeners[topic].remove(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def publish(self, topic: str, message: Any) -> None:
        """Hand the message to everyone who listens now."""
        for name in (topic, ""):
            for listener in list(self._listeners.get(name, ())):
                listener(topic, message)
