"""Keys that lie in files of their own, outside database and evidence: made once, readable by the owner alone."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077


def made_once(path: Path, make: Callable[[], str]) -> str:
    """What the file says; where there is none it is made. Of servers started together all read the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written in full beside its place, then linked: of two servers started together one link succeeds and
        # neither ever reads half a key.
        draft = _draft(path, make())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def replace_file(path: Path, content: str) -> None:
    """Put new content in the place of a key file: all of it or nothing, and on disk before this returns."""
    _draft(path, content).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def readable_by_others(path: Path) -> bool:
    """Whether anybody but the owner may read it."""
    return bool(path.stat().st_mode & OTHERS)


def _draft(path: Path, content: str) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
