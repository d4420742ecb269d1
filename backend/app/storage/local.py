"""Evidence in a folder of this machine."""

import asyncio
import contextlib
import os
import uuid
from datetime import datetime
from pathlib import Path


class LocalStore:
    """One file a piece; complete on disk (fsync of file and folder) before `put` returns."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, name: str, body: bytes) -> None:
        """Write beside the place, then rename into it: a reader sees all of it or nothing."""
        await asyncio.to_thread(self._put, self._path(name), body)

    async def get(self, name: str) -> bytes:
        """The bytes."""
        return await asyncio.to_thread(self._path(name).read_bytes)

    async def delete(self, name: str) -> None:
        """Remove the file."""
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    async def names(self, *, older_than: datetime) -> list[str]:
        """Every file older than that, half-written ones of a crash included."""
        return await asyncio.to_thread(self._names, older_than.timestamp())

    def _names(self, before: float) -> list[str]:
        files = [path for path in self.root.rglob("*") if path.is_file() and path.stat().st_mtime < before]
        return sorted(path.relative_to(self.root).as_posix() for path in files)

    def _path(self, name: str) -> Path:
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError(name)
        return path

    @staticmethod
    def _put(path: Path, body: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{uuid.uuid4().hex}")
        try:
            with beside.open("xb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            beside.rename(path)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
