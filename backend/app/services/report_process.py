"""The process that sets a report: JSON on stdin, the PDF on stdout. Apart from the server, whose memory stays small."""

import json
import sys
from pathlib import Path
from typing import Final

FOLDER = Path(__file__).resolve().parents[1] / "reports"
FONTS = FOLDER / "fonts"
"""Made by `make setup`."""
SYSTEM_FONTS = Path("/usr/share/fonts/truetype/noto")
"""Where Debian's fonts-noto-core puts fonts that set Bangla rightly too."""
STANDARD: Final = "ua-1"
"""PDF/UA: tagged, so that a screen reader can read it, and its text can be copied."""


def font_folders() -> list[str]:
    """Folders with fonts for both languages, the better first; empty where there is none."""
    return [str(folder) for folder in (FONTS, SYSTEM_FONTS) if folder.is_dir()]


def set_report(template: str, data: object) -> bytes:
    """A report by one of our templates, which read nothing but `data`. Raises typst's own errors."""
    import typst  # 8 MB that only this process needs

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=font_folders())
    pdf = typst.compile(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        font_paths=fonts,
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=[STANDARD],
    )
    return bytes(pdf)


def main() -> int:
    """One report; the exit status."""
    wanted = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(set_report(wanted["template"], wanted["data"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
