"""Packages of questions and pictures, which are zip archives."""

import io
import zipfile

from app.services import archives
from app.services.question_formats.drafts import Unreadable

MAGIC = archives.MAGIC
LIMITS = archives.Limits(entries=5000, largest=48 * 1024 * 1024, ratio=200)
DATE = (1980, 1, 1, 0, 0, 0)


def unpacked(body: bytes) -> dict[str, bytes]:
    """Name → content of all files. Unreadable `package_unreadable`, `package_forbidden`, `package_too_much`."""
    try:
        return archives.unpacked(body, LIMITS)
    except archives.ArchiveRefused as refused:
        params = {"name": refused.name[:80]} if refused.name else {}
        raise Unreadable(f"package_{refused.problem}", 1, **params) from refused


def packed(files: dict[str, bytes]) -> bytes:
    """An archive; the same files always give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()
