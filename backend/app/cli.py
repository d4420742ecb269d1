"""The `proctor` command: names the commands; what each does lives in `commands/`."""

import typer

from app.commands import db

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.add_typer(db.commands, name="db")


@app.callback()
def proctor() -> None:
    """360° Proctor."""


def main() -> None:
    """Entry point of the `proctor` script."""
    app()
