"""Faults on purpose, for the tests of the engine: only a worker started with --faults obeys them."""

import os
import signal
import time

MARK = b"\xff\xd9proctor-fault:"
"""Behind a JPEG's end marker, where decoders do not look; a fault's name follows."""


def with_fault(jpeg: bytes, fault: str) -> bytes:
    """The same picture, asking for hang, kill, memory or slow."""
    return jpeg + MARK + fault.encode()


def obey(jpeg: bytes) -> None:
    """Do what the mark asks for; nothing without one."""
    _, mark, fault = jpeg.rpartition(MARK)
    if not mark:
        return
    match fault:
        case b"hang":
            while True:
                time.sleep(3600)
        case b"kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"memory":
            bytearray(8 * 1024**3)
        case b"slow":
            time.sleep(0.3)
