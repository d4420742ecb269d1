"""The short part of `make chaos`: faults of the line and the clock on a system of its own, and the checker's word."""

from pathlib import Path

import pytest

from chaos.__main__ import run_fault
from chaos.faults import FAULTS
from chaos.world import world

SHORT = {"TCP resets": 2, "one byte at a time, cut off": 1, "server's clock set ± 2 h": 1}


@pytest.mark.parametrize("what", SHORT)
async def test_nothing_is_lost(tmp_path: Path, what: str) -> None:
    fault = next(one for one in FAULTS if one.what == what)
    if not fault.possible():
        pytest.skip("this machine has no libfaketime")
    async with world(tmp_path, students=3, seed=11, environment=fault.environment(tmp_path)) as made:
        outcome = await run_fault(made, fault, SHORT[what])
    assert outcome.acknowledged > 0
    assert (outcome.broken, outcome.trouble) == ([], "")
