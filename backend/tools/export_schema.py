"""Writes the routes' schema (OpenAPI) for the web app's types; `--check` says whether it is up to date."""

import json
import sys

from app.core.config import REPOSITORY, Settings
from app.main import create_app

TARGET = REPOSITORY / "frontend" / "src" / "api" / "openapi.json"


def main(*, check: bool) -> int:
    """Write, or compare; the exit status. Needs no database."""
    text = json.dumps(create_app(Settings()).openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if not check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        print("frontend/src/api is older than the server's routes: run `make client`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
