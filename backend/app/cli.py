"""The `proctor` command: names the commands; what each does lives in `commands/`."""

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.callback()
def proctor() -> None:
    """360° Proctor."""


def main() -> None:
    """Entry point of the `proctor` script."""
    app()
