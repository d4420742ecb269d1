"""uvicorn's HTTP, with an end to its patience: heads that trickle in, and readers that stop reading, are hung up on."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""From a connection, or a request's first byte, to the end of its head (F19)."""
UNREAD_SECONDS = 60.0
"""How long an answer may wait for its reader."""


class PatientHttp(HttpToolsProtocol):
    """Bodies have a limit of their own (`api/strict_json.py`), idle connections have uvicorn's."""

    head_seconds = HEAD_SECONDS
    unread_seconds = UNREAD_SECONDS
    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has come; now they must say something."""
        super().connection_made(transport)
        self._expect_head()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._head = _cancel(self._head)
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """The reader does not keep up."""
        super().pause_writing()
        self._unread = self._unread or self.loop.call_later(self.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        self._unread = _cancel(self._unread)
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Over."""
        self._head, self._unread = _cancel(self._head), _cancel(self._unread)
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._head = self._head or self.loop.call_later(self.head_seconds, self.transport.abort)


def _cancel(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Nothing, instead of the timer."""
    if timer is not None:
        timer.cancel()
    return None
