"""The process that compares films: one track on stdin, then others to compare it with; a line of JSON for each.

An empty one stands for the first itself: was a piece of it sent before?

Apart from the server, whose loop must not wait, and last in line for the processor. A track comes as four bytes of
length and its bytes (domain/films.py).
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import BinaryIO

LENGTH = 4
POLITE = 19


def tracks(stream: BinaryIO) -> Iterator[bytes]:
    """Until the other end closes."""
    while len(head := stream.read(LENGTH)) == LENGTH:
        yield stream.read(int.from_bytes(head, "little"))


def main() -> int:
    """The exit status."""
    os.nice(POLITE)
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    from app.ai.film_match import long_loop, same_film  # numpy, which only this process needs, reads the lines above
    from app.ai.loop_match import track_of

    arriving = tracks(sys.stdin.buffer)
    now = track_of(next(arriving, b""))
    for then in arriving:
        found = same_film(now, track_of(then)) if then else long_loop(now)
        sys.stdout.write(json.dumps(found and asdict(found)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
