"""How much of a screen changed since its last frame. Reads nothing on it: tiles of grey levels are compared."""

from base64 import b64decode, b64encode

import cv2
import numpy as np

from app.ai.face_search import Recall
from app.ai.networks import Picture

TILES = (16, 9)
CELLS = 4
"""Cells along each side of a tile; a letter is smaller than a cell, so that text cannot be read from them."""
NOTICEABLE = 5.0
"""Mean difference of a tile's cells, in grey levels, from which it has changed; a codec's noise stays below 2."""


def cells_of(grey: Picture) -> bytes:
    """64×36 grey levels of a screen, whatever its shape."""
    size = (TILES[0] * CELLS, TILES[1] * CELLS)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8).tobytes()


def changed_share(before: bytes, after: bytes) -> float:
    """Share of the tiles that differ, 0..1; all of them where the two cannot be compared."""
    if len(before) != len(after):
        return 1.0
    shape = (TILES[1], CELLS, TILES[0], CELLS)
    one, other = (np.frombuffer(data, np.uint8).astype(np.int16).reshape(shape) for data in (before, after))
    return float((np.abs(one - other).mean(axis=(1, 3)) >= NOTICEABLE).mean())


def change_since(grey: Picture, recall: Recall) -> float | None:
    """Share of the tiles that changed since the frame in the memory, which this one replaces; None for the first."""
    cells, known = cells_of(grey), recall.get("cells")
    recall["cells"] = b64encode(cells).decode()
    return round(changed_share(b64decode(known), cells), 4) if isinstance(known, str) else None
