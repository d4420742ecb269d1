"""Names of downloaded files, in any script (RFC 6266)."""

import unicodedata
from urllib.parse import quote

from app.domain.graphemes import cut

LONGEST_NAME = 120
NEVER = '\\/:*?"<>|'
"""Characters that some file system does not take."""
JOINERS = "\u200c\u200d"


def attachment(name: str) -> str:
    """The Content-Disposition of a file to be saved under `name`; old programs get its ASCII part."""
    stem, dot, ending = name.rpartition(".")
    safe = "".join(" " if _is_odd(one) else one for one in (stem or name))
    safe = cut(" ".join(safe.split()).strip(". "), LONGEST_NAME).strip() or "file"
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    plain = " ".join(plain.split()).strip("- ") or "file"
    tail = f"{dot}{ending}" if stem else ""
    return f"attachment; filename=\"{plain}{tail}\"; filename*=UTF-8''{quote(safe + tail, safe='')}"


def _is_odd(character: str) -> bool:
    """Control and direction characters, and what file systems refuse; joiners stay, Bangla needs them."""
    category = unicodedata.category(character)
    return (
        character in NEVER
        or category in ("Cc", "Cs", "Zl", "Zp")
        or (category == "Cf" and character not in "\u200c\u200d")
    )
