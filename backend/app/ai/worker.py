"""One analysis worker process: frames and sound in, reports out, over a socket. `python -m app.ai.worker --fd N`.

It parses bytes from strangers, so it is kept small and poor: one core, limited memory, no secrets in its environment,
no core files; it dies with its server, and by the kernel's alarm when a frame takes far too long.
"""

import argparse
import ctypes
import os
import resource
import signal
import socket
from pathlib import Path

from app.ai import faults
from app.ai.model_files import ModelRefused
from app.ai.pipeline import Pipeline
from app.ai.sound import Listener
from app.ai.sound_wire import SOUND, pack_sound_report, sound_from
from app.ai.types import Refused
from app.ai.wire import PREFIX, lengths, pack, pack_report, request_from, unpack

PR_SET_PDEATHSIG = 1
OPEN_FILES = 64
NICENESS = 5
"""Answers and acknowledgements first: on a machine that is full, looking waits and talking does not."""


def confine(memory_mb: int) -> None:
    """Limits that hold whatever happens inside."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if memory_mb:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's: it stops its workers itself
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def receive(link: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes; raises EOFError when the server is gone."""
    parts = bytearray(size)
    view, have = memoryview(parts), 0
    while have < size:
        got = link.recv_into(view[have:])
        if got == 0:
            raise EOFError
        have += got
    return bytes(parts)


def answer(pipeline: Pipeline, listener: Listener, head: bytes, body: bytes, *, with_faults: bool) -> bytes:
    """One request's answer: a report, or why the picture or the sound was refused."""
    wanted = unpack(head)
    try:
        if with_faults:
            faults.obey(body)
        if wanted.get("task") == SOUND:
            return pack_sound_report(listener.listen(sound_from(wanted, body)))
        return pack_report(pipeline.look(request_from(wanted, body)))
    except Refused as refused:
        return pack({"refused": refused.code})
    except MemoryError:
        return pack({"refused": "out_of_memory"})


def serve(link: socket.socket, pipeline: Pipeline, listener: Listener, *, limit: float, with_faults: bool) -> None:
    """Answer until the server closes the socket."""
    link.sendall(pack({"ready": True}))
    while True:
        head, blob = lengths(receive(link, PREFIX.size))
        # The server kills sooner; this is for a server that is itself dead or stopped.
        signal.setitimer(signal.ITIMER_REAL, limit * 5)
        question = receive(link, head), receive(link, blob)
        link.sendall(answer(pipeline, listener, *question, with_faults=with_faults))
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Confine, load, serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--memory-mb", type=int, default=0)
    parser.add_argument("--limit", type=float, default=2.0)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--faults", action="store_true")
    options = parser.parse_args()
    confine(options.memory_mb)
    with socket.socket(fileno=options.fd) as link:
        try:
            pipeline, listener = Pipeline(options.models), Listener()
        except ModelRefused as refused:
            link.sendall(pack({"failed": refused.code, "model": refused.model}))
            return
        try:
            serve(link, pipeline, listener, limit=options.limit, with_faults=options.faults)
        except (EOFError, ConnectionError):
            return


if __name__ == "__main__":
    main()
