"""The import rules hold, and bite: a planted violation of each is found; the server's process stays light."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[1]
HEAVY = ("cv2", "ai_edge_litert")
PLANTED = {
    "Layers": ("domain/roles.py", "import app.services"),
    "ai knows nothing": ("ai/types.py", "import app.core.config"),
    "Only worker processes": ("services/access.py", "import cv2"),
    "domain is plain": ("domain/roles.py", "import pydantic"),
    "hold no SQL": ("websockets/__init__.py", "import sqlalchemy"),
    "reached through the registry": ("services/access.py", "import app.ai.detectors.camera_blocked"),
    "do not know each other": ("ai/detectors/camera_blocked.py", "import app.ai.detectors.looking_away"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of our code that breaks every rule at once."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copytree(BACKEND / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__", "*.tflite"))
    shutil.copy(BACKEND / "pyproject.toml", folder)
    (folder / "app" / "undecided").mkdir()
    (folder / "app" / "undecided" / "__init__.py").touch()
    for path, line in PLANTED.values():
        file = folder / "app" / path
        file.write_text(f"{file.read_text()}\n{line}\n")
    done = lint(folder)
    assert done.returncode != 0
    return done.stdout


@pytest.mark.parametrize("rule", PLANTED)
def test_each_rule_bites(planted: str, rule: str) -> None:
    broken = [line for line in planted.splitlines() if " BROKEN" in line]
    assert any(rule in line for line in broken), planted


def test_a_new_folder_must_be_given_its_place(planted: str) -> None:
    assert "undecided" in planted


@pytest.mark.parametrize("module", ["app.main", "app.cli"])
def test_the_servers_process_loads_no_computer_vision(module: str) -> None:
    program = f"import {module}, sys; print(*({set(HEAVY)} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], cwd=BACKEND, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
