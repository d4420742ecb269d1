"""One live connection per exam session: the newest wins, the older is closed with 4409."""

import contextlib
from collections.abc import Iterator

from app.schemas.realtime import Close
from app.websockets.hub import Outbox


class Connections:
    """Exam session → the outbox of its one live connection."""

    def __init__(self) -> None:
        self._outboxes: dict[int, Outbox] = {}

    @contextlib.contextmanager
    def newest(self, exam_session_id: int, outbox: Outbox) -> Iterator[None]:
        """While inside, this is the live connection, unless a newer one takes its place."""
        older = self._outboxes.get(exam_session_id)
        self._outboxes[exam_session_id] = outbox
        if older is not None:
            older.close(Close.REPLACED)
        try:
            yield
        finally:
            if self._outboxes.get(exam_session_id) is outbox:
                del self._outboxes[exam_session_id]
