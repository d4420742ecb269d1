"""What a student's camera shows in these runs: a photograph with no, one or two people, never twice the same."""

from functools import cache
from typing import Any

import cv2
import numpy as np
from skimage import data


@cache
def _astronaut() -> "np.ndarray[Any, np.dtype[np.uint8]]":
    return np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]


def picture(faces: int, number: int) -> bytes:
    """A 640×480 JPEG with no, one or two people in it; no two numbers give the same picture."""
    person = cv2.resize(_astronaut()[:300, 80:380], (320, 320))
    wall = np.full((480, 640, 3), (96, 110, 122), np.uint8)
    wall[::8] += 24
    shift = number % 24
    for place in range(faces):
        left = place * 320 if faces == 2 else 140
        body = person[:, ::-1] if place else person
        wall[100 + shift : 420 + shift, left : left + 320] = body
    wall[:8, : 8 + number % 600] = number % 251
    return bytes(cv2.imencode(".jpg", wall[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1])
