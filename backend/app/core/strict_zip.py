"""ZIP files with nothing left to chance: the same content is the same bytes, so that every changed bit shows."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

EPOCH = (1980, 1, 1, 0, 0, 0)
CHUNK = 1024 * 1024


class NotStrict(Exception):
    """No ZIP file as we write them."""


def add(archive: zipfile.ZipFile, name: str, body: bytes | IO[bytes]) -> None:
    """Add a file."""
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.external_attr = 0o600 << 16
    entry.create_system = 3
    with archive.open(entry, "w", force_zip64=True) as file:
        if isinstance(body, bytes):
            file.write(body)
        else:
            while chunk := body.read(CHUNK):
                file.write(chunk)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files as one archive, in their order."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            add(archive, name, content)
    return body.getvalue()


def check_strict(path: Path) -> list[str]:
    """The names in a ZIP file that is byte for byte as `add` would write it; raises NotStrict for any other."""
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryFile() as again:
            names = archive.namelist()
            with zipfile.ZipFile(again, "w") as copy:
                for name in names:
                    with archive.open(name) as file:
                        add(copy, name, file)
            again.seek(0)
            if len(set(names)) != len(names) or _hash(again) != _hash_of(path):
                raise NotStrict
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise NotStrict from error
    return names


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return _hash(file)


def _hash(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
