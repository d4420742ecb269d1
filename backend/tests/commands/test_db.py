"""`proctor db …` as an operator runs it: its own PostgreSQL, one JSON line, exit statuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROCTOR = str(Path(sys.executable).with_name("proctor"))


def proctor(var: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """Exit status and the JSON line of `proctor db`."""
    environment = {**os.environ, "VAR_DIR": str(var), "ENVIRONMENT": "test", "DATABASE_URL": ""}
    command = [PROCTOR, "db", *arguments, "--json"]
    done = subprocess.run(command, env=environment, cwd=var, capture_output=True, text=True, check=False)
    found: dict[str, object] = json.loads(done.stdout)
    return done.returncode, found


def test_a_new_installation_is_upgraded_checked_saved_and_brought_back(tmp_path: Path) -> None:
    status, found = proctor(tmp_path, "backup")
    assert status == 1
    assert "no tables yet" in str(found["error"])
    status, found = proctor(tmp_path, "check")
    assert (status, found["ok"], found["revision"]) == (1, False, None)

    status, upgraded = proctor(tmp_path, "upgrade")
    assert status == 0
    status, found = proctor(tmp_path, "check")
    assert (status, found["ok"], found["revision"]) == (0, True, upgraded["revision"])

    status, found = proctor(tmp_path, "backup", "safe.tar")
    assert (status, found["rows"], found["damaged"]) == (0, 0, [])
    assert (tmp_path / "safe.tar").stat().st_mode & 0o777 == 0o600
    status, found = proctor(tmp_path, "restore", "safe.tar")
    assert (status, found["revision"]) == (0, upgraded["revision"])

    (tmp_path / "safe.tar").write_bytes(b"not a backup")
    status, found = proctor(tmp_path, "restore", "safe.tar", "--force")
    assert status == 1
    assert "not a whole backup" in str(found["error"])
