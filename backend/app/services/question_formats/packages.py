"""Zip archives from outside, within limits: size, ratio, number, names that leave the folder (C10)."""

import io
import zipfile
from pathlib import PurePosixPath

from app.services.question_formats.drafts import Unreadable

MAGIC = b"PK\x03\x04"
MOST_ENTRIES = 5000
LARGEST_UNPACKED = 48 * 1024 * 1024
LARGEST_RATIO = 200
SMALL = 64 * 1024
"""Below that a ratio says nothing."""
LINK = 0o120000
KIND = 0o170000
DATE = (1980, 1, 1, 0, 0, 0)


def unpacked(body: bytes) -> dict[str, bytes]:
    """Name → content of all files. Unreadable `package_unreadable`, `package_forbidden`, `package_too_much`."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            _check(entries)
            return _read(archive, entries)
    except Unreadable:
        raise
    except Exception as error:  # zipfile lets whatever its decompressors raise through
        raise Unreadable("package_unreadable", 1) from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > LARGEST_UNPACKED:
        raise Unreadable("package_too_much", 1)
    for one in entries:
        path = PurePosixPath(one.filename.replace("\\", "/"))
        is_link = (one.external_attr >> 16) & KIND == LINK
        is_secret = bool(one.flag_bits & 0x1)
        if path.is_absolute() or ".." in path.parts or ":" in one.filename.split("/")[0] or is_link or is_secret:
            raise Unreadable("package_forbidden", 1, name=one.filename[:80])
        if one.file_size > SMALL and one.file_size > LARGEST_RATIO * max(1, one.compress_size):
            raise Unreadable("package_too_much", 1)


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """What a header says of its size is not believed: no more than the limit is unpacked."""
    room = LARGEST_UNPACKED
    files: dict[str, bytes] = {}
    for one in entries:
        with archive.open(one) as file:
            content = file.read(room + 1)
        room -= len(content)
        if room < 0:
            raise Unreadable("package_too_much", 1)
        files[one.filename.replace("\\", "/")] = content
    return files


def packed(files: dict[str, bytes]) -> bytes:
    """An archive; the same files always give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()
