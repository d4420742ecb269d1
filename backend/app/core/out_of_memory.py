"""A server that was refused memory ends at once, and whoever watches it starts another.

What it was doing when memory ran out may be half done in ways nobody has thought of: sockets that are open and deaf,
tasks that are gone. Nothing is acknowledged before it is stored, so ending loses nothing.
"""

import logging
import os
import sys
from typing import Any

EXIT_CODE = 71
"""EX_OSERR of sysexits."""
LAST_WORDS = b"360 Proctor ends: it was refused memory; it must be started again.\n"
DEEPEST = 20


def was_refused_memory(error: BaseException | None) -> bool:
    """Whether an exception, or what led to it, says that there was no memory (or no room for a thread)."""
    for _ in range(DEEPEST):
        if error is None:
            return False
        if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "start new thread" in str(error)):
            return True
        if isinstance(error, BaseExceptionGroup):
            return any(was_refused_memory(one) for one in error.exceptions)
        error = error.__cause__ or error.__context__
    return False


class EndWithoutMemory(logging.Handler):
    """Hears what is logged; everything that nobody catches is, by asyncio, by uvicorn or by us."""

    def emit(self, record: logging.LogRecord) -> None:
        """End the process where a record is about memory that was refused."""
        found: Any = record.exc_info or (record.msg.get("exc_info") if isinstance(record.msg, dict) else None)
        error = found[1] if isinstance(found, tuple) else found
        if isinstance(error, BaseException) and was_refused_memory(error):
            _end()


def end_without_memory() -> None:
    """From now on the process ends where it is refused memory and nobody catches that, in C code (uvloop's) too."""
    logging.getLogger().addHandler(EndWithoutMemory())
    usual = sys.unraisablehook

    def ended(unraisable: "sys.UnraisableHookArgs") -> None:
        if issubclass(unraisable.exc_type, MemoryError) or was_refused_memory(unraisable.exc_value):
            _end()
        usual(unraisable)

    sys.unraisablehook = ended


def _end() -> None:
    os.write(2, LAST_WORDS)
    os._exit(EXIT_CODE)
