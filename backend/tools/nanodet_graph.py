"""What NanoDet's graph wants of a picture, and the pictures its ranges in whole numbers are seen on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]

from tools.tfjs_graph import Turned

MEAN, DEVIATION = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
"""Blue, green, red, as it was trained."""


def begin(picture: Any) -> Turned:
    """RGB 0..255 → blue, green, red, normalised, channels first."""
    turned = tf.reverse(picture, axis=[3])
    return Turned((turned - tf.constant(MEAN)) / tf.constant(DEVIATION))


def pictures(folder: Path, side: int) -> Iterator[Any]:
    """The photographs in a folder and four overlapping parts of each, letterboxed as the server does."""
    for path in sorted(folder.glob("*.jpg")):
        whole = tf.cast(tf.io.decode_jpeg(path.read_bytes(), channels=3), tf.float32)
        third, across = (int(size) // 3 for size in whole.shape[:2])
        yield letterboxed(whole, side)
        for top in (0, third):
            for left in (0, across):
                yield letterboxed(whole[top : top + 2 * third, left : left + 2 * across], side)


def letterboxed(picture: Any, side: int) -> Any:
    """1×side×side×3, black around it."""
    height, width = (int(size) for size in picture.shape[:2])
    scale = side / max(height, width)
    size = (round(height * scale), round(width * scale))
    small = tf.image.resize(picture, size, method="area")
    return tf.image.pad_to_bounding_box(small, (side - size[0]) // 2, (side - size[1]) // 2, side, side)[None]
