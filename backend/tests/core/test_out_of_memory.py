"""F23: a process that was refused memory ends, wherever the refusal came up, and nothing else ends it."""

import subprocess
import sys

import pytest

from app.core.out_of_memory import EXIT_CODE, was_refused_memory

PROGRAM = """
import asyncio
from app.core.config import Settings
from app.core.logging import configure_logging
from app.core.out_of_memory import end_without_memory
end_without_memory()
configure_logging(Settings(_env_file=None))  # as the server does, afterwards

class Unheard:
    def __del__(self):
        bytearray(1 << 62)

async def forgotten():
    {fault}

async def main():
    task = asyncio.create_task(forgotten())
    await asyncio.wait([task])
    del task
    await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("bytearray(1 << 62)", EXIT_CODE),
        ("raise ValueError('x') from MemoryError()", EXIT_CODE),
        ("raise ExceptionGroup('x', [RuntimeError(\"can't start new thread\")])", EXIT_CODE),
        ("Unheard()", EXIT_CODE),
        ("raise ValueError('x')", 0),
    ],
)
def test_a_task_that_nobody_waits_for(fault: str, status: int) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(fault=fault)], capture_output=True, check=False)
    assert done.returncode == status, done.stderr.decode()


def test_what_is_no_refusal() -> None:
    assert not was_refused_memory(RuntimeError("the line is closed"))
    assert not was_refused_memory(None)
