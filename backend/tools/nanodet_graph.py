"""What NanoDet's graph wants of a picture, and its answers as scores and boxes: built into the `.tflite` itself."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]

MEAN, DEVIATION = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
"""Blue, green, red, as it was trained."""
STRIDES = (8, 16, 32)
STEPS = 11
"""Each distance to an edge is a distribution over 0 to 10 strides."""


def begin(picture: Any) -> Any:
    """RGB 0..255 → blue, green, red, normalised, channels first."""
    turned = tf.reverse(picture, axis=[3])
    return tf.transpose((turned - tf.constant(MEAN)) / tf.constant(DEVIATION), [0, 3, 1, 2])


def flat(answer: Any) -> Any:
    """1×C×H×W → 1×HW×C."""
    _, channels, height, width = (int(size) for size in answer.shape)
    return tf.transpose(tf.reshape(answer, [1, channels, height * width]), [0, 2, 1])


def finish(answers: Sequence[Any]) -> list[Any]:
    """Scores and edges of each stride → scores (1×N×80), and corners in input pixels (1×N×4)."""
    scores, corners = [], []
    for stride, heat, edges in zip(STRIDES, answers[::2], answers[1::2], strict=True):
        side = int(heat.shape[2])
        scores.append(flat(heat))
        shares = tf.nn.softmax(tf.reshape(flat(edges), [side * side, 4, STEPS]))
        reach = tf.reduce_sum(shares * tf.range(STEPS, dtype=tf.float32), axis=2) * stride
        along = (tf.range(side, dtype=tf.float32) + 0.5) * stride
        x, y = tf.meshgrid(along, along)
        centre = tf.reshape(tf.stack([x, y], axis=2), [side * side, 2])
        corners.append(tf.concat([centre - reach[:, :2], centre + reach[:, 2:]], axis=1)[None])
    return [tf.concat(scores, axis=1), tf.concat(corners, axis=1)]
