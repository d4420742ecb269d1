"""The backup's file: a tar of the database's dump, the evidence, and a manifest with the SHA-256 of each.

Members, in this order: `database.dump` (pg_dump's custom format), `evidence/<path>` …, `manifest.json`,
`manifest.sha256`. Plain `tar` and `pg_restore` read it without us.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Literal

FORMAT = 1
CHUNK = 1024 * 1024
DUMP = "database.dump"
EVIDENCE = "evidence/"
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"

Stage = Literal["database", "evidence", "verify", "replace"]
Progress = Callable[[Stage, int, int], None]
"""Called with the stage, how much of it is done, and how much there is (tables or bytes)."""


class BackupError(RuntimeError):
    """The backup or the restore cannot be done; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """One member's size in bytes and SHA-256."""

    size: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What the backup holds, and what the database knew but the evidence folder did not have."""

    made_at: str
    revision: str
    tables: dict[str, int]
    members: dict[str, Content] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        """Sum of all members."""
        return sum(content.size for content in self.members.values())


def no_progress(stage: Stage, done: int, total: int) -> None:
    """For callers that show nothing."""


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A file beside `target` that takes its place, complete and on disk, or disappears."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def add_member(archive: tarfile.TarFile, name: str, source: Path, manifest: Manifest) -> None:
    """Add `source` as `name` and note what was read in the manifest. Raises FileNotFoundError."""
    with source.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        reading = _Hashing(file)
        archive.addfile(_header(name, size), reading)
    manifest.members[name] = Content(size=size, sha256=reading.sha256)


def seal(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Add the manifest and its own SHA-256, the end of every archive."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    for name, data in ((MANIFEST, text), (SEAL, hashlib.sha256(text).hexdigest().encode())):
        archive.addfile(_header(name, len(data)), io.BytesIO(data))


def verify(path: Path, progress: Progress = no_progress) -> Manifest:
    """Read the whole archive and compare it with its manifest. Raises BackupError where anything differs."""
    try:
        with tarfile.open(path, "r:") as archive:
            manifest = _read_manifest(archive)
            found = _hash_members(archive, manifest, progress)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} is not a whole backup: {error}") from error
    whole = {name for name, content in found.items() if manifest.members.get(name) == content}
    differing = sorted({*found, *manifest.members} - whole)
    if differing:
        raise BackupError(f"{path} is damaged: {', '.join(differing[:5])}{' …' if len(differing) > 5 else ''}")
    return manifest


def open_member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    """The content of a member of a verified archive."""
    file = archive.extractfile(name)
    if file is None:
        raise BackupError(f"{name} is not a file.")
    return file


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    text = open_member(archive, MANIFEST).read()
    if open_member(archive, SEAL).read().decode() != hashlib.sha256(text).hexdigest():
        raise ValueError("its manifest is damaged")
    fields = json.loads(text)
    if fields["format"] != FORMAT:
        raise ValueError(f"format {fields['format']} is not known to this version")
    members = {name: Content(**content) for name, content in fields.pop("members").items()}
    for name in members:
        _refuse_escape(name)
    return Manifest(members=members, **fields)


def _hash_members(archive: tarfile.TarFile, manifest: Manifest, progress: Progress) -> dict[str, Content]:
    found: dict[str, Content] = {}
    done = 0
    for member in archive:
        if member.name in (MANIFEST, SEAL):
            continue
        reading = _Hashing(open_member(archive, member.name))
        while chunk := reading.read(CHUNK):
            done += len(chunk)
            progress("verify", done, manifest.bytes)
        found[member.name] = Content(size=member.size, sha256=reading.sha256)
    return found


def _refuse_escape(name: str) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or not (name == DUMP or name.startswith(EVIDENCE)):
        raise ValueError(f"the name {name} leads elsewhere")


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size = size
    header.mode = 0o600
    return header


class _Hashing(io.RawIOBase):
    """A file, hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)  # tarfile asks for nothing but read
        self._digest.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
