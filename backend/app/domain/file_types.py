"""What a file is, seen from its content; names and declared types are the sender's word alone."""

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "text/plain": ".txt",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    OFFICE[b"word/"]: ".docx",
    OFFICE[b"xl/"]: ".xlsx",
    OFFICE[b"ppt/"]: ".pptx",
}
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)


def type_of(body: bytes) -> str | None:
    """The media type; None for what nobody should hand on (programs, HTML, SVG and everything unknown)."""
    for beginning, found in BEGINNINGS:
        if body.startswith(beginning):
            return found
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:8] == b"ftyp":
        return "video/mp4"
    if body.startswith(b"PK\x03\x04"):
        return _archive(body)
    return "text/plain" if _is_text(body) else None


def _archive(body: bytes) -> str:
    """Office documents are archives too; what is named first in them tells which."""
    if body[30:].startswith(OPEN_DOCUMENT):
        rest = body[30 + len(b"mimetype") :][:80]
        for name in ("text", "spreadsheet", "presentation"):
            if rest.startswith(f"application/vnd.oasis.opendocument.{name}".encode()):
                return f"application/vnd.oasis.opendocument.{name}"
    if b"[Content_Types].xml" in body[:4096] or b"[Content_Types].xml" in body[-65536:]:
        for folder, found in OFFICE.items():
            if folder in body[:4096] or folder in body[-65536:]:
                return found
    return "application/zip"


def _is_text(body: bytes) -> bool:
    """UTF-8 without control characters, and nothing a browser would run."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    beginning = text.lstrip()[:1].lower()
    runs = beginning == "<" and not text.lstrip()[1:2].isspace()
    return not runs and all(one in "\t\n\r\f" or one >= " " for one in text)


def fits(found: str, wanted: list[str]) -> bool:
    """Whether a type is among those asked for: `image/png`, `image/*`, `.pdf`; an empty list takes every known type."""
    if not wanted:
        return True
    return any(_matches(found, one.strip().lower()) for one in wanted)


def _matches(found: str, wanted: str) -> bool:
    if wanted.startswith("."):
        return ENDINGS.get(found) == wanted.replace(".jpeg", ".jpg") or (found == "text/plain" and wanted in SOURCES)
    if wanted.endswith("/*"):
        return found.startswith(wanted[:-1])
    return found == wanted


SOURCES = frozenset({".txt", ".md", ".csv", ".py", ".c", ".cpp", ".h", ".java", ".js", ".ts", ".rs", ".go", ".sql"})
"""Endings of what is plain text by content."""


def ending(body: bytes) -> str:
    """What a file's name should end with."""
    return ENDINGS.get(type_of(body) or "", "")
