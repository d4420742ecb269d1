"""Files that people hand in: what for, how large, and what they are, seen from their content. Pure."""

from dataclasses import dataclass
from enum import StrEnum

KIB = 1024
MIB = 1024 * KIB


class Purpose(StrEnum):
    """What an uploaded file is for; it decides who may see it."""

    EXAM_MATERIAL = "exam_material"
    AVATAR = "avatar"
    SESSION_RECORDING = "session_recording"
    QUESTION_PICTURE = "question_picture"
    ANSWER_FILE = "answer_file"


class FileType(StrEnum):
    """What we take, by media type. Never SVG or HTML: both run programs."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    TEXT = "text/plain"
    WEBM = "video/webm"
    MP4 = "video/mp4"
    OGG = "audio/ogg"
    WAV = "audio/wav"


ENDINGS: dict[FileType, str] = {
    FileType.JPEG: "jpg",
    FileType.PNG: "png",
    FileType.WEBP: "webp",
    FileType.PDF: "pdf",
    FileType.DOCX: "docx",
    FileType.XLSX: "xlsx",
    FileType.PPTX: "pptx",
    FileType.TEXT: "txt",
    FileType.WEBM: "webm",
    FileType.MP4: "mp4",
    FileType.OGG: "ogg",
    FileType.WAV: "wav",
}
PICTURES = frozenset({FileType.JPEG, FileType.PNG, FileType.WEBP})
PAPERS = frozenset({FileType.PDF, FileType.DOCX, FileType.XLSX, FileType.PPTX, FileType.TEXT})
FILMS = frozenset({FileType.WEBM, FileType.MP4, FileType.OGG, FileType.WAV})


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one purpose takes: bytes of one file, its types, and how many bytes belong to one exam or sitting."""

    largest: int
    types: frozenset[FileType]
    altogether: int


ALLOWED: dict[Purpose, Allowance] = {
    Purpose.EXAM_MATERIAL: Allowance(20 * MIB, PICTURES | PAPERS | FILMS, 200 * MIB),
    Purpose.AVATAR: Allowance(MIB, PICTURES, MIB),
    Purpose.SESSION_RECORDING: Allowance(32 * MIB, FILMS, 512 * MIB),
    Purpose.QUESTION_PICTURE: Allowance(2 * MIB, PICTURES, 200 * MIB),
    Purpose.ANSWER_FILE: Allowance(20 * MIB, PICTURES | PAPERS | FILMS, 100 * MIB),
}
MOST_AT_ONCE = 20
"""Files of one bulk upload."""
LARGEST_AT_ONCE = 32 * MIB
"""All of them together."""

OFFICE = {"word/document.xml": FileType.DOCX, "xl/workbook.xml": FileType.XLSX, "ppt/presentation.xml": FileType.PPTX}
MACROS = ("vbaproject.bin", "activex")
SHORTEST = 4
TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}


def type_of(body: bytes, members: list[str] | None = None) -> FileType | None:
    """What a file is, from its content; None for what we do not take. `members`: names within a ZIP archive."""
    if len(body) < SHORTEST:
        return None
    for magic, found in _MAGIC:
        if body.startswith(magic):
            return found
    if body.startswith(b"RIFF"):
        return {b"WEBP": FileType.WEBP, b"WAVE": FileType.WAV}.get(body[8:12])
    if body[4:8] == b"ftyp":
        return FileType.MP4
    if body.startswith(b"\x1a\x45\xdf\xa3"):
        return FileType.WEBM if b"webm" in body[:64] else None
    if body.startswith(b"PK"):
        return _office_type(members or [])
    return FileType.TEXT if _is_text(body) else None


def _office_type(members: list[str]) -> FileType | None:
    """An office document without programs in it; no other archive is taken."""
    if any(one.lower().endswith(MACROS[0]) or MACROS[1] in one.lower() for one in members):
        return None
    if "[Content_Types].xml" not in members:
        return None
    return next((found for name, found in OFFICE.items() if name in members), None)


def _is_text(body: bytes) -> bool:
    """UTF-8 without control characters, and no page: a browser that guesses could run it."""
    if any(byte in TEXT_CONTROLS for byte in body):
        return False
    try:
        content = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    begin = content[:1024].lstrip().lower()
    return not (begin.startswith(("<!", "<?", "<html", "<svg", "<script", "%!")) or "<script" in content.lower())


_MAGIC = (
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"%PDF-", FileType.PDF),
    (b"OggS", FileType.OGG),
)
