"""How a command that could not do its work says why: a sentence for people, a code for programs."""

import json

import typer


def complain(code: str, text: str, *, as_json: bool) -> None:
    """One JSON line with `error` and `detail`, or the sentence on stderr."""
    if as_json:
        typer.echo(json.dumps({"error": code, "detail": text}, ensure_ascii=False))
    else:
        typer.echo(text, err=True)
