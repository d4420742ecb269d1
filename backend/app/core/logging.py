"""Structured logs: one JSON object a line in production, readable lines elsewhere; never tokens or personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from app.core.config import Settings
from app.core.out_of_memory import EndWithoutMemory

SECRET = re.compile(r"(?i)(token|ticket|password|authorization)=[^&\s\"']+|eyJ[\w-]+\.[\w-]+\.[\w-]*")


def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank whatever looks like a token, wherever it slipped in (T20)."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SECRET.sub("[redacted]", value)
    return event


def configure_logging(settings: Settings) -> None:
    """Route our own and the libraries' logs to stderr through one formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.production
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter(), redact],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    root = logging.getLogger()
    # Who ends the process when memory is refused comes first: writing a line needs memory too.
    root.handlers[:] = [*(one for one in root.handlers if isinstance(one, EndWithoutMemory)), handler]
    root.setLevel(logging.DEBUG if settings.DEBUG else logging.INFO)
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy", "alembic", "asyncio", "websockets"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
