"""F21: our time goes on evenly while the machine's clock is set, until we are told to follow it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chaos.faults import FAKETIME, settable_clock

SCRIPT = """
import pathlib, sys
from app.core.clock import ahead_of_machine, follow, now
clock = pathlib.Path(sys.argv[1]) / "clock"
before = now()
clock.write_text("+2h")
assert abs((now() - before).total_seconds()) < 5, "now() jumped with the machine's clock"
assert -7205 < ahead_of_machine() < -7195, ahead_of_machine()
follow()
assert 7195 < (now() - before).total_seconds() < 7205, "follow() did not take the machine's time over"
assert abs(ahead_of_machine()) < 1
"""


@pytest.mark.skipif(not FAKETIME.exists(), reason="needs Debian's libfaketime")
def test_time_does_not_jump_with_the_machines_clock(tmp_path: Path) -> None:
    environment = {**os.environ, **settable_clock(tmp_path)}
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], env=environment, check=True, timeout=60)
