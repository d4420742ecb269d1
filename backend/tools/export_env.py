"""Writes `.env.example` from the settings; `--check` says whether it is up to date."""

import json
import os
import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from app.core.config import REPOSITORY, Settings

TARGET = REPOSITORY / ".env.example"
HEAD = "# Settings: copy to .env and change what you need. Made by `make client` from backend/app/core/config.py."


def main(*, check: bool) -> int:
    """Write, or compare; the exit status."""
    text = example()
    if not check:
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        print(".env.example is older than the settings: run `make client`")
        return 1
    return 0


def example() -> str:
    """Every setting with its meaning and, as a comment, its default; the same on every machine."""
    parts = [HEAD]
    for name, field in Settings.model_fields.items():
        parts.append(f"\n# {field.description}\n# {name}={shown(name, field.default)}")
    return "\n".join(parts) + "\n"


def shown(name: str, default: object) -> str:
    """A default as it is written in an environment file."""
    if default is None or default is PydanticUndefined:
        return ""
    if name == "ANALYSIS_WORKERS" and default == (os.cpu_count() or 1):
        return ""
    if isinstance(default, Path):
        return str(default.relative_to(REPOSITORY) if default.is_relative_to(REPOSITORY) else default)
    if isinstance(default, bool):
        return str(default).lower()
    return json.dumps(default) if isinstance(default, list) else str(default)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
