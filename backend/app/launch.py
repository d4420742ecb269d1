"""The `proctor` script. A class in terminals is a dozen `proctor replay`: it starts without loading the others."""

import sys

import typer


def main() -> None:
    """Entry point."""
    if sys.argv[1:2] == ["replay"]:
        from app.commands.replay import replay

        alone = typer.Typer(add_completion=False)
        alone.command()(replay)
        alone(sys.argv[2:], prog_name="proctor replay")
    from app.cli import main

    main()
