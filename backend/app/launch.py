"""The `proctor` script: loads the wanted command and no other. A class in terminals is a dozen `proctor replay`, and a
server that has died is away for as long as its successor loads.
"""

import importlib
import sys
from typing import Any

import typer

from app.core import garbage

ALONE = {
    "serve": "serve", "replay": "replay", "load": "load", "storm": "storm", "analyze": "analyze", "verify": "verify",
    "bundle": "verify",
}  # fmt: skip
"""Commands, and the module of `commands/` in which each lies."""
GROUPS = frozenset({"db", "demo", "keys", "models", "users"})
"""Modules of several commands."""


def main() -> None:
    """Entry point."""
    garbage.hold()
    name, rest = (sys.argv[1:2] or [""])[0], sys.argv[2:]
    if name in ALONE:
        alone = typer.Typer(add_completion=False)
        alone.command()(getattr(_loaded(ALONE[name]), name))
        alone(rest, prog_name=f"proctor {name}")
    elif name in GROUPS:
        _loaded(name).commands(rest, prog_name=f"proctor {name}")
    else:
        from app.cli import main as everything

        everything()


def _loaded(module: str) -> Any:
    found = importlib.import_module(f"app.commands.{module}")
    garbage.release()  # `serve` has more to load and holds again
    return found
