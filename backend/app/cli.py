"""The `proctor` command: names the commands; what each does lives in `commands/`."""

import typer

from app.commands import db, demo, keys, models, users
from app.commands.analyze import analyze
from app.commands.load import load
from app.commands.replay import replay
from app.commands.serve import serve
from app.commands.storm import storm
from app.commands.verify import bundle, verify

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.add_typer(db.commands, name="db")
app.add_typer(demo.commands, name="demo")
app.add_typer(keys.commands, name="keys")
app.add_typer(models.commands, name="models")
app.add_typer(users.commands, name="users")
app.command("serve")(serve)
app.command("verify")(verify)
app.command("bundle")(bundle)
app.command("analyze")(analyze)
app.command("replay")(replay)
app.command("load")(load)
app.command("storm")(storm)


@app.callback()
def proctor() -> None:
    """360° Proctor."""


def main() -> None:
    """Entry point of the `proctor` script."""
    app()
