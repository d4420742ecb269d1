"""The short part of `make chaos`: faults of the line and the clock on a system of its own, and the checker's word."""

from pathlib import Path

import pytest

from chaos.__main__ import run_fault
from chaos.faults import FAULTS
from chaos.world import world

SHORT = {"server's clock set ± 2 h": 1, "TCP resets": 2, "one byte at a time, cut off": 1}
"""The clock comes first: it must not cut a line, and the others do."""


@pytest.mark.timeout(240)
async def test_nothing_is_lost(tmp_path: Path) -> None:
    faults = {one.what: one for one in FAULTS if one.what in SHORT and one.possible()}  # there may be no libfaketime
    assert len(faults) >= len(SHORT) - 1
    environment = {name: value for one in faults.values() for name, value in one.environment(tmp_path).items()}
    async with world(tmp_path, students=3, seed=11, environment=environment) as made:
        for what in [what for what in SHORT if what in faults]:
            made.talk()
            outcome = await run_fault(made, faults[what], SHORT[what])
            assert outcome.acknowledged > 0, what
            assert (outcome.broken, outcome.trouble) == ([], ""), what
