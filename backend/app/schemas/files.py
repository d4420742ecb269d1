"""Uploaded files as they are described."""

from datetime import datetime

from app.domain.uploads import Purpose
from app.schemas.base import Output


class FileRead(Output):
    """A file. `url` is for those who may see it, never public."""

    id: int
    purpose: Purpose
    name: str
    media_type: str
    size: int
    sha256: str
    exam_id: int | None
    exam_session_id: int | None
    owner_id: int
    url: str
    created_at: datetime


class ScreenshotRead(Output):
    """A picture that now belongs to a violation's evidence."""

    id: int
    violation_id: int
    exam_session_id: int
    sha256: str
    url: str


class Stored(Output):
    """How many files, and bytes."""

    files: int
    bytes: int


class StorageStats(Output):
    """What is kept: for teachers of their own exams, for administrators everything and the disk."""

    total_files: int
    total_bytes: int
    by_purpose: dict[Purpose, Stored]
    evidence: Stored
    documents: Stored
    disk_total_bytes: int | None
    disk_free_bytes: int | None
