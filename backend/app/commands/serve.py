"""`proctor serve`: the server with the settings the socket protocol needs."""

import json
import sys
from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp

from app.commands.patient_http import PatientHttp
from app.core import garbage
from app.core.config import Environment, Settings, get_settings
from app.core.out_of_memory import end_without_memory
from app.core.refusals import EXIT_CODE, Refused, refuse_settings

LARGEST_SOCKET_MESSAGE = 1024 * 1024
"""A seed dialect sends pictures as base64 inside JSON; what is too large for its kind is refused after that."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; default PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address as one JSON line.")] = False,
) -> None:
    """Run the server: API, sockets and web application."""
    settings = get_settings().model_copy(
        update={key: value for key, value in (("HOST", host), ("PORT", port)) if value is not None}
    )
    try:
        refuse_settings(settings)
    except Refused as refused:
        typer.echo(f"360° Proctor does not start: {refused}", err=True)
        raise typer.Exit(EXIT_CODE) from None
    garbage.hold()
    from app.main import create_app

    _greet(settings, as_json=as_json)
    server = uvicorn.Server(uvicorn_config(create_app(settings), settings))
    end_without_memory()
    server.run()
    if not server.started:
        sys.exit(3)


def uvicorn_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn must run for the sockets' promises to hold; the tests' server runs the same way."""
    return uvicorn.Config(
        app,
        host=settings.HOST,
        port=settings.PORT,
        http=PatientHttp,
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
        ws="websockets-sansio",
        ws_max_size=LARGEST_SOCKET_MESSAGE,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=15,
        access_log=False,
        server_header=False,
        log_config=None,
    )


def _greet(settings: Settings, *, as_json: bool) -> None:
    url = f"http://{'localhost' if settings.HOST in ('127.0.0.1', '0.0.0.0', '::') else settings.HOST}:{settings.PORT}"  # noqa: S104
    if as_json:
        typer.echo(json.dumps({"url": url, "environment": settings.ENVIRONMENT}))
        return
    typer.echo(f"360° Proctor: {url}   (API: {url}/docs)")
    if settings.ENVIRONMENT is Environment.DEVELOPMENT:
        from app.domain.demo_accounts import DEMO_ACCOUNTS

        typer.echo("Demo logins, from this machine only:")
        for account in DEMO_ACCOUNTS:
            typer.echo(f"  {account.email} / {account.password}")
