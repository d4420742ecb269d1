"""`proctor models`: are the model files what their manifest says?"""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.ai.model_files import ModelRefused, check_models

commands = typer.Typer(no_args_is_help=True, help=__doc__)
console = Console(highlight=False)


@commands.callback()
def models() -> None:
    """Look after the model files."""


@commands.command("verify")
def verify(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False
) -> None:
    """Compare every model file with its sha256; exit code 1 when one is missing, changed or unknown."""
    try:
        checks, refused = check_models(), None
    except ModelRefused as error:
        checks, refused = [], error.code
    good = refused is None and all(check.problem is None for check in checks)
    if as_json:
        typer.echo(json.dumps({"ok": good, "problem": refused, "models": [check.as_dict() for check in checks]}))
    else:
        table = Table("model", "from", "licence", "bytes", "state", box=None)
        for check in checks:
            card = check.card
            state = "[green]good[/green]" if check.problem is None else f"[red]{check.problem}[/red]"
            table.add_row(card.name, f"{card.package} {card.version}", card.licence, f"{check.size:,}", state)
        console.print(table)
        if refused:
            console.print(f"[red]{refused}[/red]")
    if not good:
        raise typer.Exit(1)
