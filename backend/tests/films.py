"""Films for tests: a real face that never moves in the same way twice, sent at any rate, size and quality."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image
from skimage.data import astronaut, brick

WIDTH, HEIGHT = 320, 240
STEP = 0.1
"""Seconds between two known poses."""


class MovingFace:
    """Sways, leans and turns before a wall; everything follows from the seed."""

    def __init__(self, seed: int, seconds: float) -> None:
        rng = np.random.default_rng([53, seed])
        count = int(seconds / STEP) + 2
        sway = np.zeros((count, 3))
        for number in range(1, count):
            sway[number] = 0.97 * sway[number - 1] + rng.normal(0, [2.0, 1.4, 0.8])
        leans = np.repeat(rng.normal(0, [14, 8, 3], (count // 80 + 1, 3)), 80, axis=0)[:count]
        self._poses = sway + leans
        self._face = Image.fromarray(astronaut()).crop((96, 0, 352, 300)).resize((154, 180))  # type: ignore[no-untyped-call]
        self._room = Image.fromarray(brick()).convert("RGB").resize((WIDTH, HEIGHT))  # type: ignore[no-untyped-call]

    def picture(self, at: float, *, quality: int = 80, size: float = 1.0) -> bytes:
        """The JPEG of a moment."""
        times = np.arange(len(self._poses)) * STEP
        x, y, turn = (float(np.interp(at, times, column)) for column in self._poses.T)
        scene = self._room.copy()
        mask = Image.new("L", self._face.size, 255)
        turned = [one.rotate(turn, Image.Resampling.BILINEAR) for one in (self._face, mask)]
        scene.paste(turned[0], (round(84 + x), round(58 + y)), turned[1])
        if size != 1.0:
            scene = scene.resize((round(WIDTH * size), round(HEIGHT * size)))
        file = io.BytesIO()
        scene.save(file, "JPEG", quality=quality)
        return file.getvalue()

    def sent(
        self, *, begins: float, seconds: float, fps: float, quality: int = 80, size: float = 1.0
    ) -> Iterator[tuple[float, bytes]]:
        """Moment of the sitting and JPEG, of the film from `begins` on."""
        for number in range(int(seconds * fps)):
            at = number / fps
            yield at, self.picture(begins + at, quality=quality, size=size)
