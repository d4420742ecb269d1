"""Makes the fonts of printed reports from a web font among the npm packages, once at `make setup`.

Hind Siliguri (OFL-1.1) comes in pieces, Bangla and Latin apart, compressed for browsers. Typst wants plain files, one
family for each piece. Why not the web app's own Noto Sans Bengali: docs/decisions/0008-reports-by-typst.md.
"""

import sys
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "frontend" / "node_modules" / "@fontsource" / "hind-siliguri"
FONTS = ROOT / "backend" / "app" / "reports" / "fonts"
PIECES = {"bengali": "Report Bangla", "latin": "Report Latin", "latin-ext": "Report Latin Extended"}
WEIGHTS = (400, 700)
FAMILY_NAMES = (1, 4, 16)
"""Entries of a font's table of names that say what its family is called."""


def main() -> int:
    """Write the fonts; the exit status."""
    FONTS.mkdir(parents=True, exist_ok=True)
    for piece, family in PIECES.items():
        for weight in WEIGHTS:
            make_font(piece, weight, family)
    (FONTS / "LICENSE").write_text((PACKAGE / "LICENSE").read_text())
    return 0


def make_font(piece: str, weight: int, family: str) -> None:
    """One piece in one weight, uncompressed and under a family name of its own."""
    font = TTFont(PACKAGE / "files" / f"{PACKAGE.name}-{piece}-{weight}-normal.woff2")
    font.flavor = None
    names = font["name"]
    for entry in list(names.names):
        if entry.nameID in FAMILY_NAMES:
            names.setName(family, entry.nameID, entry.platformID, entry.platEncID, entry.langID)
    font.save(FONTS / f"{piece}-{weight}.ttf")


if __name__ == "__main__":
    sys.exit(main())
