"""Zip archives from outside, read within limits: number, size, ratio, names that leave the folder, links (C09, C10)."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

MAGIC = b"PK\x03\x04"
SMALL = 64 * 1024
"""Below that a ratio says nothing."""
LINK = 0o120000
KIND = 0o170000
ENCRYPTED = 0x1


class ArchiveRefused(Exception):
    """`problem`: `unreadable`, `forbidden` (then `name` says which entry) or `too_much`."""

    def __init__(self, problem: str, name: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.name = name


@dataclass(frozen=True, slots=True)
class Limits:
    """`largest`: bytes of all files together, unpacked; `ratio`: of one file's size to its packed size."""

    entries: int
    largest: int
    ratio: int | None = None


def unpacked(body: bytes, limits: Limits) -> dict[str, bytes]:
    """Name → content of all files. Raises ArchiveRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            _check(entries, limits)
            return _read(archive, entries, limits.largest)
    except ArchiveRefused:
        raise
    except Exception as error:  # zipfile lets whatever its decompressors raise through
        raise ArchiveRefused("unreadable") from error


def names_within(body: bytes, *, most: int) -> list[str]:
    """Names of all entries, from the archive's directory alone: nothing is unpacked. None where one is not as it
    should be, where there are too many, and of what is no archive.
    """
    if not body.startswith(MAGIC[:2]):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, UnicodeDecodeError):
        return []
    return [] if len(names) > most or any(map(_leads_out, names)) else names


def _leads_out(name: str) -> bool:
    """Whether a name could mean a place outside the folder into which somebody unpacks the archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name.split("/")[0] or "\0" in name


def _check(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries or sum(one.file_size for one in entries) > limits.largest:
        raise ArchiveRefused("too_much")
    for one in entries:
        is_link = (one.external_attr >> 16) & KIND == LINK
        is_secret = bool(one.flag_bits & ENCRYPTED)
        if _leads_out(one.filename) or is_link or is_secret:
            raise ArchiveRefused("forbidden", one.filename)
        if limits.ratio and one.file_size > SMALL and one.file_size > limits.ratio * max(1, one.compress_size):
            raise ArchiveRefused("too_much")


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], room: int) -> dict[str, bytes]:
    """What a header says of its size is not believed: no more than the limit is unpacked."""
    files: dict[str, bytes] = {}
    for one in entries:
        with archive.open(one) as file:
            content = file.read(room + 1)
        room -= len(content)
        if room < 0:
            raise ArchiveRefused("too_much")
        files[one.filename.replace("\\", "/")] = content
    return files
